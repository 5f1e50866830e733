package io.trivet.net.dtls;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.californium.elements.util.LimitedRunnable;
import org.eclipse.californium.elements.util.SerialExecutor;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertLevel;
import org.eclipse.californium.scandium.dtls.ApplicationMessage;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ContentType;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.DTLSMessage;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.Record;
import org.jspecify.annotations.Nullable;

/// Scandium without a socket, a thread or a timer of its own.
///
/// Records of an association whose handshake is over are opened and made here, past the attributes and contexts that
/// Scandium builds for each message; everything else is Scandium's.
final class RecordConnector extends DTLSConnector {
  /// Called on the loop, but for datagrams of a flight that a worker made.
  interface Events {
    void datagram(InetSocketAddress to, byte[] bytes, int length);

    /// @param isThere whether `source` is where the peer is now: no later record was read before
    void plaintext(Connection from, byte[] bytes, InetSocketAddress source, boolean isThere);

    /// The peer said goodbye, and was answered.
    void closed(Connection by);

    void undecipherable();
  }

  private final LoopExecutor executor;
  private final AssociationStore store;
  private final Events events;

  /// Whose record Scandium is reading, on the loop.
  private @Nullable Connection reading;

  RecordConnector(DtlsConnectorConfig config, AssociationStore store, LoopExecutor executor, Events events) {
    super(config, store);
    this.store = store;
    this.executor = executor;
    this.events = events;
    setExecutor(executor);
    setRawDataReceiver(raw -> {
      Connection from = reading;
      if (from == null) {
        throw new AssertionError("a message outside of any record");
      }
      InetSocketAddress source = raw.getInetSocketAddress();
      events.plaintext(from, raw.getBytes(), source, source.equals(from.getPeerAddress()));
    });
  }

  void begin() throws IOException {
    InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    init(nowhere, new NoSocket(nowhere), null);
  }

  /// Scandium asks its socket for little more than to be bound; this one never is.
  private static final class NoSocket extends DatagramSocket {
    private final InetSocketAddress at;

    NoSocket(InetSocketAddress at) throws SocketException {
      super((SocketAddress) null);
      this.at = at;
    }

    @Override
    public boolean isBound() {
      return true;
    }

    @Override
    public InetAddress getLocalAddress() {
      return at.getAddress();
    }

    @Override
    public int getLocalPort() {
      return at.getPort();
    }
  }

  @Override
  protected void sendNextDatagramOverNetwork(DatagramPacket packet) {
    events.datagram((InetSocketAddress) packet.getSocketAddress(), packet.getData(), packet.getLength());
  }

  /// A first ClientHello is answered with a cookie at once; what follows a good cookie goes to the workers.
  @Override
  protected boolean executeInbound(Executor to, InetSocketAddress peer, LimitedRunnable job) {
    return super.executeInbound(to == executor ? Runnable::run : to, peer, job);
  }

  @Override
  public void processRecord(Record record, Connection connection) {
    if (!executor.isLoop()) {
      boolean later = connection.hasEstablishedDtlsContext() && isProtectedData(record.getType());
      if (later) {
        // Came while a worker was busy with the handshake: messages are read on the loop only.
        executor.onLoop(() -> again(record, connection));
      } else {
        super.processRecord(record, connection);
      }
      return;
    }
    if (isProtectedData(record.getType()) && isSettled(connection)) {
      open(record, connection);
      return;
    }
    readByScandium(record, connection);
  }

  private void readByScandium(Record record, Connection connection) {
    reading = connection;
    try {
      super.processRecord(record, connection);
    } finally {
      reading = null;
    }
    if (connection.isClosed()) {
      events.closed(connection);
    }
  }

  private static boolean isProtectedData(ContentType type) {
    return type == ContentType.APPLICATION_DATA || type == ContentType.TLS12_CID;
  }

  private void again(Record record, Connection connection) {
    SerialExecutor serial = connection.getExecutor();
    try {
      serial.execute(() -> processRecord(record, connection));
    } catch (RejectedExecutionException e) {
      events.undecipherable(); // ended meanwhile: its keys are gone
    }
  }

  private static boolean isSettled(Connection connection) {
    return connection.hasEstablishedDtlsContext() && !connection.hasOngoingHandshake()
        && !connection.isResumptionRequired() && !connection.isClosed();
  }

  private void open(Record record, Connection connection) {
    DTLSContext context = connection.getEstablishedDtlsContext();
    int epoch = record.getEpoch();
    boolean hasId = record.getType() == ContentType.TLS12_CID;
    if (epoch != context.getReadEpoch()
        || hasId != connection.expectCid()
        || !hasId && !connection.equalsPeerAddress(record.getPeerAddress())
        || !context.isRecordProcessable(epoch, record.getSequenceNumber(), 0)) {
      events.undecipherable();
      return;
    }
    try {
      if (!record.isDecoded()) {
        record.decodeFragment(context.getReadState());
      }
    } catch (GeneralSecurityException | HandshakeException e) {
      context.incrementMacErrors();
      events.undecipherable();
      return;
    }
    boolean newest = connection.markRecordAsRead(record);
    InetSocketAddress source = record.getPeerAddress();
    store.update(connection, newest ? source : null);
    switch (record.getFragment()) {
      case ApplicationMessage m -> events.plaintext(connection, m.getData(), source, newest);
      case AlertMessage alert -> heed(alert, record, connection, context);
      default -> events.undecipherable(); // a flight of the handshake that came once more
    }
  }

  /// Any alert that ends the association, and any goodbye (RFC 5246, section 7.2); other warnings say nothing.
  private void heed(AlertMessage alert, Record record, Connection connection, DTLSContext context) {
    if (alert.getDescription() == AlertDescription.CLOSE_NOTIFY) {
      AlertMessage goodbye = new AlertMessage(AlertLevel.WARNING, AlertDescription.CLOSE_NOTIFY);
      sealNow(connection, ContentType.ALERT, goodbye, context);
      connection.close(record);
    } else if (alert.getLevel() == AlertLevel.FATAL) {
      connection.setRootCause(alert);
    } else {
      return;
    }
    events.closed(connection);
  }

  /// @return false where there is nobody to send to
  boolean seal(Connection to, byte[] plaintext) {
    InetSocketAddress address = to.getPeerAddress();
    SerialExecutor serial = to.getExecutor();
    if (address == null || !to.isActive() || serial == null) {
      return false;
    }
    if (serial.checkOwner()) {
      sealNow(to, plaintext);
      return true;
    }
    try {
      serial.execute(() -> sealNow(to, plaintext));
      return true;
    } catch (RejectedExecutionException e) {
      return false; // ended on a worker this moment
    }
  }

  private void sealNow(Connection to, byte[] plaintext) {
    DTLSContext context = to.getEstablishedDtlsContext();
    if (context != null && !context.isMarkedAsClosed()) {
      sealNow(to, ContentType.APPLICATION_DATA, new ApplicationMessage(plaintext), context);
    }
  }

  private void sealNow(Connection to, ContentType type, DTLSMessage message, DTLSContext context) {
    InetSocketAddress address = to.getPeerAddress();
    if (address == null) {
      return;
    }
    try {
      Record record = new Record(type, context.getWriteEpoch(), message, context, true, 0);
      byte[] bytes = record.toByteArray();
      store.update(to, null);
      events.datagram(address, bytes, bytes.length);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("a record could not be sealed with its own keys", e);
    }
  }
}
