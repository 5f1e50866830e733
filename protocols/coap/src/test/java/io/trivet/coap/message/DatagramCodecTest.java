package io.trivet.coap.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Datagrams byte by byte: one that is right, then each way in which one can be wrong.
class DatagramCodecTest {
  private static Decoded decode(String hex) {
    byte[] a = Bytes.hex(hex).toArray();
    return DatagramCodec.decode(a, a.length, 64, 64);
  }

  private static CoapMessage message(String hex) {
    return (CoapMessage) decode(hex);
  }

  @Test
  void readsEachField() {
    CoapMessage m = message("42 03 12 34"     // version 1, CON, two bytes of token; 0.03 PUT; message id
        + "ca fe"                             // token
        + "b2 70 73"                          // 11: Uri-Path "ps"
        + "02 68 69"                          // 11 again: Uri-Path "hi"
        + "11 32"                             // 12: Content-Format 50
        + "d1 0a ff"                          // 12 + 13 + 10 = 35: Proxy-Uri, one byte
        + "e2 00 52 01 02"                    // 35 + 269 + 82 = 386, two bytes
        + "ff 6f 6e");                        // payload "on"
    assertThat(m.type()).isEqualTo(Type.CON);
    assertThat(m.code()).isEqualTo(Code.PUT);
    assertThat(m.messageId()).isEqualTo(0x1234);
    assertThat(m.token()).isEqualTo(Bytes.hex("cafe"));
    assertThat(m.options().uriPath()).containsExactly("ps", "hi");
    assertThat(m.options().contentFormat()).isEqualTo(50);
    assertThat(m.options().bytes(OptionNumber.PROXY_URI)).contains(Bytes.hex("ff"));
    assertThat(m.options().number(4)).isEqualTo(386);
    assertThat(m.options().value(4)).isEqualTo(Bytes.hex("0102"));
    assertThat(m.payload()).isEqualTo(Bytes.utf8("on"));
  }

  @Test
  void writesWhatItReads() {
    for (String hex : new String[] {"40000001", "62450002cafeff78", "4101ffff01", "48010000" + "0102030405060708",
        "4001 0001 dd0003" + "00".repeat(16), "4001 0001 ee feb0 0000" + "00".repeat(269),
        "4d01 0001 00" + "07".repeat(13), "4e01 0001 0000" + "07".repeat(269)}) {
      byte[] a = Bytes.hex(hex).toArray();
      CoapMessage m = (CoapMessage) DatagramCodec.decode(a, a.length, 64, 300);
      assertThat(DatagramCodec.encode(m)).isEqualTo(Bytes.hex(hex).toArray());
      assertThat(DatagramCodec.size(m.token(), m.options(), m.payload())).isEqualTo(a.length);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "8, 4", "12, 4", "13, 5", "268, 5", "269, 6", "5000, 6"})
  void carriesTokensOfAnyLength(int length, int before) {
    byte[] a = DatagramCodec.encode(new CoapMessage(Type.CON, Code.GET, 7, Bytes.wrap(new byte[length]), Options.NONE,
        Bytes.utf8("x")));
    assertThat(a).hasSize(before + length + 2);
    Decoded d = DatagramCodec.decode(a, a.length, 64, 65_804);
    if (length > 8 && length < 13) {
      // RFC 8974 has no other form for these than the plain nibble, which RFC 7252 reserves.
      assertThat(d).isInstanceOf(Decoded.FormatError.class);
    } else {
      assertThat(((CoapMessage) d).token().length()).isEqualTo(length);
    }
  }

  @Test
  void refusesTokensAboveTheLimit() {
    byte[] a = DatagramCodec.encode(new CoapMessage(Type.CON, Code.GET, 7, Bytes.wrap(new byte[65]), Options.NONE,
        Bytes.EMPTY));
    assertThat(DatagramCodec.decode(a, a.length, 64, 64))
        .isEqualTo(new Decoded.FormatError(Type.CON, 7, "a token of 65 bytes"));
    assertThat(DatagramCodec.decode(a, a.length, 64, 65)).isInstanceOf(CoapMessage.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "40", "400100", "00010001", "80010001", "c0010001"})
  void passesOverWhatIsNoCoap(String hex) {
    assertThat(decode(hex)).isInstanceOf(Decoded.Ignored.class);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "41 00 00 07 20            | an empty message with a token, options or payload",
      "40 00 00 07 ff 78         | an empty message with a token, options or payload",
      "41 01 00 07               | a token of 1 bytes",
      "48 01 00 07 01020304050607| a token of 8 bytes",
      "49 01 00 07 010203040506070809| token length 9",
      "4c 01 00 07 0102030405060708090a0b0c| token length 12",
      "4f 01 00 07               | token length 15",
      "4d 01 00 07               | token length 13",
      "4e 01 00 07 00            | token length 14",
      "4d 01 00 07 00            | a token of 13 bytes",
      "4e 01 00 07 00 00         | a token of 269 bytes",
      "40 01 00 07 ff            | a payload marker without a payload",
      "40 01 00 07 b1            | an option of 1 bytes where 0 are left",
      "40 01 00 07 bd 00 61      | an option of 13 bytes where 1 are left",
      "40 01 00 07 d0            | an option cut off in its header",
      "40 01 00 07 e0 00         | an option cut off in its header",
      "40 01 00 07 dd 00         | an option cut off in its header",
      "40 01 00 07 ee 00 00 00   | an option cut off in its header",
      "40 01 00 07 f0            | an option with the reserved nibble 15",
      "40 01 00 07 bf            | an option with the reserved nibble 15",
      "40 01 00 07 e0 ff ff      | an option number above 65535",
      "40 01 00 07 e0 fe f2 10   | an option number above 65535"})
  void saysHowTheFormatIsBroken(String hex, String what) {
    assertThat(decode(hex)).isEqualTo(new Decoded.FormatError(Type.CON, 7, what));
  }

  @Test
  void countsOptions() {
    String three = "40 01 00 07 b1 61 01 62 01 63";
    byte[] a = Bytes.hex(three).toArray();
    assertThat(DatagramCodec.decode(a, a.length, 3, 64)).isInstanceOf(CoapMessage.class);
    assertThat(DatagramCodec.decode(a, a.length, 2, 64))
        .isEqualTo(new Decoded.FormatError(Type.CON, 7, "more than 2 options"));
  }

  @Test
  void reachesTheLastOptionNumber() {
    assertThat(message("40 01 00 07 e0 fe f2").options().number(0)).isEqualTo(65_535);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "30                | 3  | Uri-Host of no bytes",
      "51 00             | 5  | If-None-Match with a value",
      "b1 ff             | 11 | Uri-Path that is no UTF-8",
      "73 01 02 03       | 7  | Uri-Port of three bytes",
      "d2 04 01 02 01 03 | 17 | Accept a second time",
      "d4 0e 00 00 00 00 | 27 | Block1 of four bytes"})
  void namesTheCriticalOptionThatBreaksItsDefinition(String options, int number) {
    assertThat(OptionsCodec.badCritical(message("40 01 00 07" + options).options())).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"64 01020304", "c3 010203", "49 010203040506070809", "c1 00 01 00", "40"})
  void passesOverElectiveOptionsThatBreakTheirDefinition(String options) {
    CoapMessage m = message("40 01 00 07" + options);
    Options left = OptionsCodec.withoutBadElective(m.options());
    assertThat(left.count()).isEqualTo(options.startsWith("c1") ? 1 : 0);
    assertThat(OptionsCodec.badCritical(left)).isZero();
  }
}
