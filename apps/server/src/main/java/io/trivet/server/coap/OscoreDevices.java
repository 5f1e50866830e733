package io.trivet.server.coap;

import io.trivet.base.Bytes;
import io.trivet.coap.edhoc.EdhocResource;
import io.trivet.coap.oscore.Aead;
import io.trivet.coap.oscore.ContextLookup;
import io.trivet.coap.oscore.OscoreAssociation;
import io.trivet.coap.oscore.OscoreSecret;
import io.trivet.coap.oscore.OscoreSettings;
import io.trivet.coap.oscore.OscoreTable;
import io.trivet.coap.oscore.SequenceStore;
import io.trivet.identity.Credential;
import io.trivet.identity.Device;
import io.trivet.identity.Registry;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The OSCORE contexts of the registry's devices, as the layer on each loop asks for them.
final class OscoreDevices {
  private static final int CONTEXTS_MAX = 100_000;
  private static final int NAME_BYTES = 16;

  private final Registry registry;
  private final SequenceStore sequences;
  private final OscoreSettings settings = OscoreSettings.DEFAULT;
  private final OscoreTable table = new OscoreTable(CONTEXTS_MAX, this::find);

  OscoreDevices(Registry registry, SequenceStore sequences) {
    this.registry = registry;
    this.sequences = sequences;
  }

  ContextLookup lookup() {
    return table;
  }

  /// Where keys that were agreed on by EDHOC go.
  OscoreTable table() {
    return table;
  }

  OscoreSettings settings() {
    return settings;
  }

  private List<OscoreAssociation> find(Bytes kid) {
    Optional<Credential.ObjectSecurity> context = registry.objectSecurity(kid, Optional.empty());
    Optional<Device> device = registry.findByObjectSecurity(kid, Optional.empty());
    if (context.isEmpty() || device.isEmpty()) {
      return List.of();
    }
    Credential.ObjectSecurity c = context.get();
    Aead aead = Aead.ofCose(c.aead()).orElseThrow();
    OscoreSecret secret = c.masterSecret().expose(
        s -> new OscoreSecret(Bytes.copyOf(s), c.masterSalt(), c.serverId(), c.deviceId(), aead));
    return List.of(OscoreAssociation.of(
        name(c), device.get().principal(), secret, Optional.empty(), true, true, sequences, settings));
  }

  /// Names the keys, without telling them.
  private static String name(Credential.ObjectSecurity c) {
    try {
      MessageDigest d = MessageDigest.getInstance("SHA-256");
      c.masterSecret().expose(s -> {
        d.update(s);
        return true;
      });
      d.update(c.masterSalt().toArray());
      d.update(c.deviceId().toArray());
      return HexFormat.of().formatHex(d.digest(), 0, NAME_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /// The device is another than it was, or no more.
  void changed(Device before, Optional<Device> after) {
    table.remove(EdhocResource.associationId(before.id().text()));
    for (Credential c : before.credentials()) {
      if (c instanceof Credential.ObjectSecurity s) {
        table.remove(name(s));
        if (after.isEmpty() || !after.get().credentials().contains(c)) {
          sequences.forget(name(s));
        }
      }
    }
  }
}
