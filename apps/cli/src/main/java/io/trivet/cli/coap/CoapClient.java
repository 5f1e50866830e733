package io.trivet.cli.coap;

import io.trivet.cli.client.Protection;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.oscore.OscoreAssociation;
import io.trivet.coap.oscore.OscoreRequester;
import io.trivet.net.dtls.DtlsCredential;
import io.trivet.server.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// One request to one server: sends it, and hands over what is heard of it to whoever waits.
public final class CoapClient implements AutoCloseable {
  private static final int BODY_BYTES_MAX = 64 << 20;
  private static final int HEARD_MAX = 10_000;

  private final LinkedBlockingQueue<Heard> heard = new LinkedBlockingQueue<>(HEARD_MAX);
  private final Connection connection;
  private final Requester requester;

  private final @Nullable OscoreFile oscore;

  private CoapClient(Way way, int blockBytes, @Nullable OscoreFile oscore, Optional<EdhocFile> edhoc,
      Duration patience) throws IOException {
    this.oscore = oscore;
    connection = way.open(e -> heard.offer(new Heard.Broken(e)));
    Requester below = connection.requester();
    Optional<OscoreAssociation> association;
    try {
      association = edhoc.isEmpty() ? Optional.ofNullable(oscore).map(OscoreFile::association)
          : Optional.of(edhoc.get().agree(connection, new EchoRequester(below), Ports.RANDOMNESS, patience));
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
    Requester protectedOrNot = association.isEmpty() ? below
        : new OscoreRequester(new OuterEcho(below), association.get(), connection.loop());
    requester = new EchoRequester(
        new BlockRequester(protectedOrNot, connection.peer(), blockBytes, BODY_BYTES_MAX));
  }

  /// Opens a connection.
  @FunctionalInterface
  interface Way {
    Connection open(Consumer<Throwable> broken) throws IOException;
  }

  /// @param blockBytes 16 to 1,024, a power of two; 0 for what the server takes
  /// @param security what protects the messages, and their way
  /// @param patience how long handshakes may take
  /// @throws IOException where there is no way to the server
  public static CoapClient open(CoapUri uri, int blockBytes, Security security, Duration patience, Trace trace)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(uri.host(), uri.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException("no such host");
    }
    Way way;
    if (uri.scheme().isStream()) {
      Optional<SSLContext> tls =
          uri.scheme().isSecured() ? Optional.of(security.protection().context()) : Optional.empty();
      way = _ -> StreamWay.open(uri, tls, patience, trace);
    } else if (uri.scheme().isSecured()) {
      DtlsCredential credential = DtlsSecurity.credential(security, uri.host());
      way = broken -> DtlsWay.open(address, credential, patience, trace, broken);
    } else {
      way = broken -> UdpConnection.open(address, trace, broken);
    }
    Optional<EdhocFile> edhoc =
        security.edhoc().isPresent() ? Optional.of(EdhocFile.open(security.edhoc().get())) : Optional.empty();
    OscoreFile oscore = security.oscore().isPresent() ? OscoreFile.open(security.oscore().get()) : null;
    try {
      return new CoapClient(way, blockBytes, oscore, edhoc, patience);
    } catch (IOException | RuntimeException e) {
      if (oscore != null) {
        oscore.close();
      }
      throw e;
    }
  }

  /// @param protection whom to trust and what to prove oneself with, where the scheme is one of TLS or DTLS
  /// @param oscore a file with an OSCORE context, which then protects all requests end to end
  /// @param edhoc a file with a key by which the OSCORE context is agreed on first
  /// @param rawKeys in place of a certificate, over DTLS
  public record Security(
      Protection protection, Optional<RawKeyFiles> rawKeys, Optional<Path> oscore, Optional<Path> edhoc) {}

  /// Sends a request; what comes of it is for [#await].
  public void send(Request request) {
    connection.loop().later(() -> {
      try {
        requester.send(request, new Requester.Replies() {
          @Override
          public void response(Response response, CoapPeer from) {
            heard.offer(new Heard.Answer(response, from));
          }

          @Override
          public void failed(Requester.Failure failure) {
            heard.offer(new Heard.Silence(explained(failure)));
          }
        });
      } catch (IllegalArgumentException e) {
        heard.offer(new Heard.Silence(String.valueOf(e.getMessage())));
      }
    });
  }

  private String explained(Requester.Failure failure) {
    return switch (failure) {
      case TIMED_OUT -> "no answer, however often it was asked";
      case RESET -> "it knows nothing of this request (reset)";
      case CLOSED -> connection.reason().isEmpty() ? "the connection has ended" : connection.reason();
      case BROKEN -> "its answer breaks the protocol";
    };
  }

  /// What is heard next, or silence when so much time has passed.
  public Heard await(Duration patience) throws InterruptedException {
    Heard h = heard.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (h instanceof Heard.Broken(Throwable why)) {
      throw new AssertionError("the client's loop broke", why);
    }
    return h == null ? new Heard.Silence("no answer within " + patience.toMillis() / 1_000.0 + " s") : h;
  }

  /// What is heard next; null where nothing is within that time.
  public @Nullable Heard poll(Duration patience) throws InterruptedException {
    return heard.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() throws IOException {
    connection.close();
    if (oscore != null) {
      oscore.close();
    }
  }
}
