package io.trivet.server.sealed;

import io.trivet.base.Clock;
import io.trivet.broker.Broker;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider;
import io.trivet.broker.Message;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import io.trivet.server.config.Config;
import io.trivet.smqtt.Checked;
import io.trivet.smqtt.EnvelopeCheck;
import io.trivet.smqtt.Refusal;
import io.trivet.smqtt.Senders;
import io.trivet.smqtt.Topics;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Holds topics to sealed messages, once the rules have allowed a publish (docs/smqtt.md, section 7): on them, and on key
/// topics, only what is a valid envelope of a known authority and a known sender is let through. Needs no key and has
/// none.
///
/// Clearing a retained message is left to the rules, since nothing is said by it. Who may publish under which sender's
/// name is for the rules too: a topic `smqtt/keys/{device.id}/+` in them.
public final class SealedTopics implements Decider {
  private static final TopicFilter KEYS = TopicFilter.of(Topics.ALL_KEYS);
  private static final long MILLIS = 1_000;

  private final Decider rules;
  private final Clock clock;
  private final AtomicLong changes = new AtomicLong();
  private final LongAdder messages = new LongAdder();
  private final LongAdder headers = new LongAdder();
  private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);
  private final Map<Refusal, Decision> answers = new EnumMap<>(Refusal.class);
  private volatile @Nullable Held held;

  private record Held(List<TopicFilter> topics, EnvelopeCheck check) {
    boolean covers(TopicName topic) {
      for (int i = 0; i < topics.size(); i++) {
        if (topics.get(i).matches(topic)) {
          return true;
        }
      }
      return EnvelopeCheck.isKeyTopic(topic.toString());
    }
  }

  /// @param rules asked first
  public SealedTopics(Decider rules, Clock clock) {
    this.rules = rules;
    this.clock = clock;
    for (Refusal r : Refusal.values()) {
      refused.put(r, new LongAdder());
      answers.put(r, new Decision.Unfit(r.text()));
    }
  }

  /// What the configuration asks for, read and checked but not in force yet.
  public static Prepared prepare(Config config) {
    return new Prepared(SealedSettings.read(config));
  }

  /// Settings to be put in force by [#use].
  public static final class Prepared {
    private final SealedSettings settings;

    private Prepared(SealedSettings settings) {
      this.settings = settings;
    }
  }

  /// From the next message on. Headers that the broker has retained are known at once.
  public void use(Prepared prepared, Broker broker) {
    SealedSettings s = prepared.settings;
    if (s.isUsed()) {
      EnvelopeCheck check = new EnvelopeCheck(s.authorities(), Senders.of(s.senders()), s.headersMax());
      long now = seconds();
      broker.forEachRetained(KEYS, m -> check.check(m.topic().toString(), m.payload().toArray(), now));
      held = new Held(s.topics(), check);
    } else {
      held = null;
    }
    changes.incrementAndGet();
  }

  private long seconds() {
    return clock.wallMillis() / MILLIS;
  }

  @Override
  public Decision connect(Principal who, ClientId clientId, Peer peer) {
    return rules.connect(who, clientId, peer);
  }

  @Override
  public Decision review(Principal who, ClientId clientId, Peer peer) {
    return rules.review(who, clientId, peer);
  }

  @Override
  public Decision review(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
    return rules.review(who, clientId, filter, qos);
  }

  @Override
  public Decision publish(Principal who, ClientId clientId, Message m) {
    return sealed(rules.publish(who, clientId, m), m);
  }

  @Override
  public Decision publishDelayed(Principal who, ClientId clientId, Message m) {
    return sealed(rules.publishDelayed(who, clientId, m), m);
  }

  @Override
  public Decision will(Principal who, ClientId clientId, Message m) {
    return sealed(rules.will(who, clientId, m), m);
  }

  private Decision sealed(Decision allowed, Message m) {
    Held h = held;
    if (h == null) {
      return allowed;
    }
    return switch (allowed) {
      case Decision.Allow _ when h.covers(m.topic()) -> check(h, m, Decision.ALLOW_ONCE);
      case Decision.Modify(Message changed) when h.covers(changed.topic()) -> check(h, changed, allowed);
      case Decision.Delay _ when h.covers(m.topic()) -> check(h, m, allowed);
      case Decision d -> d;
    };
  }

  private Decision check(Held h, Message m, Decision allowed) {
    if (m.payload().isEmpty() && m.retain()) {
      return allowed;
    }
    return switch (h.check.check(m.topic().toString(), m.payload().toArray(), seconds())) {
      case Checked.Message _ -> {
        messages.increment();
        yield allowed;
      }
      case Checked.Header _, Checked.Cleared _ -> {
        headers.increment();
        yield allowed;
      }
      case Checked.Refused(Refusal why) -> {
        of(refused, why).increment();
        yield of(answers, why);
      }
    };
  }

  private static <T> T of(Map<Refusal, T> all, Refusal why) {
    return java.util.Objects.requireNonNull(all.get(why)); // one for each
  }

  @Override
  public Decision subscribe(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
    return rules.subscribe(who, clientId, filter, qos);
  }

  @Override
  public Decision deliver(Principal receiver, ClientId clientId, Message m) {
    return rules.deliver(receiver, clientId, m);
  }

  @Override
  public long generation() {
    return rules.generation() + changes.get(); // both only grow
  }

  /// What was let through and what was not, by reason; nothing while no authority was ever configured.
  public Map<String, Long> counts() {
    if (changes.get() == 0) {
      return Map.of();
    }
    Map<String, Long> all = new TreeMap<>();
    all.put("smqtt_sealed", messages.sum());
    all.put("smqtt_headers", headers.sum());
    long sum = 0;
    for (Map.Entry<Refusal, LongAdder> e : refused.entrySet()) {
      long n = e.getValue().sum();
      sum += n;
      if (n > 0) {
        all.put("smqtt_refused_" + e.getKey().name().toLowerCase(Locale.ROOT), n);
      }
    }
    all.put("smqtt_refused", sum);
    return all;
  }
}
