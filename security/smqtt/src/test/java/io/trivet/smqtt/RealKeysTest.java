package io.trivet.smqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.abe.Kind;
import io.trivet.abe.MasterKey;
import io.trivet.abe.PublicParameters;
import io.trivet.abe.ReaderKey;
import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RealKeysTest {
  private static final SecureRandom SECURE = new SecureRandom();
  private static final Randomness RANDOMNESS = SECURE::nextBytes;

  @Test
  void fiveLinesSealAndOpen() {
    try (MasterKey authority = MasterKey.generate(Kind.CIPHERTEXT_POLICY, RANDOMNESS);
        ReaderKey nurse = authority.issue("role:nurse, ward:7, epoch:1", RANDOMNESS).orThrow();
        SenderKey pump = SenderKey.generate("pump-1", RANDOMNESS)) {
      Smqtt publisher = Smqtt.publisher(new PublicParameters(authority.publicKey(), 1), pump, "ward:7 and role:nurse", "ward/7/#");
      Smqtt subscriber = Smqtt.subscriber(nurse, Senders.of(pump.identity()));
      List<Opened> heard = new ArrayList<>();
      publisher.publish("ward/7/pulse", new byte[] {72}, p -> heard.addAll(subscriber.open(p.topic(), p.payload().toArray())));
      assertThat(heard).singleElement().isInstanceOfSatisfying(
          Opened.Message.class, m -> assertThat(m.payload()).isEqualTo(Bytes.hex("48")));
    }
  }

  @Test
  void staysShutForOthers() {
    try (MasterKey authority = MasterKey.generate(Kind.CIPHERTEXT_POLICY, RANDOMNESS);
        ReaderKey cleaner = authority.issue("role:cleaner, ward:7, epoch:1", RANDOMNESS).orThrow();
        SenderKey pump = SenderKey.generate("pump-1", RANDOMNESS)) {
      Smqtt publisher = Smqtt.publisher(new PublicParameters(authority.publicKey(), 1), pump, "ward:7 and role:nurse", "ward/7/#");
      Smqtt subscriber = Smqtt.subscriber(cleaner, Senders.of(pump.identity()));
      List<Opened> heard = new ArrayList<>();
      publisher.publish("ward/7/pulse", new byte[] {72}, p -> heard.addAll(subscriber.open(p.topic(), p.payload().toArray())));
      assertThat(heard).hasSize(2).allSatisfy(o -> assertThat(o).isInstanceOfSatisfying(
          Opened.Refused.class, r -> assertThat(r.reason()).isEqualTo(Refusal.NOT_FOR_THIS_KEY)));
    }
  }
}
