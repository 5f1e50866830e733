package io.trivet.cli;

import io.trivet.base.Bytes;
import io.trivet.cli.coap.CoapUri;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a CoAP request says beside its method, path and payload.
final class CoapRequestOptions {
  @Option(names = "--non", description = "Send it non-confirmable: once, and nobody acknowledges it.")
  private boolean non;

  @Option(names = {"-a", "--accept"}, paramLabel = "FORMAT",
      description = "The content format wanted: a number or a media type.")
  private @Nullable String accept;

  @Option(names = {"-q", "--query"}, paramLabel = "NAME=VALUE", description = "One more Uri-Query; may be repeated.")
  private List<String> queries = new ArrayList<>();

  @Option(names = "--etag", paramLabel = "HEX", description = "A representation that is here already; may be repeated.")
  private List<String> etags = new ArrayList<>();

  @Option(names = "--if-match", paramLabel = "HEX",
      description = "Only where the resource has this ETag, or, with an empty one, exists; may be repeated.")
  private List<String> ifMatch = new ArrayList<>();

  @Option(names = "--if-none-match", description = "Only where the resource does not exist.")
  private boolean ifNoneMatch;

  @Option(names = {"-o", "--option"}, paramLabel = "OPTION=VALUE",
      description = "Any option, by number or name: 0x and digits for bytes, a number, or text; may be repeated.")
  private List<String> others = new ArrayList<>();

  @Option(names = {"-b", "--block-size"}, paramLabel = "BYTES",
      description = "Bytes in a block: 16, 32, 64, 128, 256, 512 or 1024.")
  private int blockSize;

  /// 0 where none is asked for.
  int blockSize() {
    if (blockSize != 0 && (blockSize < 16 || blockSize > 1_024 || Integer.bitCount(blockSize) != 1)) {
      throw new IllegalArgumentException("--block-size " + blockSize + ": give 16, 32, 64, 128, 256, 512 or 1024");
    }
    return blockSize;
  }

  /// @param contentFormat of the payload; null for none
  Request request(Code method, CoapUri uri, Bytes payload, @Nullable String contentFormat) {
    Options.Builder o = Options.builder();
    uri.into(o);
    queries.forEach(q -> o.add(OptionNumber.URI_QUERY, q));
    if (contentFormat != null) {
      o.contentFormat(format("--format", contentFormat));
    }
    if (accept != null) {
      o.add(OptionNumber.ACCEPT, format("--accept", accept));
    }
    etags.forEach(e -> o.add(OptionNumber.ETAG, hex("--etag", e)));
    ifMatch.forEach(e -> o.add(OptionNumber.IF_MATCH, hex("--if-match", e)));
    if (ifNoneMatch) {
      o.add(OptionNumber.IF_NONE_MATCH);
    }
    others.forEach(t -> other(o, t));
    return new Request(!non, method, o.build(), payload);
  }

  private static int format(String option, String text) {
    if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 0xFFFF) {
      return Integer.parseInt(text);
    }
    return ContentFormat.number(text).orElseThrow(() -> new IllegalArgumentException(
        option + " " + text + ": no media type that is known here; give its number, 0 to 65535"));
  }

  static Bytes hex(String option, String text) {
    try {
      return Bytes.wrap(HexFormat.of().parseHex(text.startsWith("0x") ? text.substring(2) : text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": give whole bytes in hexadecimal", e); // may be a secret
    }
  }

  private static void other(Options.Builder o, String text) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    String value = equals < 0 ? "" : text.substring(equals + 1);
    int number = number(name);
    if (value.startsWith("0x")) {
      o.add(number, hex("--option " + name, value));
      return;
    }
    OptionNumber known = OptionNumber.of(number);
    boolean digits = value.matches("\\d{1,18}");
    if (known != null && known.format() == OptionNumber.Format.UINT && !digits) {
      throw new IllegalArgumentException("--option " + text + ": the value is a number, 0 or more");
    }
    if (digits && (known == null || known.format() == OptionNumber.Format.UINT)) {
      o.add(number, uint(Long.parseLong(value)));
    } else {
      o.add(number, Bytes.utf8(value));
    }
  }

  private static Bytes uint(long value) {
    int n = (Long.SIZE - Long.numberOfLeadingZeros(value) + 7) / 8;
    byte[] b = new byte[n];
    for (int i = 0; i < n; i++) {
      b[i] = (byte) (value >>> 8 * (n - 1 - i));
    }
    return Bytes.wrap(b);
  }

  private static int number(String name) {
    if (name.matches("\\d{1,5}") && Integer.parseInt(name) <= 0xFFFF) {
      return Integer.parseInt(name);
    }
    try {
      return OptionNumber.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')).number();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--option " + name + ": give a number from 0 to 65535, or a name such as Uri-Host", e);
    }
  }

  /// As the registry writes it, such as `Content-Format`.
  static String name(int number) {
    return Optional.ofNullable(OptionNumber.of(number)).map(o -> switch (o) {
      case ETAG -> "ETag";
      case OSCORE, EDHOC -> o.name();
      case Q_BLOCK1 -> "Q-Block1";
      case Q_BLOCK2 -> "Q-Block2";
      default -> title(o.name());
    }).orElse("");
  }

  private static String title(String constant) {
    StringBuilder out = new StringBuilder();
    for (String word : constant.split("_")) {
      out.append(out.isEmpty() ? "" : "-").append(word.charAt(0))
          .append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return out.toString();
  }
}
