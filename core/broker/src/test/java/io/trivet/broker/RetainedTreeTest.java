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

@NullMarked
class RetainedTreeTest {
  private static final ClientId FROM = new ClientId("p");

  private static Message message(String topic, String payload) {
    return Stage.message(topic, payload, QoS.AT_MOST_ONCE, true, FROM);
  }

  private static Set<String> replayed(RetainedTree tree, String filter) {
    Set<String> found = new HashSet<>();
    RetainedTree.Replay r = tree.replay(TopicFilter.of(filter));
    for (Message m = r.next(); m != null; m = r.next()) {
      assertThat(found.add(m.topic() + "=" + m.payload().asUtf8())).isTrue();
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void replaysWhatTheFilterMatches(int seed) {
    Random r = new Random(seed);
    RetainedTree tree = new RetainedTree(10_000, 1 << 30);
    Map<String, String> model = new HashMap<>();
    String[] filters = {"#", "+", "a/#", "+/b", "a/+/c", "a", "+/+/#", "$x/#", "a//b", "b/+/+/+", "+/#"};
    for (int step = 0; step < 2_000; step++) {
      StringBuilder topic = new StringBuilder(r.nextInt(8) == 0 ? "$x" : String.valueOf((char) ('a' + r.nextInt(3))));
      for (int i = r.nextInt(4); i > 0; i--) {
        topic.append('/').append(r.nextInt(5) == 0 ? "" : String.valueOf((char) ('a' + r.nextInt(3))));
      }
      String payload = r.nextInt(3) == 0 ? "" : "v" + step;
      assertThat(tree.set(message(topic.toString(), payload))).isNotNull();
      if (payload.isEmpty()) {
        model.remove(topic.toString());
      } else {
        model.put(topic.toString(), payload);
      }
      TopicFilter filter = TopicFilter.of(filters[r.nextInt(filters.length)]);
      Set<String> expected = new HashSet<>();
      model.forEach((t, p) -> {
        if (filter.matches(TopicName.of(t))) {
          expected.add(t + "=" + p);
        }
      });
      assertThat(replayed(tree, filter.toString())).as("seed %d step %d filter %s", seed, step, filter)
          .isEqualTo(expected);
      assertThat(tree.count()).isEqualTo(model.size());
    }
    for (String topic : List.copyOf(model.keySet())) {
      tree.clear(TopicName.of(topic));
    }
    assertThat(tree.count()).isZero();
    assertThat(tree.bytes()).isZero();
  }

  @Test
  void leavesOutOfAReplayWhatWasSetAfterItBegan() {
    RetainedTree tree = new RetainedTree(10, 1 << 20);
    tree.set(message("a", "old"));
    tree.set(message("b", "old"));
    RetainedTree.Replay replay = tree.replay(TopicFilter.of("#"));
    tree.set(message("a", "new"));
    tree.set(message("c", "new"));
    List<String> got = new ArrayList<>();
    for (Message m = replay.next(); m != null; m = replay.next()) {
      got.add(m.topic() + "=" + m.payload().asUtf8());
    }
    assertThat(got).containsExactly("b=old");
  }

  @Test
  void keepsToItsLimits() {
    RetainedTree tree = new RetainedTree(2, 1 << 20);
    assertThat(tree.set(message("a", "1"))).isNotNull();
    assertThat(tree.set(message("b", "1"))).isNotNull();
    assertThat(tree.set(message("c", "1"))).isNull();
    assertThat(tree.set(message("a", "2"))).as("a known topic").isNotNull();
    tree.clear(TopicName.of("a"));
    assertThat(tree.set(message("c", "1"))).isNotNull();
    RetainedTree small = new RetainedTree(10, 200);
    assertThat(small.set(message("a", "x".repeat(50)))).isNotNull();
    assertThat(small.set(message("b", "x".repeat(50)))).isNull();
    assertThat(small.set(message("a", "y".repeat(60)))).as("in place of the one before").isNotNull();
  }

  @Test
  void countsRightWhileSeveralLoopsSetAndClear() throws InterruptedException {
    RetainedTree tree = new RetainedTree(1_000, 1 << 20);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Random r = new Random(t);
      threads.add(Thread.ofPlatform().start(() -> {
        for (int i = 0; i < 20_000; i++) {
          tree.set(message("t/" + r.nextInt(8), r.nextBoolean() ? "" : "v"));
        }
      }));
    }
    for (Thread t : threads) {
      t.join();
    }
    assertThat(tree.count()).isEqualTo(replayed(tree, "#").size());
    for (int i = 0; i < 8; i++) {
      tree.clear(TopicName.of("t/" + i));
    }
    assertThat(tree.count()).isZero();
    assertThat(tree.bytes()).isZero();
  }

  @Test
  void findsWhatHasExpired() {
    RetainedTree tree = new RetainedTree(10, 1 << 20);
    tree.set(new Message(TopicName.of("a"), io.trivet.base.Bytes.utf8("1"), QoS.AT_MOST_ONCE, true,
        MessageProperties.NONE, 1_000, FROM));
    tree.set(message("b", "1"));
    assertThat(tree.expired(999)).isEmpty();
    assertThat(tree.expired(1_000)).extracting(m -> m.topic().toString()).containsExactly("a");
  }

  @Test
  void takesBackAChangeThatNoOtherHasFollowed() {
    RetainedTree tree = new RetainedTree(10, 1 << 20);
    tree.set(message("a", "1"));
    RetainedTree.Change second = tree.set(message("a", "2"));
    tree.undo(java.util.Objects.requireNonNull(second));
    assertThat(replayed(tree, "#")).containsExactly("a=1");
    RetainedTree.Change third = tree.set(message("a", "3"));
    tree.set(message("a", "4"));
    tree.undo(java.util.Objects.requireNonNull(third));
    assertThat(replayed(tree, "#")).containsExactly("a=4");
    tree.undo(tree.clear(TopicName.of("a")));
    assertThat(replayed(tree, "#")).containsExactly("a=4");
    assertThat(tree.count()).isEqualTo(1);
  }
}
