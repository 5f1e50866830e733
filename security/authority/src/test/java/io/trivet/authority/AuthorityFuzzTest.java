package io.trivet.authority;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Whatever a file or a peer says: a value that is written as it was read, or a refusal, never an exception.
class AuthorityFuzzTest {
  private static final Bytes SIGNER = Bytes.hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  private static void refused(Parsed<?> read, byte[] data) {
    if (read instanceof Parsed.Invalid<?>(String rule, String what)) {
      assertThat(rule).isNotEmpty();
      assertThat(what).isNotEmpty().hasSizeLessThan(1_000);
    } else {
      throw new AssertionError(data.length + " bytes were taken");
    }
  }

  @FuzzTest
  void readsMasterFiles(byte[] data) {
    if (MasterFile.read(data) instanceof Parsed.Valid<MasterFile>(MasterFile m)) {
      assertThat(m.encoded()).isEqualTo(Bytes.wrap(data));
    } else {
      refused(MasterFile.read(data), data);
    }
  }

  @FuzzTest
  void readsParameters(byte[] data) {
    if (Parameters.read(data) instanceof Parsed.Valid<Parameters>(Parameters p)) {
      assertThat(p.encoded()).isEqualTo(Bytes.wrap(data));
    } else {
      refused(Parameters.read(data), data);
    }
  }

  @FuzzTest
  void readsLedgers(byte[] data) {
    refused(Ledger.read(data, SIGNER), data); // nobody here can sign
    if (Ledger.body(Bytes.wrap(data)) instanceof Parsed.Valid<Ledger>(Ledger l)) {
      assertThat(l.subjects()).allSatisfy((device, s) -> assertThat(device).isEqualTo(s.device()));
    }
  }

  @FuzzTest
  void readsSealedKeys(byte[] data) {
    if (SealedKey.read(data) instanceof Parsed.Valid<SealedKey>(SealedKey k)) {
      assertThat(k.encoded()).isEqualTo(Bytes.wrap(data));
    } else {
      refused(SealedKey.read(data), data);
    }
  }

  @FuzzTest
  void readsKeyFiles(byte[] data) {
    try (SecretBytes file = SecretBytes.copyOf(data)) {
      if (KeyFile.read(file) instanceof Parsed.Valid<KeyFile>(KeyFile k)) {
        assertThat(k.encoded().matches(file)).isTrue();
      } else {
        refused(KeyFile.read(file), data);
      }
    }
  }

  @FuzzTest
  void readsDeviceKeys(byte[] data) {
    if (DeviceKey.read(data) instanceof Parsed.Valid<DeviceKey>(DeviceKey k)) {
      assertThat(Recipient.read(k.recipient().claims("lamp-1").toArray())).isInstanceOf(Parsed.Valid.class);
    } else {
      refused(DeviceKey.read(data), data);
    }
  }

  @FuzzTest
  void readsPublicKeys(byte[] data) {
    if (Recipient.read(data) instanceof Parsed.Valid<Recipient.Named>(Recipient.Named n)) {
      assertThat(HpkeSeal.proved(n.recipient().suite(), n.recipient().publicKey())).isNotNull();
    } else {
      refused(Recipient.read(data), data);
    }
  }

  @FuzzTest
  void readsLogs(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    if (LogEntry.read(text) instanceof Parsed.Valid<LogEntry>(LogEntry e)) {
      assertThat(e.line()).isEqualTo(text);
    }
    Bytes authority = Bytes.wrap(new byte[16]);
    LogHead head = new LogHead(1, "00".repeat(32));
    assertThat(LogCheck.of(data, head, authority, _ -> {})).isInstanceOf(LogCheck.Broken.class);
    assertThat(LogCheck.of(data, LogHead.empty(authority), authority, _ -> {})).isNotInstanceOf(LogCheck.Broken.class);
  }

  @FuzzTest
  void readsDeviceLists(byte[] data) {
    switch (DeviceList.read(data)) {
      case Parsed.Valid<List<DeviceList.Entry>>(List<DeviceList.Entry> all) ->
          assertThat(all).isNotEmpty().allSatisfy(e -> assertThat(e.scope()).isNotBlank());
      case Parsed.Invalid<List<DeviceList.Entry>> i -> refused(i, data);
    }
  }
}
