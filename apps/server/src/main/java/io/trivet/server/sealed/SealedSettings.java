package io.trivet.server.sealed;

import io.trivet.abe.PublicParameters;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.TopicFilter;
import io.trivet.server.config.Config;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import io.trivet.smqtt.Sender;
import io.trivet.smqtt.SendersFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which topics take sealed messages alone, and whose.
///
/// @param authorities ids, and of each the epoch before which all are over; empty where nothing is asked
record SealedSettings(List<TopicFilter> topics, Map<Bytes, Long> authorities, List<Sender> senders, int headersMax) {
  /// Reads the files that the configuration names.
  ///
  /// @throws ConfigException with the option, or the file, and what is wrong
  static SealedSettings read(Config config) {
    List<TopicFilter> topics = new ArrayList<>();
    for (String text : config.texts(Option.SEALED_TOPICS)) {
      switch (TopicFilter.parse(text, config.topicLimits())) {
        case Parsed.Valid<TopicFilter>(TopicFilter f) -> topics.add(f);
        case Parsed.Invalid<TopicFilter>(String _, String what) ->
            throw new ConfigException("smqtt.sealed-topics: " + text + ": " + what);
      }
    }
    List<Path> files = config.paths(Option.SEALED_AUTHORITIES);
    Optional<Path> senders = config.path(Option.SEALED_SENDERS);
    if (!topics.isEmpty() && (files.isEmpty() || senders.isEmpty())) {
      throw new ConfigException("smqtt.sealed-topics: nothing could be published there: smqtt."
          + (files.isEmpty() ? "authorities" : "senders") + " is needed too");
    }
    try {
      Map<Bytes, Long> authorities = new HashMap<>();
      for (Path file : files) {
        PublicParameters p = parameters(file);
        authorities.merge(p.authority(), p.epoch(), Math::max);
      }
      return new SealedSettings(List.copyOf(topics), Map.copyOf(authorities),
          senders.isEmpty() ? List.of() : SendersFile.read(senders.get()), config.count(Option.SEALED_HEADERS_MAX));
    } catch (IOException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  private static PublicParameters parameters(Path file) throws IOException {
    if (Files.size(file) > PublicParameters.BYTES_MAX) {
      throw new IOException(file + ": too large for what 'trivet authority export --public' writes");
    }
    return switch (PublicParameters.decode(Files.readAllBytes(file))) {
      case Parsed.Valid<PublicParameters>(PublicParameters p) -> p;
      case Parsed.Invalid<PublicParameters>(String _, String what) -> throw new IOException(file + ": " + what
          + "; give what 'trivet authority export --public' writes");
    };
  }

  /// Whether headers and messages are looked at at all.
  boolean isUsed() {
    return !authorities.isEmpty();
  }
}
