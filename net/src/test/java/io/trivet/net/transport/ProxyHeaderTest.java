package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyHeaderTest {
  static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private static ByteBuf hex(String digits) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(digits.replace(" ", "")));
  }

  @ParameterizedTest
  @CsvSource({
    // command, family, length, source, destination, ports, a tag
    "21 11 000c cb007107 c0000201 d903 22b3,                 203.0.113.7:55555,   28",
    "21 11 0010 cb007107 c0000201 d903 22b3 04000101,        203.0.113.7:55555,   32",
    "21 21 0024 20010db8000000000000000000000007 20010db8000000000000000000000001 0050 22b3, [2001:db8:0:0:0:0:0:7]:80, 52"
  })
  void namesTheClient(String rest, String address, int consumed) {
    ProxyHeader header = ProxyHeader.parse(hex(SIGNATURE + rest));
    assertThat(header).isInstanceOfSatisfying(ProxyHeader.Client.class, c -> {
      assertThat(EventLoops.print(c.address())).isEqualTo(address);
      assertThat(c.consumed()).isEqualTo(consumed);
    });
  }

  @ParameterizedTest
  @CsvSource({"20 00 0000, 16", "20 11 000c cb007107 c0000201 d903 22b3, 28", "21 00 0003 010203, 19"})
  void letsTheBalancerSpeakForItself(String rest, int consumed) {
    assertThat(ProxyHeader.parse(hex(SIGNATURE + rest))).isEqualTo(new ProxyHeader.Local(consumed));
  }

  @ParameterizedTest
  @CsvSource({
    "0d0a0d0b,                                               does not begin",
    "50524f5859205443503420312e322e332e3420,                 does not begin", // version 1, in text
    "10,                                                     does not begin", // an MQTT CONNECT
    "0d0a0d0a000d0a515549540a 11 11 000c,                    version 1",
    "0d0a0d0a000d0a515549540a 22 11 000c 000000000000000000000000, command 2",
    "0d0a0d0a000d0a515549540a 21 11 000b 0000000000000000000000, too short",
    "0d0a0d0a000d0a515549540a 21 12 000c 000000000000000000000000, no TCP", // datagrams
    "0d0a0d0a000d0a515549540a 21 31 0001 00,                 no TCP", // Unix sockets
    "0d0a0d0a000d0a515549540a 21 11 07f1,                    at most 2048",
    "0d0a0d0a000d0a515549540a 21 11 ffff,                    at most 2048"
  })
  void refusesWhatIsBroken(String bytes, String what) {
    assertThat(ProxyHeader.parse(hex(bytes)))
        .isInstanceOfSatisfying(ProxyHeader.Broken.class, b -> assertThat(b.what()).contains(what));
  }

  @Test
  void waitsForTheRest() {
    ByteBuf whole = hex(SIGNATURE + "21 11 000c cb007107 c0000201 d903 22b3");
    for (int n = 0; n < 16; n++) {
      assertThat(ProxyHeader.parse(whole.slice(0, n))).isEqualTo(new ProxyHeader.NeedMore(16));
    }
    for (int n = 16; n < 28; n++) {
      assertThat(ProxyHeader.parse(whole.slice(0, n))).isEqualTo(new ProxyHeader.NeedMore(28));
    }
  }

  @Test
  void refusesAtTheFirstByteThatDiffers() {
    byte[] text = "PROXY".getBytes(StandardCharsets.US_ASCII);
    assertThat(ProxyHeader.parse(Unpooled.wrappedBuffer(text, 0, 1))).isInstanceOf(ProxyHeader.Broken.class);
  }

  @FuzzTest
  void answersAnyBytes(byte[] bytes) {
    byte[] signed = bytes.clone();
    byte[] signature = HexFormat.of().parseHex(SIGNATURE);
    System.arraycopy(signature, 0, signed, 0, Math.min(signature.length, signed.length));
    for (byte[] input : new byte[][] {bytes, signed}) {
      ByteBuf in = Unpooled.wrappedBuffer(input);
      switch (ProxyHeader.parse(in)) {
        case ProxyHeader.NeedMore(int atLeast) ->
            assertThat(atLeast).isBetween(input.length + 1, ProxyHeader.BYTES_MAX);
        case ProxyHeader.Client(_, int consumed) -> assertThat(consumed).isBetween(28, input.length);
        case ProxyHeader.Local(int consumed) -> assertThat(consumed).isBetween(16, input.length);
        case ProxyHeader.Broken(String what) -> assertThat(what).isNotBlank();
      }
      assertThat(in.readerIndex()).isZero();
    }
  }
}
