package io.trivet.broker;

import java.util.Arrays;

/// One session that a topic's messages go to, with the options of all its subscriptions that match: a message is
/// delivered once, at the highest QoS, with every subscription identifier (MQTT 5.0, section 3.3.4).
final class Target {
  final Session session;
  final QoS qos;
  final boolean retainAsPublished;
  final int[] ids;

  /// The matching subscriptions, more than one where they overlap.
  final Subscription[] sources;

  final boolean anyNoLocal;

  /// This target alone, as batches want it.
  final Target[] alone = {this};

  Target(Subscription... sources) {
    this(false, sources);
  }

  private Target(boolean retained, Subscription... sources) {
    this.session = sources[0].session();
    this.sources = sources;
    QoS highest = QoS.AT_MOST_ONCE;
    boolean asPublished = retained;
    boolean noLocal = false;
    int count = 0;
    int[] found = new int[sources.length];
    for (Subscription s : sources) {
      highest = s.qos().compareTo(highest) > 0 ? s.qos() : highest;
      asPublished |= s.retainAsPublished();
      noLocal |= s.noLocal();
      if (s.id() != 0) {
        found[count++] = s.id();
      }
    }
    this.qos = highest;
    this.retainAsPublished = asPublished;
    this.anyNoLocal = noLocal;
    this.ids = count == 0 ? Subscription.NO_IDS : Arrays.copyOf(found, count);
  }

  /// What is left for a message that the session published itself, or null where no-local leaves nothing.
  @org.jspecify.annotations.Nullable Target forOwnMessage() {
    Subscription[] left = Arrays.stream(sources).filter(s -> !s.noLocal()).toArray(Subscription[]::new);
    return left.length == 0 ? null : left.length == sources.length ? this : new Target(left);
  }

  boolean isShared() {
    return sources[0].filter().isShared();
  }

  /// The shared subscription as its subscriber wrote it; empty for none.
  String share() {
    return isShared() ? sources[0].filter().toString() : "";
  }

  /// This one for a retained message, which keeps its flag.
  Target asPublished() {
    return new Target(true, sources);
  }
}
