package io.trivet.server.coap;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.KeyClaims;
import io.trivet.broker.Principal;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.edhoc.Credentials;
import io.trivet.coap.edhoc.EdhocResource;
import io.trivet.coap.edhoc.Responder;
import io.trivet.coap.edhoc.StaticKey;
import io.trivet.coap.edhoc.Suite;
import io.trivet.identity.Credential;
import io.trivet.identity.Device;
import io.trivet.identity.DeviceId;
import io.trivet.identity.Registry;
import io.trivet.server.ServerEdhoc;
import java.util.List;
import java.util.Optional;

/// The devices of the registry that agree on OSCORE's keys by EDHOC, each pinned by its claims.
final class EdhocDevices {
  private final Registry registry;
  private final OscoreDevices oscore;
  private final Responder responder;

  EdhocDevices(Registry registry, ServerEdhoc keys, OscoreDevices oscore) {
    this.registry = registry;
    this.oscore = oscore;
    this.responder = new Responder(List.of(Suite.values()),
        (method, suite) -> Optional.of(keys.key(StaticKey.curveFor(method, suite)).identity()), this::find);
  }

  EdhocResource resource(CoapLoop loop) {
    return new EdhocResource(
        responder, oscore.table(), this::principal, loop, EdhocResource.Settings.DEFAULT, oscore.settings());
  }

  private Optional<Principal> principal(String device) {
    return registry.find(new DeviceId(device)).filter(d -> !d.isBlocked()).map(Device::principal);
  }

  private Optional<Credentials.Trusted> find(Cbor.Map id, KeyClaims.Curve wanted) {
    Optional<Bytes> kid = StaticKey.kidOf(id);
    Optional<Device> device = kid.flatMap(registry::findByEdhocKid).filter(d -> !d.isBlocked());
    if (device.isEmpty()) {
      return Optional.empty();
    }
    for (Credential c : device.get().credentials()) {
      if (c instanceof Credential.EdhocKey k && k.kid().equals(kid.get()) && k.key().curve() == wanted) {
        return StaticKey.named(id, k.claims()).map(n -> new Credentials.Trusted(n, device.get().id().text()));
      }
    }
    return Optional.empty();
  }
}
