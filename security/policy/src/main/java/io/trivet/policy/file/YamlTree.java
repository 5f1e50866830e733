package io.trivet.policy.file;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.trivet.policy.file.Node.Entry;
import io.trivet.policy.file.Node.Mapping;
import io.trivet.policy.file.Node.Scalar;
import io.trivet.policy.file.Node.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads YAML into values that know their place. Aliases are refused, so that no few lines stand for
/// millions; depth, size and number of values are bounded before anything is kept.
public final class YamlTree {
  public static final int BYTES_MAX = 4 << 20;
  private static final int DEPTH_MAX = 16;
  private static final int TEXT_MAX = 65_536;
  private static final int VALUES_MAX = 400_000;

  private final YAMLParser in;
  private final String[] lines;
  private int values;

  private YamlTree(YAMLParser in, String text) {
    this.in = in;
    this.lines = text.split("\n", -1);
  }

  /// @throws Wrong where it is no YAML, or not such as is read here
  public static Node parse(String text) {
    if (text.length() > BYTES_MAX) {
      throw new Wrong(Mark.START, "larger than " + BYTES_MAX + " characters");
    }
    YAMLFactory yaml = YAMLFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(DEPTH_MAX).maxStringLength(TEXT_MAX).maxDocumentLength(BYTES_MAX * 4L).build())
        .build();
    try (YAMLParser in = yaml.createParser(text)) {
      return new YamlTree(in, text).document();
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new Wrong(at == null ? Mark.START : mark(at),
          e.getOriginalMessage().lines().findFirst().orElse("no YAML"));
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    } catch (Wrong e) {
      throw e;
    } catch (RuntimeException e) {
      // The YAML scanner below Jackson lets a few of its own through, as for a number that no type holds.
      throw new Wrong(Mark.START, "no YAML: " + e.getClass().getSimpleName());
    }
  }

  private static Mark mark(JsonLocation at) {
    return new Mark(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
  }

  private Mark here() {
    return mark(in.currentTokenLocation());
  }

  private Node document() throws IOException {
    if (in.nextToken() == null) {
      return new Mapping(List.of(), Mark.START);
    }
    Node whole = value(0);
    if (in.nextToken() != null) {
      throw new Wrong(here(), "a second document: give one");
    }
    return whole;
  }

  private Node value(int depth) throws IOException {
    if (depth > DEPTH_MAX) {
      throw new Wrong(here(), "nested deeper than " + DEPTH_MAX + " levels");
    }
    if (++values > VALUES_MAX) {
      throw new Wrong(here(), "more than " + VALUES_MAX + " values");
    }
    if (in.isCurrentAlias()) {
      throw new Wrong(here(), "aliases (*name) are not followed; write the value out, and quote a text that begins "
          + "with *");
    }
    Mark at = here();
    return switch (in.currentToken()) {
      case START_OBJECT -> mapping(at, depth);
      case START_ARRAY -> sequence(at, depth);
      default -> scalar(at);
    };
  }

  private Sequence sequence(Mark at, int depth) throws IOException {
    List<Node> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(depth + 1));
    }
    return new Sequence(items, at);
  }

  private Mapping mapping(Mark at, int depth) throws IOException {
    List<Entry> entries = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      Mark keyAt = here();
      String key = in.currentName();
      if (!keys.add(key)) {
        throw new Wrong(keyAt, "'" + key + "' stands there twice");
      }
      in.nextToken();
      entries.add(new Entry(new Scalar(key, keyAt, keyAt, false), value(depth + 1)));
    }
    return new Mapping(entries, at);
  }

  private Scalar scalar(Mark at) throws IOException {
    String text = in.currentToken() == JsonToken.VALUE_NULL ? "" : in.getText();
    char first = at(at.line(), at.column());
    return switch (first) {
      case '"', '\'' -> new Scalar(text, at, new Mark(at.line(), at.column() + 1), true);
      case '|', '>' -> new Scalar(text, at, blockStart(at.line()), true);
      // A tag or an anchor stands before the value, so the value may have been quoted.
      case '!', '&' -> new Scalar(text, at, at, true);
      default -> new Scalar(text, at, at, false);
    };
  }

  private char at(int line, int column) {
    if (line > lines.length || column > lines[line - 1].length()) {
      return 0;
    }
    return lines[line - 1].charAt(column - 1);
  }

  private Mark blockStart(int headLine) {
    for (int i = headLine; i < lines.length; i++) {
      if (!lines[i].isBlank()) {
        return new Mark(i + 1, lines[i].length() - lines[i].stripLeading().length() + 1);
      }
    }
    return new Mark(headLine, 1);
  }
}
