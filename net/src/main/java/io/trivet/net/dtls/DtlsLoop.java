package io.trivet.net.dtls;

import io.trivet.net.transport.Refusal;
import io.trivet.net.transport.SetupFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.eclipse.californium.elements.util.SerialExecutor;
import org.eclipse.californium.scandium.ConnectionListener;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.DtlsHandshakeTimeoutException;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [SecureDatagrams] by Scandium.
final class DtlsLoop implements SecureDatagrams {
  private static final Logger LOG = LoggerFactory.getLogger(DtlsLoop.class);
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int HANDSHAKE = 22;
  private static final long SWEEPS_IN_IDLE = 16;

  private final DtlsListener listener;
  private final Out out;
  private final LoopExecutor executor;
  private final AssociationStore store;
  private final RecordConnector connector;
  private final Optional<PreSharedKeys> psk;
  private final Set<DtlsAssociation> associations = new LinkedHashSet<>();
  private final long sweepNanos;
  private final long handshakeNanos;
  private long sweepAtNanos;
  private long nowNanos;
  private boolean closed;

  DtlsLoop(DtlsListener listener, int index, Executor loop, Out out, List<InputStream> saved) throws IOException {
    this.listener = listener;
    this.out = out;
    this.executor = new LoopExecutor(loop, listener.workers(), listener.clock());
    this.store = new AssociationStore(listener.settings(), listener.clock(), new Places());
    this.psk = listener.settings().modes().contains(DtlsMode.PRE_SHARED_KEY)
        ? listener.keys().preSharedKeys().map(PreSharedKeys::new)
        : Optional.empty();
    this.connector = new RecordConnector(
        ScandiumConfig.server(listener.settings(), listener.keys(), index, psk)
            .setConnectionListener(new Removals())
            .setSessionListener(new Handshakes())
            .build(),
        store, executor, new Records());
    this.nowNanos = listener.clock().monotonicNanos();
    this.sweepNanos = listener.settings().idleMax().toNanos() / SWEEPS_IN_IDLE;
    // As long as all of its flight's repetitions take, each wait being twice the one before.
    this.handshakeNanos = listener.settings().retransmission().toNanos()
        << listener.settings().retransmissionsMax() + 1;
    this.sweepAtNanos = nowNanos + sweepNanos;
    for (InputStream in : saved) {
      SavedAssociations.read(in, listener.settings().connectionIdBytes(), store);
    }
    executor.enter();
    try {
      connector.begin();
      for (Connection c : store) {
        associationOf(c);
      }
    } finally {
      executor.leave();
    }
  }

  // --- what the loop calls ------------------------------------------------------------------------------------------

  @Override
  public void receive(InetSocketAddress from, byte[] datagram, int length) {
    if (closed || length == 0 || from.getPort() == 0) {
      return;
    }
    executor.enter();
    boolean before = executor.sendToWorkers(datagram[0] == HANDSHAKE || datagram[0] == CHANGE_CIPHER_SPEC);
    try {
      connector.processDatagram(new DatagramPacket(datagram, 0, length, from));
    } catch (RuntimeException e) {
      listener.counters().failed(SetupFailure.INTERNAL).increment();
      LOG.debug("a datagram of {} bytes from {} could not be taken in", length, from, e);
    } finally {
      executor.sendToWorkers(before);
      executor.leave();
    }
  }

  @Override
  public boolean send(Association to, byte[] plaintext, int length) {
    if (length > listener.settings().plaintextBytesMax()) {
      throw new IllegalArgumentException(length + " bytes: a record takes at most "
          + listener.settings().plaintextBytesMax());
    }
    if (closed || !(to instanceof DtlsAssociation a) || a.ended) {
      return false;
    }
    a.lastUsedNanos = nowNanos;
    executor.enter();
    boolean before = executor.sendToWorkers(false);
    try {
      return connector.seal(a.connection, Arrays.copyOf(plaintext, length));
    } finally {
      executor.sendToWorkers(before);
      executor.leave();
    }
  }

  @Override
  public void tick(long now) {
    if (closed) {
      return;
    }
    nowNanos = now;
    executor.enter();
    try {
      executor.runDue(now);
      store.shakingSince(now - handshakeNanos).forEach(this::giveUp);
      if (now - sweepAtNanos >= 0) {
        sweepAtNanos = now + sweepNanos;
        long oldest = now - listener.settings().idleMax().toNanos();
        endWhere(a -> ((DtlsAssociation) a).lastUsedNanos - oldest < 0, "idle");
      }
    } finally {
      executor.leave();
    }
  }

  /// Scandium waits without end for the last message of a client whose key is wrong.
  private void giveUp(Connection c) {
    Handshaker handshaker = c.getOngoingHandshake();
    try {
      if (handshaker == null) {
        remove(c);
      } else {
        c.getExecutor().execute(
            () -> handshaker.handshakeFailed(new DtlsHandshakeTimeoutException("not finished in time", 0)));
      }
    } catch (RejectedExecutionException e) {
      store.handshakeEnded(c);
    }
  }

  @Override
  public int endWhere(Predicate<Association> which) {
    return endWhere(which, "ended by the server");
  }

  private int endWhere(Predicate<Association> which, String why) {
    if (closed) {
      return 0;
    }
    executor.enter();
    try {
      List<DtlsAssociation> chosen = associations.stream().filter(which).toList();
      chosen.forEach(a -> end(a, why));
      return chosen.size();
    } finally {
      executor.leave();
    }
  }

  private void end(DtlsAssociation a, String why) {
    Connection c = a.connection;
    InetSocketAddress address = c.getPeerAddress();
    if (address != null && store.get(address) == c) {
      connector.close(address);
    }
    remove(c);
    ended(a, why);
  }

