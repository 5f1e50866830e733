package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;

/// What the tests of single packets have in common: decoders that are past CONNECT, and the two verdicts.
final class Codecs {
  private static final DecodeLimits LIMITS = DecodeLimits.DEFAULT;

  private Codecs() {}

  static String connect(Version v) {
    return switch (v) {
      case V3_1 -> "10 { ('MQIsdp') 03 02 003C ('c') }";
      case V3_1_1 -> "10 { ('MQTT') 04 02 003C ('c') }";
      case V5 -> "10 { ('MQTT') 05 02 003C {} ('c') }";
    };
  }

  /// A server's decoder that has taken a CONNECT of `v`.
  static Decoder server(Version v, DecodeLimits limits) {
    Decoder d = new Decoder(limits, Side.SERVER, new TopicNames());
    byte[] b = Octets.of(connect(v));
    assertThat(d.decode(b, 0, b.length)).isInstanceOf(Frame.Whole.class);
    return d;
  }

  static Decoder server(Version v) {
    return server(v, LIMITS);
  }

  static Decoder client(Version v, DecodeLimits limits) {
    Decoder d = new Decoder(limits, Side.CLIENT, new TopicNames());
    d.version(v);
    return d;
  }

  static Decoder client(Version v) {
    return client(v, LIMITS);
  }

  static Decoder newcomer() {
    return new Decoder(LIMITS, Side.SERVER, new TopicNames());
  }

  /// The packet that `octets` are, from the first byte to the last.
  static <P extends Packet> P whole(Decoder d, String octets, Class<P> type) {
    byte[] b = Octets.of(octets);
    Frame f = d.decode(b, 0, b.length);
    assertThat(f).as(octets).isInstanceOf(Frame.Whole.class);
    Frame.Whole w = (Frame.Whole) f;
    assertThat(w.consumed()).isEqualTo(b.length);
    return type.cast(w.packet());
  }

  static Frame.Broken broken(Decoder d, String octets) {
    byte[] b = Octets.of(octets);
    Frame f = d.decode(b, 0, b.length);
    assertThat(f).as(octets).isInstanceOf(Frame.Broken.class);
    return (Frame.Broken) f;
  }

  static void refuses(Decoder d, String code, String rule, String octets, String why) {
    Frame.Broken b = broken(d, octets);
    assertThat(b.code().code()).as("%s: %s", why, b).isEqualTo(HexFormat.fromHexDigits(code));
    assertThat(b.rule()).as("%s: %s", why, b).isEqualTo(rule);
    assertThat(b.what()).as(why).isNotBlank();
  }

  /// `5`, `3` and `31` as the tables of malformations write them.
  static Version version(String column) {
    return switch (column) {
      case "5" -> Version.V5;
      case "3" -> Version.V3_1_1;
      case "31" -> Version.V3_1;
      default -> throw new IllegalArgumentException("no version " + column);
    };
  }

  static void encodesTo(Packet p, Version v, String octets) {
    ByteSink s = new ByteSink(8);
    Encoder.encode(p, v, s);
    assertThat(HexFormat.of().formatHex(s.toBytes().toArray()))
        .isEqualTo(HexFormat.of().formatHex(Octets.of(octets)));
    assertThat(Encoder.size(p, v)).isEqualTo(s.size());
  }
}
