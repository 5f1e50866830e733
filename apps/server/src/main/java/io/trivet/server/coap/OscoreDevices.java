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
    return registry.objectSecurities(kid).stream().map(o -> association(o.device(), o.context())).toList();
  }

  private OscoreAssociation association(Device device, Credential.ObjectSecurity c) {
    Aead aead = Aead.ofCose(c.aead()).orElseThrow();
    OscoreSecret secret = c.masterSecret().expose(
        s -> new OscoreSecret(Bytes.copyOf(s), c.masterSalt(), c.serverId(), c.deviceId(), aead));
    return OscoreAssociation.of(
        name(c), device.principal(), secret, c.idContext(), true, true, sequences, settings);
  }

  /// Names the keys, without telling them: by all that they are derived from, each part behind its length, so that no
  /// two contexts share a name and no context that changed goes on below numbers of the one before.
  private static String name(Credential.ObjectSecurity c) {
    try {
      MessageDigest d = MessageDigest.getInstance("SHA-256");
      c.masterSecret().expose(s -> {
        d.update((byte) s.length);
        d.update(s);
        return true;
      });
      part(d, c.masterSalt());
      part(d, c.deviceId());
      part(d, c.serverId());
      d.update((byte) c.aead());
      c.idContext().ifPresent(i -> part(d, i)); // last, so that its absence and an empty one differ
      return HexFormat.of().formatHex(d.digest(), 0, NAME_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static void part(MessageDigest d, Bytes part) {
    d.update((byte) part.length());
    d.update(part.toArray());
  }

  /// The device is new, another than it was, or no more.
  void changed(Optional<Device> before, Optional<Device> after) {
    for (Credential c : before.map(Device::credentials).orElse(List.of())) {
      if (c instanceof Credential.ObjectSecurity s) {
        table.remove(name(s));
        if (after.isEmpty() || !after.get().credentials().contains(c)) {
          sequences.forget(name(s));
        }
      }
    }
    after.filter(d -> !d.isBlocked()).ifPresent(this::refresh);
  }

  /// What others with the same id have at hand was read before this device had its contexts.
  private void refresh(Device d) {
    for (Credential c : d.credentials()) {
      if (c instanceof Credential.ObjectSecurity s && table.isAtHand(s.deviceId())) {
        table.add(association(d, s));
      }
    }
  }
}
