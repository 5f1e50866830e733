package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.trivet.base.Parsed;
import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,      10.255.0.1,       true",
    "10.0.0.0/8,      11.0.0.1,         false",
    "10.0.0.0/8,      ::ffff:10.1.1.1,  true",
    "192.0.2.128/25,  192.0.2.129,      true",
    "192.0.2.128/25,  192.0.2.127,      false",
    "192.0.2.1,       192.0.2.1,        true",
    "192.0.2.1,       192.0.2.2,        false",
    "0.0.0.0/0,       8.8.8.8,          true",
    "0.0.0.0/0,       ::1,              false",
    "2001:db8::/33,   2001:db8:7fff::1, true",
    "2001:db8::/33,   2001:db8:8000::1, false",
    "::1,             ::1,              true"
  })
  void holdsTheAddressesOfItsPrefix(String block, String address, boolean expected) {
    assertThat(Cidr.of(block).contains(InetAddress.ofLiteral(address))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "10.0.0.1/8", "example.org", "fe80::1%eth0",
    "10.0.0.0/0000", "1.2.3.4.5"
  })
  void refusesWhatIsNoBlock(String text) {
    assertThat(Cidr.parse(text)).isInstanceOf(Parsed.Invalid.class);
  }

  @FuzzTest
  void neverThrows(@NotNull String text) {
    if (Cidr.parse(text) instanceof Parsed.Valid<Cidr>(Cidr block)) {
      assertThat(Cidr.parse(block.toString())).isInstanceOf(Parsed.Valid.class);
    }
  }
}
