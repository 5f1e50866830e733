package io.trivet.coap.oscore;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OscoreFuzzTest {
  @FuzzTest
  void writesAgainTheOptionThatItReads(byte[] input) {
    Bytes value = Bytes.copyOf(input);
    Optional<OscoreOption> o = OscoreOption.decode(value);
    if (o.isPresent() && !o.get().encode().equals(value)) {
      throw new AssertionError(value + " comes back as " + o.get().encode());
    }
  }

  @FuzzTest
  void verifiesNothingThatWasNotProtected(byte[] input) {
    Bytes payload = Bytes.copyOf(input);
    OscoreOption option = new OscoreOption(Bytes.hex("05"), Optional.empty(), Optional.of(Bytes.hex("01")));
    Request outer = new Request(true, Code.POST, Options.NONE.with(OptionNumber.OSCORE, option.encode()), payload);
    if (Protection.verify(Rfc8613VectorsTest.c1(), option, outer).isPresent()) {
      throw new AssertionError("forged: " + payload);
    }
  }

  @Test
  void doesSoForRandomBytes() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      byte[] input = new byte[random.nextInt(20)];
      random.nextBytes(input);
      if (input.length > 0) {
        input[0] &= 0x1F;
      }
      writesAgainTheOptionThatItReads(input);
      verifiesNothingThatWasNotProtected(input);
    }
  }
}
