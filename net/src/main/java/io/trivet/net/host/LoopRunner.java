package io.trivet.net.host;

import io.netty.channel.EventLoop;
import io.trivet.base.Clock;
import io.trivet.broker.BrokerLoop;
import io.trivet.broker.Mail;
import io.trivet.mqtt.codec.ByteSink;
import io.trivet.mqtt.codec.TopicNames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/// Runs one [BrokerLoop] on one Netty event loop.
///
/// Whatever the event loop reads in one turn makes one cycle: the first packet begins it, and a task that Netty runs
/// after all its ready channels ends it. So one cycle takes the time once, sends one batch to the store, one mail to
/// each other loop, and flushes each connection once.
final class LoopRunner implements Runnable {
  private static final int MAILBOX_MAX = 4_096;
  private static final int MAILS_PER_CYCLE_MAX = 1_024;
  private static final int SINKS_KEPT = 32;
  private static final int SINK_BYTES_KEPT = 256 << 10;
  private static final long TICK_MILLIS = 20;
  private static final long RETRY_MILLIS = 1;

  private final EventLoop eventLoop;
  private final Clock clock;
  private final Queue<Mail> mailbox = new MpscArrayQueue<>(MAILBOX_MAX);

  /// Finished commits, reads and tasks: never more than the batches, authentications and requests under way, each of which is
  /// bounded where it begins, so the queue needs no other bound.
  private final Queue<Mail> tasks = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final ArrayList<CycleMember> dirty = new ArrayList<>();
  private final ArrayList<CycleMember> paused = new ArrayList<>();
  private final ArrayDeque<ByteSink> sinks = new ArrayDeque<>();
  private final TopicNames topicNames = new TopicNames();
  private byte[] scratch = new byte[64 << 10];
  private @Nullable BrokerLoop broker;
  private long unsentTotal;
  private boolean inCycle;
  private boolean blocked;

  LoopRunner(EventLoop eventLoop, Clock clock) {
    this.eventLoop = eventLoop;
    this.clock = clock;
  }

  void start(BrokerLoop loop) {
    eventLoop.execute(() -> {
      broker = loop;
      eventLoop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    });
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  TopicNames topicNames() {
    return topicNames;
  }

  BrokerLoop broker() {
    BrokerLoop b = broker;
    if (b == null) {
      throw new AssertionError("the loop has not started");
    }
    return b;
  }

  /// A buffer that is free until the next call.
  byte[] scratch(int bytes) {
    if (scratch.length < bytes) {
      scratch = new byte[Integer.highestOneBit(bytes - 1) << 1];
    }
    return scratch;
  }

  /// Leaves mail; from any thread.
  boolean post(Mail mail) {
    if (mail instanceof Mail.Committed || mail instanceof Mail.InboxRead || mail instanceof Mail.Task) {
      tasks.add(mail);
    } else if (!mailbox.offer(mail)) {
      return false;
    }
    wake();
    return true;
  }

  private void wake() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        eventLoop.execute(this);
      } catch (RejectedExecutionException e) {
        if (!eventLoop.isShuttingDown()) {
          throw e;
        }
        // The server has stopped, and nobody is left to be told. The store's thread, which answers here, must go on:
        // what it was handed is still to be kept.
      }
    }
  }

  /// Opens a cycle, if none is open; on the event loop only.
  void enter() {
    if (!inCycle) {
      begin();
      wake();
    }
  }

  private void begin() {
    inCycle = true;
    broker().beginCycle(clock.monotonicNanos(), clock.wallMillis());
  }

  /// Whether nothing waits here, at the store or on its way to another loop.
  boolean isSettled() {
    return mailbox.isEmpty() && tasks.isEmpty() && broker().isSettled();
  }

  private void tick() {
    enter();
  }

  /// Ends the cycle.
  @Override
  public void run() {
    scheduled.set(false);
    if (!inCycle) {
      begin(); // mail woke the loop: this turn is its end too, and calls for no other
    }
    BrokerLoop b = broker();
    try {
      drain(tasks, Integer.MAX_VALUE);
      if (drain(mailbox, MAILS_PER_CYCLE_MAX)) {
        wake();
      }
      b.tick();
      boolean unblocked = b.endCycle();
      flush();
      inCycle = false;
      block(!unblocked);
    } finally {
      inCycle = false;
    }
  }

  /// Whether more is left.
  private boolean drain(Queue<Mail> from, int most) {
    for (int n = 0; n < most; n++) {
      Mail m = from.poll();
      if (m == null) {
        return false;
      }
      broker().receive(m);
    }
    return !from.isEmpty();
  }

  private void flush() {
    // By index: a flush may find room, send more and so make its channel dirty again.
    for (int i = 0; i < dirty.size(); i++) {
      dirty.get(i).flushCycle();
    }
    dirty.clear();
  }

  private void block(boolean now) {
    blocked = now;
    if (now) {
      eventLoop.schedule(this::enter, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } else if (!paused.isEmpty()) {
      List<CycleMember> again = List.copyOf(paused);
      paused.clear();
      again.forEach(CycleMember::readAgain);
    }
  }

  /// Another loop or the store is behind: no more is read until it has caught up.
  boolean isBlocked() {
    return blocked;
  }

  /// A channel has so much more, or less, that its socket has not taken.
  void unsent(long change) {
    unsentTotal += change;
  }

  /// Whether this loop's clients hold more than its share of what all may.
  boolean isOutputFull() {
    BrokerLoop b = broker();
    return unsentTotal > b.limits().outputBytesTotalMax() / b.broker().loopCount();
  }

  void addPaused(CycleMember channel) {
    paused.add(channel);
  }

  void addDirty(CycleMember channel) {
    dirty.add(channel);
    enter();
  }

  ByteSink takeSink() {
    ByteSink s = sinks.poll();
    return s == null ? new ByteSink(4_096) : s;
  }

  void giveBack(ByteSink s) {
    if (sinks.size() < SINKS_KEPT && s.capacity() <= SINK_BYTES_KEPT) {
      s.reset();
      sinks.push(s);
    }
  }
}
