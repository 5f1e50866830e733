package io.trivet.coap;

import java.util.Map;
import java.util.Optional;

/// The content formats that Trivet can name as media types (IANA, CoAP Content-Formats).
public final class ContentFormat {
  public static final int TEXT_PLAIN = 0;
  public static final int COSE_ENCRYPT0 = 16;
  public static final int LINK_FORMAT = 40;
  public static final int XML = 41;
  public static final int OCTET_STREAM = 42;
  public static final int EXI = 47;
  public static final int JSON = 50;
  public static final int JSON_PATCH = 51;
  public static final int MERGE_PATCH = 52;
  public static final int CBOR = 60;
  public static final int CWT = 61;
  public static final int EDHOC_CBOR_SEQ = 64;
  public static final int CID_EDHOC_CBOR_SEQ = 65;
  public static final int SENML_JSON = 110;
  public static final int SENML_CBOR = 112;
  public static final int SENML_ETCH_JSON = 320;
  public static final int SENML_ETCH_CBOR = 322;
  public static final int MISSING_BLOCKS_CBOR_SEQ = 272;
  /// As draft-ietf-core-coap-pubsub proposes it.
  public static final int PUBSUB_CBOR = 606;

  private static final Map<Integer, String> NAMES = Map.ofEntries(
      Map.entry(TEXT_PLAIN, "text/plain; charset=utf-8"),
      Map.entry(COSE_ENCRYPT0, "application/cose; cose-type=\"cose-encrypt0\""),
      Map.entry(LINK_FORMAT, "application/link-format"),
      Map.entry(XML, "application/xml"),
      Map.entry(OCTET_STREAM, "application/octet-stream"),
      Map.entry(EXI, "application/exi"),
      Map.entry(JSON, "application/json"),
      Map.entry(JSON_PATCH, "application/json-patch+json"),
      Map.entry(MERGE_PATCH, "application/merge-patch+json"),
      Map.entry(CBOR, "application/cbor"),
      Map.entry(CWT, "application/cwt"),
      Map.entry(SENML_JSON, "application/senml+json"),
      Map.entry(SENML_CBOR, "application/senml+cbor"),
      Map.entry(SENML_ETCH_JSON, "application/senml-etch+json"),
      Map.entry(SENML_ETCH_CBOR, "application/senml-etch+cbor"),
      Map.entry(MISSING_BLOCKS_CBOR_SEQ, "application/missing-blocks+cbor-seq"),
      Map.entry(PUBSUB_CBOR, "application/core-pubsub+cbor"));

  private static final Map<String, Integer> NUMBERS = numbers();

  private ContentFormat() {}

  private static Map<String, Integer> numbers() {
    Map<String, Integer> byName = new java.util.HashMap<>();
    NAMES.forEach((number, name) -> byName.put(essence(name), number));
    return Map.copyOf(byName);
  }

  private static String essence(String mediaType) {
    int end = mediaType.indexOf(';');
    return (end < 0 ? mediaType : mediaType.substring(0, end)).strip().toLowerCase(java.util.Locale.ROOT);
  }

  /// The media type of a registered number.
  public static Optional<String> name(int number) {
    return Optional.ofNullable(NAMES.get(number));
  }

  /// The number of a media type; its parameters do not count.
  public static Optional<Integer> number(String mediaType) {
    return Optional.ofNullable(NUMBERS.get(essence(mediaType)));
  }
}
