package io.trivet.lab.durability;

import java.util.List;

/// Something that has to hold of everything seen in a run.
interface Invariant {
  /// What is promised, as a sentence.
  String promise();

  /// Each breach in words; empty when the promise was kept.
  List<String> breaches(Evidence evidence);

  /// All that a durable server promises.
  List<Invariant> ALL = List.of(new ClientsSatisfied(), new NothingLost(), new NothingTwice(), new OrderKept(),
      new SessionsKept(), new SubscriptionsKept(), new RetainedIsLatest());
}