  /// After what is already to be done for it.
  private void remove(Connection c) {
    SerialExecutor serial = c.getExecutor();
    try {
      serial.execute(() -> store.remove(c, true));
    } catch (RejectedExecutionException e) {
      LOG.trace("{} is gone already", c.getConnectionId(), e);
    }
  }

  private void ended(DtlsAssociation a, String why) {
    if (!a.ended) {
      a.ended = true;
      associations.remove(a);
      if (!closed) {
        out.ended(a, why);
      }
    }
  }

  @Override
  public int associations() {
    return associations.size();
  }

  @Override
  public int handshakes() {
    return store.handshakes();
  }

  @Override
  public int save(OutputStream to, Duration quietMax) throws IOException {
    stop();
    return SavedAssociations.write(to, quietMax, listener.settings().connectionIdBytes(), store);
  }

  @Override
  public void close() {
    if (!closed) {
      endWhere(_ -> true);
      stop();
      store.clear();
    }
  }

  private void stop() {
    if (closed) {
      throw new IllegalStateException("already closed");
    }
    closed = true;
    executor.enter();
    try {
      connector.stop();
    } finally {
      executor.leave();
      executor.shutdownNow();
    }
  }

  // --- what Scandium calls ------------------------------------------------------------------------------------------

  private final class Places implements AssociationStore.Places {
    @Override
    public void refused(InetSocketAddress from, Refusal why) {
      listener.counters().refused(why).increment();
      listener.watcher().refused(from, listener.name(), why);
    }

    @Override
    public void replaced(Connection lost) {
      executor.later(() -> {
        if (lost.getFilterData() instanceof DtlsAssociation a) {
          end(a, "its peer began anew");
        } else {
          remove(lost);
        }
      });
    }
  }

  /// The association of an established connection; null where it has ended.
  private @Nullable DtlsAssociation associationOf(Connection c) {
    if (c.getFilterData() instanceof DtlsAssociation a) {
      return a.ended ? null : a;
    }
    InetSocketAddress address = c.getPeerAddress();
    if (!c.hasEstablishedDtlsContext() || store.get(c.getConnectionId()) != c || closed) {
      return null;
    }
    DtlsAssociation a = new DtlsAssociation(
        c, address == null ? NOWHERE : address, listener.name(), nowNanos);
    c.setFilterData(a);
    associations.add(a);
    return a;
  }

  /// Of one restored whose address another has taken since: nothing is sent there before a record comes from it.
  private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

  private final class Records implements RecordConnector.Events {
    @Override
    public void datagram(InetSocketAddress to, byte[] bytes, int length) {
      executor.onLoop(() -> {
        if (!closed) {
          out.datagram(to, bytes, length);
        }
      });
    }

    @Override
    public void plaintext(Connection from, byte[] bytes, InetSocketAddress source, boolean isThere) {
      DtlsAssociation a = associationOf(from);
      if (a == null || bytes.length == 0) {
        return;
      }
      a.lastUsedNanos = nowNanos;
      if (isThere) {
        a.movedTo(source);
      }
      out.received(a, bytes, 0, bytes.length);
    }

    @Override
    public void closed(Connection by) {
      remove(by);
    }

    @Override
    public void undecipherable() {
      LOG.trace("a record that is no good, or came twice");
    }
  }

  private final class Handshakes extends SessionAdapter {
    @Override
    public void contextEstablished(Handshaker handshaker, DTLSContext context) {
      Connection c = handshaker.getConnection();
      store.handshakeEnded(c);
      psk.ifPresent(p -> p.takeUnknown(c.getConnectionId()));
      listener.counters().handshakes.increment();
      // Scandium says so before the context is in place.
      executor.later(() -> associationOf(c));
    }

    @Override
    public void handshakeFailed(Handshaker handshaker, Throwable error) {
      Connection c = handshaker.getConnection();
      if (store.handshakeEnded(c)) {
        Optional<String> unknown = psk.flatMap(p -> p.takeUnknown(c.getConnectionId()));
        HandshakeFailure f = HandshakeFailure.of(handshaker, error, unknown);
        listener.counters().failed(f.why()).increment();
        InetSocketAddress peer = handshaker.getPeerAddress();
        if (peer != null) {
          listener.watcher().failed(peer, listener.name(), f.why(), f.what());
        }
      }
    }
  }

  private static String why(Connection c) {
    AlertMessage cause = c.getRootCauseAlert();
    if (c.isClosed()) {
      return "closed by the peer";
    }
    return cause == null ? "unused for long, and its place was needed" : "alert " + cause.getDescription();
  }

  private final class Removals implements ConnectionListener {
    @Override
    public void onConnectionEstablished(Connection connection) {
      // Told to Handshakes too.
    }

    @Override
    public void onConnectionRemoved(Connection connection) {
      // Its handshake, if one was under way, is still to be told as failed.
      executor.later(() -> {
        if (connection.getFilterData() instanceof DtlsAssociation a) {
          ended(a, why(connection));
        }
      });
    }

    @Override
    public boolean onConnectionUpdatesSequenceNumbers(Connection connection, boolean writeSequenceNumber) {
      return false;
    }

    @Override
    public boolean onConnectionMacError(Connection connection) {
      return false;
    }

    @Override
    public void beforeExecution(Connection connection) {
      // Only for logs.
    }

    @Override
    public void updateExecution(Connection connection) {
      // Only for logs.
    }

    @Override
    public void afterExecution(Connection connection) {
      // Only for logs.
    }
  }
}
