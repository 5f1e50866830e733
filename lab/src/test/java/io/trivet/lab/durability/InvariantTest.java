package io.trivet.lab.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Each promise, kept and broken, on evidence made up for the purpose.
class InvariantTest {
  private static final Message A1 = new Message(new Message.Id(0, 1), "load/0/a", 1, false);
  private static final Message A2 = new Message(new Message.Id(0, 2), "load/0/a", 2, false);
  private static final Message A3 = new Message(new Message.Id(0, 3), "load/0/a", 1, false);
  private static final Message A4 = new Message(new Message.Id(0, 4), "load/0/a", 2, false);
  private static final Message B5 = new Message(new Message.Id(0, 5), "load/0/b", 2, false);

  private static final Receiver ALL = new Receiver("all", new Filter("load/#"), 2, List.of("all"));
  private static final Receiver ONLY_A = new Receiver("a", new Filter("load/+/a"), 1, List.of("a"));
  private static final Receiver GROUP = new Receiver("group", new Filter("load/0/a"), 2, List.of("one", "two"));

  /// A run that keeps every promise; tests spoil one thing each.
  private static Map<String, List<Message.Id>> flawless() {
    Map<String, List<Message.Id>> deliveries = new HashMap<>();
    deliveries.put("all", ids(A1, A2, A3, A1, A4, B5)); // QoS 1 may come again
    deliveries.put("a", ids(A1, A3, A2, A2, A4)); // each QoS has an order of its own
    deliveries.put("one", ids(A3, A4));
    deliveries.put("two", ids(A2, A1)); // those who share have none
    return deliveries;
  }

  private static List<Message.Id> ids(Message... messages) {
    return Stream.of(messages).map(Message::id).toList();
  }

  private static Evidence evidence(Map<String, List<Message.Id>> deliveries) {
    return evidence(deliveries, Set.copyOf(ids(A1, A2, A3, A4, B5)));
  }

  private static Evidence evidence(Map<String, List<Message.Id>> deliveries, Set<Message.Id> acknowledged) {
    return new Evidence(
        Stream.of(A1, A2, A3, A4, B5).collect(Collectors.toMap(Message::id, m -> m)), acknowledged,
        Set.copyOf(ids(A4, B5)), List.of(ALL, ONLY_A, GROUP), deliveries, List.of(), List.of(), 0, List.of(),
        List.of());
  }

  private static void assertOnly(Invariant broken, Evidence evidence, String... breaches) {
    for (Invariant i : Invariant.ALL) {
      List<String> found = i.breaches(evidence);
      if (i.getClass() == broken.getClass()) {
        assertThat(found).as(i.promise()).containsExactlyInAnyOrder(breaches);
      } else {
        assertThat(found).as(i.promise()).isEmpty();
      }
    }
  }

  @Test
  void findsNothingWhereNothingIsWrong() {
    assertOnly(new NothingLost(), evidence(flawless()));
  }

  @Test
  void missesWhatWasAcknowledged() {
    Map<String, List<Message.Id>> deliveries = flawless();
    deliveries.put("all", ids(A1, A3, A4, B5));
    assertOnly(new NothingLost(), evidence(deliveries), "all never got message 0/2 on load/0/a at QoS 2");
  }

  @Test
  void doesNotMissWhatWasNeverAcknowledged() {
    Map<String, List<Message.Id>> deliveries = flawless();
    deliveries.put("all", ids(A1, A3, A4, B5));
    assertOnly(new NothingLost(), evidence(deliveries, Set.copyOf(ids(A1, A3, A4, B5))));
  }

  @Test
  void missesWhatNobodyOfAGroupGot() {
    Map<String, List<Message.Id>> deliveries = flawless();
    deliveries.put("one", ids(A4));
    assertOnly(new NothingLost(), evidence(deliveries), "group never got message 0/3 on load/0/a at QoS 1");
  }

  @Test
  void noticesQoS2Twice() {
    Map<String, List<Message.Id>> deliveries = flawless();
    deliveries.put("all", ids(A1, A2, A3, A4, A2, B5));
    assertOnly(new NothingTwice(), evidence(deliveries), "all got message 0/2 on load/0/a at QoS 2 2 times");
  }

  @Test
  void noticesQoS2AtTwoMembersOfAGroup() {
    Map<String, List<Message.Id>> deliveries = flawless();
    deliveries.put("one", ids(A3, A4, A2));
    assertOnly(new NothingTwice(), evidence(deliveries), "group got message 0/2 on load/0/a at QoS 2 2 times");
  }

  @Test
  void noticesALateFirstDelivery() {
    Map<String, List<Message.Id>> deliveries = flawless();
    deliveries.put("all", ids(A1, A4, A2, A3, B5));
    assertOnly(new OrderKept(), evidence(deliveries), "all got message 0/2 on load/0/a at QoS 2 after 0/4");
  }

  @Test
  void noticesASubscriptionThatIsGone() {
    Map<String, List<Message.Id>> deliveries = flawless();
    deliveries.put("a", ids(A1, A2, A3));
    Evidence evidence = evidence(deliveries, Set.copyOf(ids(A1, A2, A3)));
    assertOnly(new SubscriptionsKept(), evidence,
        "a got nothing of what was sent last: its subscription to load/+/a is gone");
  }

  @Test
  void noticesWhatNobodySent() {
    Map<String, List<Message.Id>> deliveries = flawless();
    deliveries.put("a", Stream.concat(ids(A1, A2, A3, A4, B5).stream(), Stream.of(new Message.Id(7, 7))).toList());
    assertOnly(new ClientsSatisfied(), evidence(deliveries), "a got message 7/7, which nobody had sent",
        "a got message 0/5 on load/0/b at QoS 2, which its filter load/+/a does not match");
  }

  @Test
  void matchesFiltersAsTheSpecificationSays() {
    assertThat(Stream.of("load/#", "#", "load/0/a/#", "+/+/+", "load/+/a", "load/0/a"))
        .allMatch(f -> new Filter(f).matches("load/0/a"));
    assertThat(Stream.of("load", "load/0", "load/+", "load/0/a/+", "+/0/b", "Load/0/a", "/load/0/a"))
        .noneMatch(f -> new Filter(f).matches("load/0/a"));
  }
}
