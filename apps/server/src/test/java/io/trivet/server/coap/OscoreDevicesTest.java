package io.trivet.server.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.coap.oscore.OscoreAssociation;
import io.trivet.coap.oscore.SequenceStore;
import io.trivet.identity.Credential.ObjectSecurity;
import io.trivet.identity.Device;
import io.trivet.identity.DeviceId;
import io.trivet.identity.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OscoreDevicesTest {
  private static final Bytes KID = Bytes.hex("01");

  @TempDir Path dir;

  private static ObjectSecurity context(String serverId, Optional<Bytes> idContext, int aead) {
    return new ObjectSecurity(KID, Bytes.hex(serverId), idContext, SecretBytes.utf8("0123456789abcdef"), Bytes.EMPTY,
        aead);
  }

  private static Device device(String id, ObjectSecurity context) {
    return Device.of(new DeviceId(id), 1).with(context);
  }

  /// Keeps nothing: what is looked at here is who is found, and by what name.
  private static SequenceStore nothing() {
    return new SequenceStore() {
      @Override
      public long unreserved(String contextId) {
        return 0;
      }

      @Override
      public void reserve(String contextId, long upTo, Consumer<Boolean> done) {
        done.accept(true);
      }

      @Override
      public void forget(String contextId) {}
    };
  }

  private Registry registry() throws IOException {
    return Registry.open(dir.resolve("devices.json"));
  }

  @Test
  void findsAContextThatHasAnIdContext() throws IOException {
    Registry r = registry();
    Bytes idContext = Bytes.hex("37cbf3");
    r.add(device("lamp", context("00", Optional.of(idContext), 10)));
    List<OscoreAssociation> found = new OscoreDevices(r, nothing()).lookup().find(KID);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().principal().device()).isEqualTo("lamp");
    assertThat(found.getFirst().context().orElseThrow().keys().idContext()).contains(idContext);
  }

  @Test
  void namesContextsByAllThatTheirKeysComeFrom() throws IOException {
    Set<String> names = new HashSet<>();
    List<ObjectSecurity> all = List.of(context("00", Optional.empty(), 10), context("02", Optional.empty(), 10),
        context("00", Optional.of(Bytes.EMPTY), 10), context("00", Optional.of(Bytes.hex("aa")), 10),
        context("00", Optional.empty(), 30));
    for (ObjectSecurity c : all) {
      Registry r = Registry.open(dir.resolve("devices" + names.size() + ".json"));
      r.add(device("lamp", c));
      names.add(new OscoreDevices(r, nothing()).lookup().find(KID).getFirst().id());
    }
    assertThat(names).hasSize(all.size());
  }

  @Test
  void findsADeviceThatCameWhileAnotherWithItsIdWasAtHand() throws IOException {
    Registry r = registry();
    OscoreDevices devices = new OscoreDevices(r, nothing());
    r.listen((_, before, after) -> devices.changed(before, after));
    r.add(device("lamp", context("00", Optional.of(Bytes.hex("aa")), 10)));
    assertThat(devices.lookup().find(KID)).hasSize(1);
    r.add(device("other", context("00", Optional.of(Bytes.hex("bb")), 10)));
    assertThat(devices.lookup().find(KID)).hasSize(2);
    r.update(new DeviceId("lamp"), d -> d.withState(Device.State.BLOCKED));
    assertThat(devices.lookup().find(KID)).extracting(a -> a.principal().device()).containsExactly("other");
    r.update(new DeviceId("lamp"), d -> d.withState(Device.State.ACTIVE));
    assertThat(devices.lookup().find(KID)).hasSize(2);
  }
}
