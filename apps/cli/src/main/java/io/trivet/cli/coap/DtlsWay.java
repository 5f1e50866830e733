package io.trivet.cli.coap;

import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.message.DatagramEndpoint;
import io.trivet.coap.message.DatagramLimits;
import io.trivet.coap.message.DatagramPeer;
import io.trivet.coap.message.Transmission;
import io.trivet.net.dtls.DtlsClient;
import io.trivet.net.dtls.DtlsCredential;
import io.trivet.net.dtls.DtlsSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/// One server over DTLS.
final class DtlsWay implements Connection {
  private final ClientLoop loop;
  private final DtlsClient client;
  private final DatagramEndpoint endpoint;
  private final DatagramPeer peer;

  private DtlsWay(InetSocketAddress address, DtlsCredential credential, Duration patience, Trace trace,
      Consumer<Throwable> broken) throws IOException {
    loop = new ClientLoop(broken);
    client = DtlsClient.connect(address, credential, DtlsSettings.DEFAULT, patience,
        datagram -> loop.later(() -> received(address, datagram, trace)));
    endpoint = new DatagramEndpoint(loop, Transmission.DEFAULT, DatagramLimits.DEFAULT, new Counters(),
        e -> e.respond(Response.of(Code.NOT_FOUND)), (_, datagram) -> {
          trace.sent(address, datagram);
          client.send(datagram);
        });
    peer = endpoint.peer(new Peer(address, "coaps", true, client.protection(), TransportIdentity.NONE),
        Principal.ANONYMOUS, true, DtlsSettings.DEFAULT.plaintextBytesMax(), address);
  }

  /// @param broken told of a defect, after which nothing comes
  static DtlsWay open(InetSocketAddress address, DtlsCredential credential, Duration patience, Trace trace,
      Consumer<Throwable> broken) throws IOException {
    DtlsWay w = new DtlsWay(address, credential, patience, trace, broken);
    w.loop.start(); // only now, so that what comes early waits until everything is there
    return w;
  }

  private void received(InetSocketAddress from, byte[] datagram, Trace trace) {
    trace.received(from, datagram, datagram.length);
    endpoint.receive(peer, datagram, datagram.length, false);
  }

  @Override
  public CoapLoop loop() {
    return loop;
  }

  @Override
  public Requester requester() {
    return endpoint.requester(peer);
  }

  @Override
  public CoapPeer peer() {
    return peer;
  }

  @Override
  public String reason() {
    return "";
  }

  @Override
  public void close() {
    loop.close();
    client.close();
  }
}
