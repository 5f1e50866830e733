package io.trivet.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The small machines: packet ids in flight, packet ids received, timers.
@NullMarked
class WindowTest {
  private static Delivery delivery() {
    return delivery(Delivery.NOT_STORED);
  }

  private static Delivery delivery(long seq) {
    return new Delivery(Stage.message("t", "", QoS.AT_LEAST_ONCE, false, new ClientId("p")), QoS.AT_LEAST_ONCE, false,
        Subscription.NO_IDS, "", seq);
  }

  @Test
  void reusesNoPacketIdInFlight() {
    SendWindow w = new SendWindow();
    Random r = new Random(3);
    List<Delivery> inFlight = new ArrayList<>();
    Set<Integer> ids = new HashSet<>();
    for (int step = 0; step < 300_000; step++) {
      if (inFlight.size() < 500 && r.nextInt(5) < 3) {
        Delivery d = delivery();
        w.add(d, 500);
        assertThat(d.packetId).isBetween(1, 65_535);
        assertThat(ids.add(d.packetId)).as("id %d", d.packetId).isTrue();
        inFlight.add(d);
      } else if (!inFlight.isEmpty()) {
        Delivery d = inFlight.remove(r.nextInt(inFlight.size()));
        assertThat(w.get(d.packetId)).isSameAs(d);
        w.remove(d);
        ids.remove(d.packetId);
        assertThat(w.get(d.packetId)).isNull();
      }
      assertThat(w.size()).isEqualTo(inFlight.size());
    }
    assertThat(w.inOrder()).containsExactlyElementsOf(inFlight);
  }

  @Test
  void givesOutEveryPacketIdAndNoMore() {
    SendWindow w = new SendWindow();
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i < 65_535; i++) {
      Delivery d = delivery();
      w.add(d, 65_535);
      ids.add(d.packetId);
    }
    assertThat(ids).hasSize(65_535);
    assertThatThrownBy(() -> w.add(delivery(), 65_535)).isInstanceOf(AssertionError.class);
  }

  @Test
  void remembersReceivedPacketIdsAsASetWould() {
    PacketIdSet set = new PacketIdSet();
    Set<Integer> model = new HashSet<>();
    Random r = new Random(5);
    for (int step = 0; step < 200_000; step++) {
      int id = 1 + r.nextInt(step % 20_000 < 10_000 ? 65_535 : 40);
      if (r.nextBoolean()) {
        assertThat(set.add(id)).isEqualTo(model.add(id));
      } else {
        assertThat(set.remove(id)).isEqualTo(model.remove(id));
      }
      assertThat(set.contains(id)).isEqualTo(model.contains(id));
      assertThat(set.size()).isEqualTo(model.size());
    }
  }

  @Test
  void firesTimersInTheirOrder() {
    Timers timers = new Timers();
    Random r = new Random(9);
    List<Long> fired = new ArrayList<>();
    PriorityQueue<Long> expected = new PriorityQueue<>();
    List<Timers.Timer> set = new ArrayList<>();
    List<Long> due = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      long at = 1L + r.nextInt(100_000);
      Timers.Timer t = new Timers.Timer() {
        @Override
        protected void fire(long nowNanos) {
          fired.add(nowNanos);
        }
      };
      timers.set(t, at);
      set.add(t);
      due.add(at);
    }
    for (int i = 0; i < 2_000; i++) {
      switch (r.nextInt(3)) {
        case 0 -> {
          timers.cancel(set.get(i));
          due.set(i, -1L);
        }
        case 1 -> {
          long at = 1L + r.nextInt(100_000);
          timers.set(set.get(i), at);
          due.set(i, at);
        }
        default -> {}
      }
    }
    due.stream().filter(d -> d > 0).forEach(expected::add);
    assertThat(timers.size()).isEqualTo(expected.size());
    long next;
    while ((next = timers.nextDueNanos()) != Long.MAX_VALUE) {
      timers.advance(next);
    }
    List<Long> inOrder = new ArrayList<>();
    while (!expected.isEmpty()) {
      inOrder.add(expected.poll());
    }
    assertThat(fired).isEqualTo(inOrder);
  }
}
