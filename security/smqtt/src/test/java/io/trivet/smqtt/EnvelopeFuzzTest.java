package io.trivet.smqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.util.Arrays;
import java.util.Map;

/// Whatever comes from the wire or the disk: a value that writes itself again as it was read, or a refusal with a name.
/// Run with `JAZZER_FUZZ=1` to search; otherwise the seeds are replayed.
class EnvelopeFuzzTest {
  @FuzzTest
  void readsMessages(byte[] data) {
    Envelope.parse(data).ifPresent(e -> {
      byte[] kid = {(byte) (e.kid() >>> 24), (byte) (e.kid() >>> 16), (byte) (e.kid() >>> 8), (byte) e.kid()};
      Envelope.Begun again = Envelope.begun(e.form(), e.algorithm(), kid, e.counter(), e.to() - e.cipherFrom());
      System.arraycopy(data, e.cipherFrom(), again.out(), again.cipherFrom(), e.to() - e.cipherFrom());
      byte[] written = e.signatureAt() < 0
          ? again.out()
          : Envelope.signed(again.out(), Arrays.copyOfRange(data, e.signatureAt(), data.length));
      assertThat(written).isEqualTo(data);
    });
  }

  @FuzzTest
  void readsHeaders(byte[] data) {
    switch (KeyHeader.parse(data)) {
      case Parsed.Valid<KeyHeader>(KeyHeader h) -> assertThat(h.encoded()).isEqualTo(Bytes.wrap(data));
      case Parsed.Invalid<KeyHeader> i -> assertThat(HeaderRules.reason(i)).isNotNull();
    }
  }

  @FuzzTest
  void readsReaderStates(byte[] data) {
    if (ReaderState.decode(Bytes.copyOf(data)) instanceof Parsed.Valid<ReaderState>(ReaderState s)) {
      Bytes written = ReaderState.encode(s.epochFloor(), s.windows());
      assertThat(ReaderState.decode(written)).isInstanceOf(Parsed.Valid.class);
    }
  }

  @FuzzTest
  void neverThrowsAtAReaderOrABroker(byte[] data) {
    Ward ward = new Ward();
    Opener opener = ward.opener();
    EnvelopeCheck check = new EnvelopeCheck(Map.of(Ward.AUTHORITY, 0L), Senders.of(ward.pump.identity()), 4);
    Publication header = Ward.sealed(ward.sealer(), Ward.TOPIC, data).header().orElseThrow();
    Ward.give(opener, header);
    check.check(header.topic(), header.payload().toArray(), ward.millis / 1000);
    assertThat(opener.open(Ward.TOPIC, data)).isNotInstanceOf(Opened.Message.class);
    assertThat(opener.header(header.topic(), data)).isNotNull();
    assertThat(check.check(Ward.TOPIC, data, ward.millis / 1000)).isNotNull();
    assertThat(check.check(header.topic(), data, ward.millis / 1000)).isNotNull();
  }
}
