package io.trivet.lab.memory;

import io.trivet.broker.Broker;
import io.trivet.broker.BrokerLoop;
import io.trivet.broker.Limits;
import io.trivet.broker.Mail;
import io.trivet.broker.Peer;
import io.trivet.broker.MemoryStore;
import io.trivet.broker.Recovery;
import io.trivet.broker.Store;
import io.trivet.broker.StoreBatch;
import io.trivet.broker.TransportIdentity;
import io.trivet.broker.Watcher;
import io.trivet.lab.wire.Link;
import io.trivet.lab.wire.TestServer;
import io.trivet.mqtt.MqttConnection;
import io.trivet.mqtt.MqttContext;
import io.trivet.mqtt.MqttSettings;
import io.trivet.mqtt.Wire;
import io.trivet.mqtt.codec.ByteSink;
import io.trivet.mqtt.codec.TopicNames;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A server whose time passes when a test says so and whose network is a pair of arrays. Connections go to its loops in
/// turn, so what two clients of a test say to each other crosses from loop to loop.
///
/// Made with a seed it is also never in a hurry: loops take their turns by chance, mail and bytes arrive in pieces, the
/// store answers late. [#calm()] then lets it finish.
public final class MemoryServer implements TestServer {
  private static final Duration STEP = Duration.ofMillis(100);

  /// More rounds than this without coming to rest is a livelock.
  private static final int ROUNDS_MAX = 1_000_000;

  private final int loops;
  private final Broker broker;
  private final MqttContext context;
  private final List<ArrayDeque<Mail>> mailboxes = new ArrayList<>();
  private final List<TopicNames> topicNames = new ArrayList<>();
  private final List<MemoryLink> links = new ArrayList<>();
  private final List<Throwable> faults = new ArrayList<>();
  private long nanos = Duration.ofDays(1).toNanos();
  private long wallMillis = 1_700_000_000_000L;
  private final @Nullable Random chance;
  private final List<Deque<Runnable>> commits = new ArrayList<>();
  private boolean calm = true;
  private final @Nullable SteppedStore stepped;
  private boolean storeFails;
  private int opened;
  private int turn;

  public MemoryServer() {
    this(2, null);
  }

  public MemoryServer(int loops, long seed) {
    this(loops, new Random(seed));
    calm = false;
  }

  /// A server that starts on what a store has kept, at that time.
  public MemoryServer(int loops, Random chance, SteppedStore store, long nanos, long wallMillis) {
    this(loops, chance, store);
    this.nanos = nanos;
    this.wallMillis = wallMillis;
    calm = false;
    broker.recover(nanos, wallMillis);
  }

  private MemoryServer(int loops, @Nullable Random chance) {
    this(loops, chance, null);
  }

  private MemoryServer(int loops, @Nullable Random chance, @Nullable SteppedStore stepped) {
    this.loops = loops;
    this.chance = chance;
    this.stepped = stepped;
    for (int i = 0; i < loops; i++) {
      mailboxes.add(new ArrayDeque<>());
      commits.add(new ArrayDeque<>());
      topicNames.add(new TopicNames());
    }
    Residents residents = new Residents();
    Random random = new Random(1);
    context = new MqttContext(MqttSettings.DEFAULT, residents, random::nextBytes);
    broker = new Broker(loops, Limits.DEFAULT, residents, stepped == null ? new LateStore() : stepped,
        new Faults(), _ -> this::post);
  }

  /// The server's own faults fail the test that brings them about.
  private final class Faults implements Watcher {
    @Override
    public void failed(String where, Throwable fault) {
      faults.add(new AssertionError(where, fault));
    }
  }

  private boolean post(int loop, Mail mail) {
    mailboxes.get(loop).add(mail);
    return true;
  }

  /// A store that does nothing until it is stepped.
  public interface SteppedStore extends Store {
    /// Does some of what was asked of it; by chance how much.
    void step(Random random, long wallMillis);

    /// Does all that was asked of it.
    ///
    /// @return whether there was anything
    boolean finish(long wallMillis);
  }

  /// Keeps everything at once, but says so late while chance rules, and keeps nothing once it fails.
  private final class LateStore implements Store {
    private final MemoryStore kept = new MemoryStore();

    @Override
    public void recover(Recovery to) {
      kept.recover(to);
    }

    @Override
    public boolean commit(StoreBatch batch, Consumer<StoreBatch> done) {
      if (storeFails) {
        batch.outcome(StoreBatch.Outcome.FAILED);
        batch.reads().forEach(r -> r.done().accept(StoreBatch.ReadResult.FAILED));
        done.accept(batch);
        return false;
      }
      boolean now = kept.commit(batch, done);
      if (now && !calm) {
        commits.get(turn).add(() -> done.accept(batch));
        return false;
      }
      return now;
    }

    @Override
    public void limits(Limits limits) {
      kept.limits(limits);
    }

    @Override
    public void whenReopened(Runnable reopened) {
      // It never works again.
    }
  }

  /// From now on nothing is kept, as when the disk is full.
  public void failStore() {
    storeFails = true;
  }

  @Override
  public Link open() {
    MemoryLink link = new MemoryLink(broker.loop(opened++ % loops));
    links.add(link);
    settle();
    return link;
  }

  @Override
  public void advance(Duration duration) {
    for (Duration left = duration; left.isPositive(); left = left.minus(STEP)) {
      Duration step = left.compareTo(STEP) < 0 ? left : STEP;
      nanos += step.toNanos();
      wallMillis += step.toMillis();
      cycles();
      settle();
    }
  }

