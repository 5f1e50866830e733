package io.trivet.smqtt;

import io.trivet.abe.PublicParameters;
import io.trivet.abe.ReaderKey;
import io.trivet.base.Clock;
import java.util.ArrayList;
import java.util.List;

/// Where an application begins. Of a publisher:
///
/// ```java
/// Smqtt sealed = Smqtt.publisher(authority, me, "ward:7 and role:nurse", "ward/7/#");
/// sealed.publish("ward/7/pulse", payload, p -> client.publish(p.topic(), p.payload().toArray(), 1, p.retain()));
/// ```
///
/// Of a subscriber, which subscribes to [Topics#ALL_KEYS] before its own topics and hands over all that comes:
///
/// ```java
/// Smqtt opening = Smqtt.subscriber(key, Senders.of(pump));
/// client.setCallback((topic, message) -> opening.open(topic, message.getPayload()).forEach(this::handle));
/// ```
public final class Smqtt {
  /// The system's clocks.
  public static final Clock SYSTEM = new Clock() {
    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallMillis() {
      return System.currentTimeMillis();
    }
  };

  /// An MQTT or CoAP client, as far as sealing needs one.
  @FunctionalInterface
  public interface Transport<X extends Exception> {
    /// Returns when the publication was acknowledged, of a [Publication#header()] at QoS 1 and retained.
    void publish(Publication publication) throws X;
  }

  private sealed interface Half {
    record Publisher(Sealer sealer) implements Half {}

    record Subscriber(Opener opener) implements Half {}
  }

  private final Half half;

  private Smqtt(Half half) {
    this.half = half;
  }

  /// @param policy who may read, such as `ward:7 and (role:nurse or role:doctor)`
  /// @param scope the topic filter within which it publishes
  public static Smqtt publisher(PublicParameters authority, SenderKey me, String policy, String scope) {
    return publisher(authority, me, SealerOptions.of(policy, scope));
  }

  public static Smqtt publisher(PublicParameters authority, SenderKey me, SealerOptions options) {
    return of(Sealer.of(authority, me, options, SYSTEM));
  }

  public static Smqtt subscriber(ReaderKey key, Senders senders) {
    return of(new Opener(
        key, key.authority(), senders, OpenerOptions.DEFAULT, SYSTEM, Runnable::run, ReaderState.fresh()));
  }

  public static Smqtt of(Sealer sealer) {
    return new Smqtt(new Half.Publisher(sealer));
  }

  public static Smqtt of(Opener opener) {
    return new Smqtt(new Half.Subscriber(opener));
  }

  /// Seals and publishes, the key header first where it is due.
  ///
  /// @throws IllegalArgumentException when the topic is outside the scope, or the policy cannot be read
  /// @throws X what the transport throws; then the header is published again with the next message
  public <X extends Exception> void publish(String topic, byte[] payload, Transport<X> over) throws X {
    for (Publication p : seal(topic, payload)) {
      over.publish(p);
      if (p.header()) {
        sealer().published(p);
      }
    }
  }

  /// What to publish, in this order. A header comes with every message until [Sealer#published] is told;
  /// [#publish] does that by itself.
  ///
  /// @throws IllegalArgumentException when the topic is outside the scope, or the policy cannot be read
  public List<Publication> seal(String topic, byte[] payload) {
    return switch (sealer().seal(topic, payload)) {
      case Sealing.Sealed sealed -> sealed.inOrder();
      case Sealing.Refused(Refusal reason, String what) ->
          throw new IllegalArgumentException(reason.text() + ": " + what);
    };
  }

  /// Takes whatever comes, on key topics and others. Gives what can be said now: of messages that wait for their key
  /// a later call tells.
  public List<Opened> open(String topic, byte[] bytes) {
    List<Opened> results = new ArrayList<>();
    if (Topics.isKeyTopic(topic)) {
      if (opener().header(topic, bytes) instanceof HeaderTaken.Refused(Refusal reason, String what)) {
        results.add(new Opened.Refused(topic, reason, what));
      }
    } else {
      Opened opened = opener().open(topic, bytes);
      if (!(opened instanceof Opened.Waiting)) {
        results.add(opened);
      }
    }
    results.addAll(opener().late());
    return results;
  }

  private Sealer sealer() {
    if (half instanceof Half.Publisher(Sealer sealer)) {
      return sealer;
    }
    throw new IllegalStateException("made to subscribe; make another by Smqtt.publisher");
  }

  private Opener opener() {
    if (half instanceof Half.Subscriber(Opener opener)) {
      return opener;
    }
    throw new IllegalStateException("made to publish; make another by Smqtt.subscriber");
  }
}
