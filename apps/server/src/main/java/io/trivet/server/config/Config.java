package io.trivet.server.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.trivet.broker.Limits;
import io.trivet.broker.TopicLimits;
import io.trivet.mqtt.MqttSettings;
import io.trivet.mqtt.codec.DecodeLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The value of every option: its default, unless the file says otherwise, unless the command line does. Immutable.
public final class Config {
  private static final int FILE_BYTES_MAX = 1 << 20;

  private final Map<Option, Object> values;
  private final Path base;

  private Config(Map<Option, Object> values, Path base) {
    this.values = values;
    this.base = base;
  }

  /// @param base the directory that relative paths begin at
  public static Config defaults(Path base) {
    Map<Option, Object> values = new EnumMap<>(Option.class);
    for (Option o : Option.values()) {
      values.put(o, Value.parse(o, o.byDefault()));
    }
    return new Config(values, base);
  }

  /// @throws ConfigException with file, line, column, what is wrong and what to give
  public static Config read(Path file) {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new ConfigException("larger than " + FILE_BYTES_MAX + " bytes");
      }
      Path dir = file.toAbsolutePath().getParent();
      return parse(Files.readString(file), dir == null ? Path.of("") : dir);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new ConfigException(file + ": cannot be read: " + e.getMessage(), e);
    } catch (ConfigException e) {
      throw new ConfigException(file + ": " + e.getMessage(), e);
    }
  }

  /// @throws ConfigException with line, column, what is wrong and what to give
  public static Config parse(String yaml, Path base) {
    Config c = defaults(base);
    YAMLFactory factory = YAMLFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(16).maxStringLength(65_536).maxDocumentLength(FILE_BYTES_MAX).build())
        .build();
    try (JsonParser in = factory.createParser(yaml)) {
      JsonToken first = in.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        return c; // all comments
      }
      if (first != JsonToken.START_OBJECT) {
        throw new ConfigException("line 1, column 1: give options as 'group:' with 'name: value' below");
      }
      c.object(in, "");
      if (in.nextToken() != null) {
        throw new ConfigException(at(in.currentTokenLocation()) + "a second document: give all options in one");
      }
      return c;
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          at(e.getLocation()) + e.getOriginalMessage().lines().findFirst().orElse("no YAML"), e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  private static String at(JsonLocation l) {
    return l == null ? "" : "line " + l.getLineNr() + ", column " + l.getColumnNr() + ": ";
  }

  private void object(JsonParser in, String prefix) throws IOException {
    Set<String> seen = new HashSet<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String path = prefix + in.currentName();
      String where = at(in.currentTokenLocation());
      Option option = find(path);
      if (!seen.add(path)) {
        throw new ConfigException(where + path + " stands there twice");
      }
      JsonToken value = in.nextToken();
      if (option != null) {
        try {
          values.put(option, Value.parse(option, text(in, option, value)));
        } catch (ConfigException e) {
          throw new ConfigException(where + e.getMessage(), e);
        }
      } else if (isGroup(path)) {
        if (value == JsonToken.START_OBJECT) {
          object(in, path + ".");
        } else if (!isNothing(in, value)) {
          throw new ConfigException(where + path + " is a group: give its options below it");
        }
      } else {
        List<String> known = Stream.concat(
            Arrays.stream(Option.values()).map(Option::path),
            Arrays.stream(Option.values()).map(Option::path).filter(p -> p.contains("."))
                .map(p -> p.substring(0, p.indexOf('.')))).distinct().toList();
        throw new ConfigException(
            where + "unknown option '" + path + "'; did you mean '" + Value.nearest(path, known) + "'?");
      }
    }
  }

  private static @org.jspecify.annotations.Nullable Option find(String path) {
    for (Option o : Option.values()) {
      if (o.path().equals(path)) {
        return o;
      }
    }
    return null;
  }

  private static boolean isGroup(String path) {
    return Arrays.stream(Option.values()).anyMatch(o -> o.path().startsWith(path + "."));
  }

  /// `name:` with nothing behind it.
  private static boolean isNothing(JsonParser in, JsonToken value) throws IOException {
    return value == JsonToken.VALUE_NULL || value == JsonToken.VALUE_STRING && in.getText().isEmpty();
  }

  private static String text(JsonParser in, Option o, JsonToken value) throws IOException {
    if (value == JsonToken.START_ARRAY) {
      if (o.kind() != Kind.TEXTS) {
        throw new ConfigException(o.path() + ": give one value, not a list");
      }
      List<String> all = new ArrayList<>();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        if (!in.currentToken().isScalarValue()) {
          throw new ConfigException(o.path() + ": give a list of texts");
        }
        all.add(in.getText());
      }
      return String.join(" ", all);
    }
    if (isNothing(in, value) && o.kind() != Kind.TEXT) {
      return o.kind() == Kind.TEXTS || o.kind() == Kind.PATH ? "" : o.byDefault();
    }
    if (!value.isScalarValue()) {
      throw new ConfigException(o.path() + ": give a value, not a group");
    }
    return in.getText();
  }

  /// The same with one option from the command line.
  ///
  /// @throws ConfigException where the value is none
  public Config with(Option o, String value) {
    Map<Option, Object> changed = new EnumMap<>(values);
    changed.put(o, Value.parse(o, value));
    return new Config(changed, base);
  }

  public long number(Option o) {
    return (Long) value(o);
  }

  public int count(Option o) {
    return (int) Math.min(Integer.MAX_VALUE, number(o));
  }

  public Duration duration(Option o) {
    return (Duration) value(o);
  }

  public boolean flag(Option o) {
    return (Boolean) value(o);
  }

  public String text(Option o) {
    return (String) value(o);
  }

  @SuppressWarnings("unchecked") // Value makes lists of texts for this kind
  public List<String> texts(Option o) {
    return (List<String>) value(o);
  }

  public Optional<Path> path(Option o) {
    return text(o).isEmpty() ? Optional.empty() : Optional.of(base.resolve(text(o)));
  }

  public List<Path> paths(Option o) {
    return texts(o).stream().map(base::resolve).toList();
  }

  /// As a person would write it in the file.
  public String shown(Option o) {
    return switch (value(o)) {
      case Duration d -> OptionText.duration(d);
      case List<?> l -> l.isEmpty() ? "[]"
          : l.stream().map(e -> "\"" + e + "\"").collect(java.util.stream.Collectors.joining(", ", "[", "]"));
      case Long n -> o.kind() == Kind.SIZE ? OptionText.size(n) : n.toString();
      case String s -> s.isEmpty() ? "\"\"" : s;
      case Object other -> other.toString();
    };
  }

  private Object value(Option o) {
    Object v = values.get(o);
    if (v == null) {
      throw new AssertionError(o + " has no value");
    }
    return v;
  }

  // --- what the rooms want to know ----------------------------------------------------------------------------------

  public TopicLimits topicLimits() {
    return new TopicLimits(count(Option.TOPIC_BYTES_MAX), count(Option.TOPIC_LEVELS_MAX));
  }

  public Limits limits() {
    return new Limits(
        topicLimits(),
        count(Option.SESSIONS_MAX),
        count(Option.SUBSCRIPTIONS_MAX),
        count(Option.INFLIGHT_MAX),
        count(Option.QUEUE_MESSAGES_MAX),
        number(Option.QUEUE_BYTES_MAX),
        number(Option.QUEUE_BYTES_TOTAL_MAX),
        number(Option.STORED_MESSAGES_MAX),
        number(Option.STORED_BYTES_MAX),
        count(Option.OUTPUT_BYTES_MAX),
        number(Option.OUTPUT_BYTES_TOTAL_MAX),
        count(Option.RETAINED_MAX),
        number(Option.RETAINED_BYTES_MAX),
        duration(Option.SESSION_EXPIRY_MAX),
        Limits.WhenFull.valueOf(text(Option.WHEN_FULL).replace('-', '_').toUpperCase(Locale.ROOT)));
  }

  public MqttSettings mqtt() {
    return new MqttSettings(
        new DecodeLimits(count(Option.PACKET_BYTES_MAX), count(Option.CONNECT_BYTES_MAX), topicLimits(),
            count(Option.USER_PROPERTIES_MAX), count(Option.FILTERS_MAX)),
        duration(Option.CONNECT_DEADLINE),
        duration(Option.KEEP_ALIVE_MAX),
        count(Option.RECEIVE_MAXIMUM),
        count(Option.TOPIC_ALIAS_MAXIMUM),
        count(Option.TOPIC_ALIASES_OUT));
  }
}
