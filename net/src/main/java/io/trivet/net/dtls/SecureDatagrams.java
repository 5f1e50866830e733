package io.trivet.net.dtls;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Predicate;

/// One event loop's share of a DTLS listener. Everything here is called on that loop, and calls [Out] on it, mostly
/// before the call returns; what a worker has computed for a handshake comes later, through the loop's executor.
public interface SecureDatagrams extends AutoCloseable {
  /// Takes a datagram from the network in. Never throws for what is in it; keeps no reference to the array.
  void receive(InetSocketAddress from, byte[] datagram, int length);

  /// Protects one record and hands it to [Out#datagram]. Copies what it needs.
  ///
  /// @return false where the association has ended or no longer has an address, so that nothing was sent
  /// @throws IllegalArgumentException where `length` is above [DtlsSettings#plaintextBytesMax()]
  boolean send(Association to, byte[] plaintext, int length);

  /// Runs what is due: retransmissions, handshakes that took too long, associations idle for too long. Call it every
  /// 100 ms or so.
  ///
  /// @param nowNanos of the clock the listener was given
  void tick(long nowNanos);

  /// Ends the associations that match, such as those of a blocked device: the peer gets a `close_notify`, [Out#ended] is
  /// told, and no later record of them is read.
  ///
  /// @return how many
  int endWhere(Predicate<Association> which);

  /// Established associations.
  int associations();

  /// Handshakes that proved their address and are not finished.
  int handshakes();

  /// Ends this share without telling the peers, and writes what is needed to go on with them: keys, sequence numbers,
  /// replay windows, connection ids, identities. Whoever reads it can read and forge their records.
  ///
  /// @param quietMax peers silent for longer are left out
  /// @return how many associations were written
  int save(OutputStream to, Duration quietMax) throws IOException;

  /// Ends this share and tells the peers; [Out] hears nothing more.
  @Override
  void close();

  /// What a share produces.
  interface Out {
    /// To be sent as it is. The array is the receiver's to keep.
    void datagram(InetSocketAddress to, byte[] bytes, int length);

    /// An authentic record that did not come before; `plaintext[offset, offset + length)`, at least one byte. The array is
    /// the receiver's to keep. May call back.
    void received(Association from, byte[] plaintext, int offset, int length);

    /// The association is gone: closed by the peer, idle, evicted, ended by us. Told once, after which nothing more comes
    /// from it.
    void ended(Association association, String why);
  }
}
