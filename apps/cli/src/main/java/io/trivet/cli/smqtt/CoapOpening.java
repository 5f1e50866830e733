package io.trivet.cli.smqtt;

import io.trivet.base.Bytes;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.coap.CoapClient;
import io.trivet.cli.coap.CoapUri;
import io.trivet.cli.coap.Heard;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.smqtt.Opened;
import io.trivet.smqtt.Properties;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Opens responses and notifications.
public final class CoapOpening implements AutoCloseable {
  private static final Duration KEYS_PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Reading reading;
  private final TopicResource at;
  private final Consumer<String> refused;
  private final Map<String, Deque<Response>> waiting = new HashMap<>();

  /// @param refused hears of what does not open
  public CoapOpening(Reading reading, CoapUri uri, Consumer<String> refused) {
    this.reading = reading;
    this.at = TopicResource.of(uri);
    this.refused = refused;
  }

  /// To be sent beside the request: brings the keys.
  public Request keys() {
    return at.keys();
  }

  /// What a notification says, of its own observation or of that for keys.
  ///
  /// @return responses with opened payloads, those that waited before it included
  public List<Response> take(Response r) {
    String topic = at.topicOf(r).orElse(at.topic());
    if (r.payload().isEmpty() && !Reading.isKeyTopic(topic)) {
      return List.of(); // nothing is there yet
    }
    List<Response> opened = new ArrayList<>();
    List<Opened> said = reading.take(topic, r.payload().toArray(), Properties.NONE);
    for (int i = 0; i < said.size(); i++) {
      boolean isThis = i == said.size() - 1 && !Reading.isKeyTopic(topic);
      tell(said.get(i), isThis ? r : null).ifPresent(opened::add);
    }
    return opened;
  }

  /// What waited for its key and can be said of now.
  public List<Response> late() {
    List<Response> opened = new ArrayList<>();
    reading.late().forEach(o -> tell(o, null).ifPresent(opened::add));
    return opened;
  }

  private Optional<Response> tell(Opened o, @Nullable Response from) {
    if (o instanceof Opened.Waiting && from != null) {
      waiting.computeIfAbsent(o.topic(), _ -> new ArrayDeque<>()).add(from);
      return Optional.empty();
    }
    if (o instanceof Opened.Refused(String topic, _, String what)) {
      if (from == null && !Reading.isKeyTopic(topic)) {
        waited(topic);
      }
      refused.accept(topic + " was not opened: " + what);
      return Optional.empty();
    }
    Response r = from == null ? waited(o.topic()) : from;
    if (r == null || !(o instanceof Opened.Message m)) {
      throw new AssertionError("of a message that did not come: " + o);
    }
    return Optional.of(r.with(Bytes.wrap(m.payload().toArray())));
  }

  private @Nullable Response waited(String topic) {
    Deque<Response> those = waiting.get(topic);
    return those == null ? null : those.poll();
  }

  /// The response to a GET with its payload opened, once its key was fetched.
  ///
  /// @throws CommandFailed where it does not open
  public Response open(CoapClient client, Response r) throws InterruptedException {
    List<String> why = new ArrayList<>();
    List<Opened> said = reading.take(at.topic(), r.payload().toArray(), Properties.NONE);
    Optional<Response> now = told(said, r, why);
    if (now.isEmpty() && said.getLast() instanceof Opened.Waiting) {
      client.send(keys());
      long deadline = System.nanoTime() + KEYS_PATIENCE.toNanos();
      while (now.isEmpty() && why.isEmpty() && System.nanoTime() < deadline) {
        List<Opened> more = new ArrayList<>(reading.late());
        if (client.poll(LOOK) instanceof Heard.Answer(Response key, _)) {
          if (!key.code().isSuccess()) {
            throw new CommandFailed("the server does not show the message's key: " + key.code());
          }
          at.topicOf(key).ifPresent(t -> more.addAll(reading.take(t, key.payload().toArray(), Properties.NONE)));
        }
        now = told(more, r, why);
      }
    }
    return now.orElseThrow(() -> new CommandFailed(
        "not opened: " + (why.isEmpty() ? "no key for it came" : String.join("; ", why))));
  }

  /// @param why what is said of the topic itself; of keys that were refused the refusals are heard beside
  private Optional<Response> told(List<Opened> said, Response r, List<String> why) {
    for (Opened o : said) {
      if (o instanceof Opened.Message m) {
        return Optional.of(r.with(Bytes.wrap(m.payload().toArray())));
      }
      if (o instanceof Opened.Refused(String topic, _, String what)) {
        if (Reading.isKeyTopic(topic)) {
          refused.accept(topic + " was not taken: " + what);
        } else {
          why.add(what);
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    reading.close();
  }
}