  /// Runs until no loop has mail and no connection has bytes it could take.
  private void settle() {
    Random random = chance;
    if (!calm && random != null) {
      meander(random);
      return;
    }
    for (int round = 0; round < ROUNDS_MAX; round++) {
      boolean stored = stepped != null && stepped.finish(wallMillis);
      boolean mail = stored || mailboxes.stream().anyMatch(m -> !m.isEmpty())
          || commits.stream().anyMatch(c -> !c.isEmpty());
      if (!mail && links.stream().noneMatch(MemoryLink::hasWork)) {
        rethrow();
        return;
      }
      cycles();
    }
    throw new AssertionError("the server does not come to rest");
  }

  private void cycles() {
    for (int i = 0; i < loops; i++) {
      while (!commits.get(i).isEmpty()) {
        commits.get(i).remove().run();
      }
      cycle(i, Integer.MAX_VALUE);
    }
  }

  /// One loop's turn.
  private void cycle(int index, int mailsMax) {
    BrokerLoop loop = broker.loop(index);
    turn = index;
    loop.beginCycle(nanos, wallMillis);
    ArrayDeque<Mail> mailbox = mailboxes.get(index);
    for (int n = Math.min(mailbox.size(), mailsMax); n > 0; n--) {
      loop.receive(mailbox.remove());
    }
    for (MemoryLink link : links) {
      if (link.loop == loop && (calm || chance(2))) {
        link.feed();
      }
    }
    loop.tick();
    loop.endCycle();
    links.forEach(MemoryLink::flush);
    links.removeIf(MemoryLink::isDone);
  }

  /// A few turns, each of whichever loop, with part of what waits for it.
  private void meander(Random random) {
    for (int n = random.nextInt(4); n > 0; n--) {
      int index = random.nextInt(loops);
      Deque<Runnable> late = commits.get(random.nextInt(loops));
      for (int k = random.nextInt(3); k > 0 && !late.isEmpty(); k--) {
        late.remove().run();
      }
      if (stepped != null) {
        stepped.step(random, wallMillis);
      }
      cycle(index, random.nextInt(4));
    }
    rethrow();
  }

  /// One time in `n`, when chance rules.
  private boolean chance(int n) {
    return chance != null && chance.nextInt(n) == 0;
  }

  public long nanos() {
    return nanos;
  }

  public long wallMillis() {
    return wallMillis;
  }

  /// From now on everything is done at once.
  public void calm() {
    calm = true;
    settle();
  }

  private void rethrow() {
    if (!faults.isEmpty()) {
      throw new AssertionError("the server's own fault", faults.getFirst());
    }
  }

  @Override
  public void close() {
    rethrow();
  }

  /// Both ends of one connection.
  private final class MemoryLink implements Link, Wire {
    private final BrokerLoop loop;
    private final MqttConnection machine;
    private final ByteSink sink = new ByteSink(256);
    private byte[] toServer = {};
    private byte[] toClient = {};
    private boolean paused;
    private boolean closing;
    private boolean cut;
    private boolean gone;

    MemoryLink(BrokerLoop loop) {
      this.loop = loop;
      loop.beginCycle(nanos, wallMillis);
      this.machine = new MqttConnection(
          loop, context, topicNames.get(loop.index()), peer(), this);
    }

    private Peer peer() {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10_000 + opened);
      return new Peer(address, "memory", true, "memory", TransportIdentity.NONE);
    }

    boolean hasWork() {
      return cut && !gone || sink.size() > 0
          || !paused && !closing && toServer.length > 0 && toServer.length >= machine.bytesNeeded();
    }

    boolean isDone() {
      return gone || closing && sink.size() == 0;
    }

    void feed() {
      if (cut) {
        gone = true;
        machine.closed();
      } else if (hasWork() && toServer.length > 0 && !paused && !closing) {
        byte[] bytes = toServer;
        int least = Math.max(1, machine.bytesNeeded());
        int end = calm || chance == null ? bytes.length : least + chance.nextInt(bytes.length - least + 1);
        int consumed = machine.receive(bytes, 0, end);
        toServer = Arrays.copyOfRange(bytes, consumed, bytes.length);
      }
    }

    void flush() {
      if (sink.size() > 0) {
        toClient = join(toClient, Arrays.copyOf(sink.array(), sink.size()));
        sink.reset();
      }
    }

    private static byte[] join(byte[] a, byte[] b) {
      byte[] joined = Arrays.copyOf(a, a.length + b.length);
      System.arraycopy(b, 0, joined, a.length, b.length);
      return joined;
    }

    // The client's end.

    @Override
    public void write(byte[] bytes) {
      if (!closing && !cut) {
        toServer = join(toServer, bytes);
        MemoryServer.this.settle();
      }
    }

    @Override
    public byte[] read() {
      byte[] read = toClient;
      toClient = new byte[0];
      return read;
    }

    @Override
    public void settle(boolean patient) {
      MemoryServer.this.settle();
    }

    @Override
    public boolean isClosed() {
      return closing && sink.size() == 0 && toClient.length == 0;
    }

    @Override
    public void cut() {
      if (!closing) {
        cut = true;
        MemoryServer.this.settle();
      }
    }

    // The server's end.

    @Override
    public ByteSink sink() {
      if (gone) {
        throw new AssertionError("the server writes to a connection that is gone");
      }
      return sink;
    }

    @Override
    public int unsentBytes() {
      return sink.size();
    }

    @Override
    public void pause(boolean now) {
      paused = now;
    }

    @Override
    public void close() {
      closing = true;
    }
  }
}
