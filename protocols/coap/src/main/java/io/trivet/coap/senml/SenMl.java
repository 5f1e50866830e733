package io.trivet.coap.senml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads and writes packs as `application/senml+json` and `application/senml+cbor` (RFC 8428, sections 5 and 6), also as
/// the patches and selections of RFC 8790. A field nobody knows is passed over, unless its name ends with `_`
/// (section 4.4). What is read is well-formed; whether it makes sense is said by [SenMlPack#resolve].
public final class SenMl {
  private static final String RULE = "RFC 8428, section 4";

  /// The longest number anybody writes.
  private static final int NUMBER_MAX = 64;

  /// Unknown fields may hold anything, so deep.
  private static final int DEPTH_MAX = 8;

  private enum Form {
    JSON,
    CBOR
  }

  private SenMl() {}

  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1;

    Fault(String message) {
      super(message, null, false, false);
    }
  }

  private static StreamReadConstraints constraints(SenMlLimits l) {
    return StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).maxStringLength(l.textBytesMax() / 3 * 4 + 4)
        .maxNameLength(256).maxNumberLength(NUMBER_MAX).maxDocumentLength(l.bytesMax()).build();
  }

  public static Parsed<SenMlPack> readJson(Bytes b, SenMlLimits limits) {
    JsonFactory f = JsonFactory.builder().streamReadConstraints(constraints(limits))
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES).disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();
    return read(f, Form.JSON, b, limits);
  }

  public static Parsed<SenMlPack> readCbor(Bytes b, SenMlLimits limits) {
    CBORFactory f = CBORFactory.builder().streamReadConstraints(constraints(limits))
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES).disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();
    return read(f, Form.CBOR, b, limits);
  }

  private static Parsed<SenMlPack> read(JsonFactory f, Form form, Bytes b, SenMlLimits limits) {
    if (b.length() > limits.bytesMax()) {
      return Parsed.invalid(RULE, "more than " + limits.bytesMax() + " bytes");
    }
    try (JsonParser p = f.createParser(b.backingArray(), b.backingOffset(), b.length())) {
      if (p.nextToken() != JsonToken.START_ARRAY) {
        return Parsed.invalid(RULE, "a pack is an array");
      }
      List<SenMlRecord> records = new ArrayList<>();
      while (p.nextToken() == JsonToken.START_OBJECT) {
        if (records.size() == limits.recordsMax()) {
          return Parsed.invalid(RULE, "more than " + limits.recordsMax() + " records");
        }
        try {
          records.add(record(p, form, limits));
        } catch (Fault fault) {
          return Parsed.invalid(RULE, "record " + records.size() + ": " + fault.getMessage());
        }
      }
      if (p.currentToken() != JsonToken.END_ARRAY || p.nextToken() != null) {
        return Parsed.invalid(RULE, "after record " + records.size() + " neither a record nor the end follows");
      }
      return Parsed.valid(new SenMlPack(records));
    } catch (IOException e) {
      return Parsed.invalid(RULE, form == Form.JSON ? "no well-formed JSON within the limits"
          : "no well-formed CBOR within the limits");
    }
  }

  private static SenMlRecord record(JsonParser p, Form form, SenMlLimits limits) throws IOException, Fault {
    EnumMap<SenMlField, Object> fields = new EnumMap<>(SenMlField.class);
    boolean removes = false;
    while (p.nextToken() == JsonToken.FIELD_NAME) {
      String name = p.currentName();
      SenMlField f = form == Form.JSON ? SenMlField.ofLabel(name) : SenMlField.ofNumber(name);
      JsonToken t = p.nextToken();
      if (f == null) {
        if (name.endsWith("_")) {
          throw new Fault("the field " + name + " must be understood, and is not");
        }
        p.skipChildren();
      } else if (t == JsonToken.VALUE_NULL && f.isValue()) {
        removes = true;
      } else if (fields.put(f, value(p, f, form, limits)) != null) {
        throw new Fault(f.label() + " twice");
      }
    }
    if (p.currentToken() != JsonToken.END_OBJECT) {
      throw new Fault("it does not end");
    }
    return new SenMlRecord(fields, removes);
  }

  private static Object value(JsonParser p, SenMlField f, Form form, SenMlLimits limits) throws IOException, Fault {
    JsonToken t = p.currentToken();
    Object found = switch (f.kind()) {
      case NUMBER -> t.isNumeric() ? number(p) : null;
      case TEXT -> t == JsonToken.VALUE_STRING && p.getTextLength() <= limits.textBytesMax() ? text(p) : null;
      case BOOLEAN -> t.isBoolean() ? (Object) p.getBooleanValue() : null;
      case DATA -> form == Form.JSON ? data(p) : t == JsonToken.VALUE_EMBEDDED_OBJECT ? binary(p, limits) : null;
    };
    if (found == null) {
      throw new Fault(f.label() + " holds no " + f.kind().name().toLowerCase(Locale.ROOT) + " within the limits");
    }
    return found;
  }

  private static @Nullable Object number(JsonParser p) throws IOException {
    if (p instanceof CBORParser && p.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      return null; // the parser takes the first bit of a bignum for a sign, and no sensor counts so far
    }
    double d = p.getDoubleValue();
    return Double.isFinite(d) ? (Object) (d + 0.0) : null; // of the two zeros one is enough
  }

  /// Half of a surrogate pair is no text: it could not be written again.
  private static @Nullable String text(JsonParser p) throws IOException {
    String s = p.getText();
    return s.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? null : s;
  }

  private static @Nullable Bytes binary(JsonParser p, SenMlLimits limits) throws IOException {
    byte[] b = p.getBinaryValue();
    return b.length <= limits.textBytesMax() ? Bytes.wrap(b) : null;
  }

  /// Base64 with the alphabet for URLs and without padding (section 4.3).
  private static @Nullable Bytes data(JsonParser p) throws IOException {
    if (p.currentToken() != JsonToken.VALUE_STRING) {
      return null;
    }
    try {
      return Bytes.wrap(Base64.getUrlDecoder().decode(p.getText()));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  // --- writing ------------------------------------------------------------------------------------------------------

  public static Bytes writeJson(SenMlPack pack) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator g = new JsonFactory().createGenerator(out)) {
      g.writeStartArray();
      for (SenMlRecord r : pack.records()) {
        g.writeStartObject();
        for (Map.Entry<SenMlField, Object> e : r.fields().entrySet()) {
          g.writeFieldName(e.getKey().label());
          switch (e.getValue()) {
            case Double d -> writeNumber(g, d);
            case String s -> g.writeString(s);
            case Boolean b -> g.writeBoolean(b);
            case Bytes b -> g.writeString(Base64.getUrlEncoder().withoutPadding().encodeToString(b.toArray()));
            default -> throw new AssertionError("a field holding " + e.getValue().getClass());
          }
        }
        if (r.removes()) {
          g.writeNullField(SenMlField.VALUE.label());
        }
        g.writeEndObject();
      }
      g.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Bytes.wrap(out.toByteArray());
  }

  public static Bytes writeCbor(SenMlPack pack) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (CBORGenerator g = new CBORFactory().createGenerator(out)) {
      g.writeStartArray(pack.records(), pack.records().size());
      for (SenMlRecord r : pack.records()) {
        g.writeStartObject(r.fields().size() + (r.removes() ? 1 : 0));
        for (Map.Entry<SenMlField, Object> e : r.fields().entrySet()) {
          g.writeFieldId(e.getKey().number());
          switch (e.getValue()) {
            case Double d -> writeNumber(g, d);
            case String s -> g.writeString(s);
            case Boolean b -> g.writeBoolean(b);
            case Bytes b -> g.writeBinary(b.toArray());
            default -> throw new AssertionError("a field holding " + e.getValue().getClass());
          }
        }
        if (r.removes()) {
          g.writeFieldId(SenMlField.VALUE.number());
          g.writeNull();
        }
        g.writeEndObject();
      }
      g.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Bytes.wrap(out.toByteArray());
  }

  /// Whole numbers without a fraction: shorter in both forms.
  private static void writeNumber(JsonGenerator g, double d) throws IOException {
    if (d == Math.rint(d) && Math.abs(d) < 1L << 53) {
      g.writeNumber((long) d);
    } else if (g instanceof CBORGenerator && (float) d == d) {
      g.writeNumber((float) d);
    } else {
      g.writeNumber(d);
    }
  }
}
