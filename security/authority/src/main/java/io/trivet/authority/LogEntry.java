package io.trivet.authority;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.base.Parsed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;

/// One line of the log: JSON, in the one form that [#line()] gives.
///
/// @param number counts from 1
/// @param subject the device, or empty where it is about no single one
/// @param attributes SHA-256, in hexadecimal, of the attributes or the policy that was asked for; empty where there is none
/// @param note what else there is to say, in words
/// @param previous the hash of the line before, of the first the hash of the authority's id
public record LogEntry(
    long number, Instant time, What what, String subject, String attributes, long epoch, String note, String previous) {

  /// What happened.
  public enum What {
    INIT,
    ISSUE,
    ROTATE,
    REVOKE,
    EXPORT,
    /// A change before this line was interrupted; the lines that it wrote stand, and say what had no effect.
    RECOVER;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final int LINE_BYTES_MAX = 4_096;
  private static final int NOTE_CHARS_MAX = 1_024;
  private static final String RULE = "log";

  private static final ObjectMapper JSON = JsonMapper.builder(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder()
                  .maxNestingDepth(2).maxStringLength(2_048).maxNameLength(32).maxNumberLength(20).build())
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  public LogEntry {
    if (note.length() > NOTE_CHARS_MAX) {
      throw new IllegalArgumentException("a note of " + note.length() + " characters");
    }
  }

  /// Without the line feed that ends it in the file.
  String line() {
    ObjectNode n = JSON.createObjectNode();
    n.put("n", number);
    n.put("time", time.toString());
    n.put("what", what.word());
    n.put("subject", subject);
    n.put("attributes", attributes);
    n.put("epoch", epoch);
    n.put("note", note);
    n.put("previous", previous);
    return n.toString();
  }

  String hash() {
    return sha256(line().getBytes(StandardCharsets.UTF_8));
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// @return invalid for anything that [#line()] would not give, so that no two lines mean the same
  static Parsed<LogEntry> read(String line) {
    if (line.length() > LINE_BYTES_MAX) {
      return Parsed.invalid(RULE, "a line of more than " + LINE_BYTES_MAX + " characters");
    }
    JsonNode n;
    try {
      n = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return Parsed.invalid(RULE, "no JSON: " + e.getOriginalMessage());
    }
    try {
      LogEntry e = new LogEntry(
          n.path("n").asLong(),
          Instant.parse(n.path("time").asText()),
          What.valueOf(n.path("what").asText().toUpperCase(Locale.ROOT)),
          n.path("subject").asText(),
          n.path("attributes").asText(),
          n.path("epoch").asLong(),
          n.path("note").asText(),
          n.path("previous").asText());
      return e.line().equals(line) ? Parsed.valid(e) : Parsed.invalid(RULE, "not in the log's form");
    } catch (DateTimeException | IllegalArgumentException e) {
      return Parsed.invalid(RULE, "not in the log's form: " + e.getMessage());
    }
  }
}
