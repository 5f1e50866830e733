package io.trivet.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The law: the tree finds exactly those subscriptions whose filter matches.
@NullMarked
class TopicTreeTest {
  private final Stage stage = new Stage(1);

  private Session session(int n) {
    return Session.passing(new ClientId("c" + n), stage.loop(0), Principal.ANONYMOUS);
  }

  private static String randomName(Random r, boolean filter) {
    int levels = 1 + r.nextInt(5);
    StringBuilder text = new StringBuilder(r.nextInt(6) == 0 ? "$" : "");
    for (int i = 0; i < levels; i++) {
      text.append(i > 0 ? "/" : "");
      int kind = r.nextInt(8);
      if (filter && kind == 0) {
        text.setLength(i == 0 ? 0 : text.length());
        text.append('+');
      } else if (filter && kind == 1 && i == levels - 1) {
        text.setLength(i == 0 ? 0 : text.length());
        text.append('#');
      } else if (kind != 2 || i + 1 < levels || levels > 1) {
        text.append(kind == 2 ? "" : String.valueOf((char) ('a' + r.nextInt(3))));
      } else {
        text.append('x');
      }
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void findsWhatMatchesAndNothingElse(int seed) {
    Random r = new Random(seed);
    TopicTree tree = TopicTree.EMPTY;
    Map<String, Subscription> model = new HashMap<>();
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      sessions.add(session(i));
    }
    for (int step = 0; step < 1_500; step++) {
      Session s = sessions.get(r.nextInt(sessions.size()));
      String text = (r.nextInt(4) == 0 ? "$share/g" + r.nextInt(2) + "/" : "") + randomName(r, true);
      SubscriptionFilter filter = SubscriptionFilter.of(text);
      String key = s.clientId() + " " + text;
      if (r.nextInt(3) == 0) {
        tree = tree.without(filter, s);
        model.remove(key);
      } else {
        Subscription sub = new Subscription(s, filter, QoS.AT_MOST_ONCE, false, false, 0);
        tree = tree.with(sub);
        model.put(key, sub);
      }
      assertThat(tree.size()).isEqualTo(model.size());
      TopicName name = TopicName.of(randomName(r, false));
      Set<Subscription> expected = new HashSet<>();
      model.values().stream().filter(x -> x.filter().filter().matches(name)).forEach(expected::add);
      assertThat(matches(tree, name)).as("seed %d, step %d, %s", seed, step, name).isEqualTo(expected);
    }
    for (Subscription sub : model.values()) {
      tree = tree.without(sub.filter(), sub.session());
    }
    assertThat(tree.size()).isZero();
    assertThat(matches(tree, TopicName.of("a"))).isEmpty();
  }

  private static Set<Subscription> matches(TopicTree tree, TopicName name) {
    Set<Subscription> found = new HashSet<>();
    tree.match(name, new TopicTree.Matches() {
      @Override
      public void plain(Subscription s) {
        assertThat(found.add(s)).isTrue();
      }

      @Override
      public void group(PersistentMap<Session, Subscription> members) {
        members.forEachValue(s -> assertThat(found.add(s)).isTrue());
      }
    });
    return found;
  }

  @Test
  void walksTopicsOfAnyDepthWithoutRecursion() {
    String deep = "a" + "/".repeat(65_400);
    Subscription all = new Subscription(session(0), SubscriptionFilter.of("#"), QoS.AT_MOST_ONCE, false, false, 0);
    Subscription exact = new Subscription(session(1), SubscriptionFilter.of(deep), QoS.AT_MOST_ONCE, false, false, 0);
    TopicTree tree = TopicTree.EMPTY.with(all).with(exact);
    assertThat(matches(tree, TopicName.of(deep))).containsExactlyInAnyOrder(all, exact);
  }

  @Test
  void deliversOnceAtTheHighestQosWhereSubscriptionsOverlap() {
    Session s = session(0);
    Target t = new Target(
        new Subscription(s, SubscriptionFilter.of("a/+"), QoS.AT_MOST_ONCE, true, false, 7),
        new Subscription(s, SubscriptionFilter.of("a/b"), QoS.EXACTLY_ONCE, false, true, 9));
    assertThat(t.qos).isEqualTo(QoS.EXACTLY_ONCE);
    assertThat(t.ids).containsExactly(7, 9);
    assertThat(t.retainAsPublished).isTrue();
    Target own = t.forOwnMessage();
    assertThat(own).isNotNull();
    assertThat(own == null ? new int[0] : own.ids).containsExactly(9);
  }
}
