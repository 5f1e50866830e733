package io.trivet.smqtt;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which counters of one key have come (after RFC 4303, appendix A2), and the newest on each topic. A counter below the
/// window is still fresh where it is above all that came on its topic: what a broker retained for a quiet topic comes
/// after newer messages of busy ones. That needs all topics, so it ends once the table had to forget one.
final class ReplayWindow {
  static final int SIZE = 1024;
  static final int TOPICS_MAX = 1024;
  private static final int WORDS = SIZE / Long.SIZE;

  enum Judgement { FRESH, REPEAT, REPLAYED, TOO_OLD }

  /// When its key is over, in seconds since 1970: then nobody needs to remember it.
  private final long notAfter;

  private final long[] seen = new long[WORDS];
  private final LinkedHashMap<String, Long> newestOn = new LinkedHashMap<>(16, 0.75f, true);
  private long newest = -1;
  private boolean allTopics = true;

  ReplayWindow(long notAfter) {
    this.notAfter = notAfter;
  }

  long notAfter() {
    return notAfter;
  }

  Judgement judge(String topic, long counter) {
    if (counter > newest) {
      return Judgement.FRESH;
    }
    Long onTopic = newestOn.get(topic);
    if (onTopic != null && onTopic == counter) {
      return Judgement.REPEAT;
    }
    if (newest - counter < SIZE) {
      return has(counter) ? Judgement.REPLAYED : Judgement.FRESH;
    }
    return allTopics && (onTopic == null || onTopic < counter) ? Judgement.FRESH : Judgement.TOO_OLD;
  }

  /// The message was fresh and is authentic.
  void came(String topic, long counter) {
    if (counter > newest) {
      // What the window moves over is forgotten, at most once round.
      for (long c = Math.max(newest + 1, counter - SIZE + 1); c <= counter; c++) {
        seen[word(c)] &= ~bit(c);
      }
      newest = counter;
    }
    if (newest - counter < SIZE) {
      seen[word(counter)] |= bit(counter);
    }
    newestOn.merge(topic, counter, Math::max);
    if (newestOn.size() > TOPICS_MAX) {
      Iterator<String> eldest = newestOn.keySet().iterator();
      eldest.next();
      eldest.remove();
      allTopics = false;
    }
  }

  private boolean has(long counter) {
    return (seen[word(counter)] & bit(counter)) != 0;
  }

  private static int word(long counter) {
    return (int) (counter / Long.SIZE % WORDS);
  }

  private static long bit(long counter) {
    return 1L << counter % Long.SIZE;
  }

  Cbor toCbor() {
    List<Cbor> words = new ArrayList<>();
    for (long w : seen) {
      words.add(Cbor.of(w));
    }
    List<Cbor> topics = new ArrayList<>();
    newestOn.forEach((topic, counter) -> topics.add(Cbor.array(Cbor.of(topic), Cbor.of(counter))));
    return Cbor.array(Cbor.of(notAfter), Cbor.of(newest), Cbor.of(allTopics), new Cbor.Array(words), new Cbor.Array(topics));
  }

  static Optional<ReplayWindow> of(Cbor item) {
    if (!(item instanceof Cbor.Array(List<Cbor> parts)) || parts.size() != 5
        || !(parts.get(0) instanceof Cbor.Int(long notAfter)) || notAfter < 0
        || !(parts.get(1) instanceof Cbor.Int(long newest)) || newest < -1 || newest > Envelope.COUNTER_MAX
        || !(parts.get(2) instanceof Cbor.Simple all)
        || !(parts.get(3) instanceof Cbor.Array(List<Cbor> words)) || words.size() != WORDS
        || !(parts.get(4) instanceof Cbor.Array(List<Cbor> topics)) || topics.size() > TOPICS_MAX) {
      return Optional.empty();
    }
    ReplayWindow window = new ReplayWindow(notAfter);
    window.newest = newest;
    window.allTopics = all.equals(Cbor.Simple.TRUE);
    for (int i = 0; i < WORDS; i++) {
      if (!(words.get(i) instanceof Cbor.Int(long word))) {
        return Optional.empty();
      }
      window.seen[i] = word;
    }
    for (Cbor t : topics) {
      if (!(t instanceof Cbor.Array(List<Cbor> pair)) || pair.size() != 2
          || !(pair.get(0) instanceof Cbor.TextString(String topic)) || !(pair.get(1) instanceof Cbor.Int(long counter))) {
        return Optional.empty();
      }
      window.newestOn.put(topic, counter);
    }
    return Optional.of(window);
  }

  /// What a reader keeps of its keys over a restart.
  static Cbor all(Map<Bytes, ReplayWindow> windows) {
    List<Cbor> items = new ArrayList<>();
    windows.forEach((kid, w) -> items.add(Cbor.array(Cbor.of(kid), w.toCbor())));
    return new Cbor.Array(items);
  }
}
