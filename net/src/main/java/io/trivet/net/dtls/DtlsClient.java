package io.trivet.net.dtls;

import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.X509TrustManager;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.MessageCallback;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.exception.EndpointMismatchException;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.DTLSSession;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.jspecify.annotations.Nullable;

/// A DTLS 1.2 client with a socket and two threads of its own, for one server. Safe to call from any thread.
public final class DtlsClient implements AutoCloseable {
  private static final long GOODBYE_MILLIS = 1_000;

  private final DTLSConnector connector;
  private final ScheduledThreadPoolExecutor worker;
  private final InetSocketAddress server;
  private volatile @Nullable String protection;

  private DtlsClient(DTLSConnector connector, ScheduledThreadPoolExecutor worker, InetSocketAddress server) {
    this.connector = connector;
    this.worker = worker;
    this.server = server;
  }

  /// Connects, and waits for the end of the handshake.
  ///
  /// @param settings of its numbers, those for one association count; `connectionIdBytes` is what the server is asked to
  ///     name us by, 0 still letting the server be named so
  /// @param timeout for the whole handshake
  /// @param onReceive gets each message, on a thread of the client's
  /// @throws IOException where the handshake failed, with the reason
  public static DtlsClient connect(
      InetSocketAddress server, DtlsCredential credential, DtlsSettings settings, Duration timeout,
      Consumer<byte[]> onReceive) throws IOException {
    DTLSConnector connector = new DTLSConnector(configured(credential, settings).build());
    ScheduledThreadPoolExecutor worker = new ScheduledThreadPoolExecutor(
        1, Thread.ofPlatform().daemon().name("dtls-client-" + server.getPort()).factory());
    worker.setRemoveOnCancelPolicy(true);
    connector.setExecutor(worker);
    DtlsClient client = new DtlsClient(connector, worker, server);
    connector.setRawDataReceiver(raw -> onReceive.accept(raw.getBytes()));
    connector.setEndpointContextMatcher(new OnlyTheServer());
    boolean connected = false;
    try {
      connector.start();
      client.shakeHands(timeout);
      connected = true;
      return client;
    } finally {
      if (!connected) {
        client.end();
      }
    }
  }

  private static DtlsConnectorConfig.Builder configured(DtlsCredential credential, DtlsSettings settings) {
    DtlsConnectorConfig.Builder b = ScandiumConfig.common(settings)
        .set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY)
        .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
        .set(DtlsConfig.DTLS_MAX_CONNECTIONS, 1)
        .setConnectionIdGenerator(ScandiumConfig.ids(settings.connectionIdBytes(), 0));
    List<CipherSuite> suites = new ArrayList<>(
        credential instanceof DtlsCredential.PreSharedKey
            ? ScandiumConfig.PSK_SUITES
            : ScandiumConfig.CERTIFICATE_SUITES);
    suites.removeIf(c -> !c.isSupported());
    b.set(DtlsConfig.DTLS_CIPHER_SUITES, suites);
    switch (credential) {
      case DtlsCredential.PreSharedKey(String identity, SecretBytes key) ->
          b.setAdvancedPskStore(key.expose(k -> new AdvancedSinglePskStore(identity, k)));
      case DtlsCredential.RawKey(DtlsKeys.RawKey own, RawKeyTrust trust) -> {
        ScandiumConfig.signatures(b);
        b.setCertificateIdentityProvider(ScandiumConfig.rawIdentity(own));
        b.setAdvancedCertificateVerifier(new PeerCertificates(Optional.empty(), Optional.of(trust), true));
      }
      case DtlsCredential.Certificate c -> {
        ScandiumConfig.signatures(b);
        c.own().ifPresent(own -> b.setCertificateIdentityProvider(ScandiumConfig.chainIdentity(own.key(),
            own.certificates().toArray(X509Certificate[]::new), List.of(CertificateType.X_509))));
        X509TrustManager trust = c.serverName().<X509TrustManager>map(n -> new ServerName(c.server(), n))
            .orElse(c.server());
        b.setAdvancedCertificateVerifier(new PeerCertificates(Optional.of(trust), Optional.empty(), true));
      }
    }
    return b;
  }

  /// Scandium begins a handshake when there is something to send: an empty message, which the matcher then holds back.
  private void shakeHands(Duration timeout) throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    connector.send(RawData.outbound(new byte[0], new Beginning(server), new Outcome(done), false));
    try {
      done.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException("no DTLS with " + server + ": " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IOException("no DTLS with " + server + " within " + timeout.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while connecting to " + server, e);
    }
  }

  /// Sends one record. It may be lost on its way, as any datagram.
  public void send(byte[] plaintext) {
    connector.send(RawData.outbound(plaintext, new AddressEndpointContext(server), null, false));
  }

  /// Such as `DTLSv1.2 TLS_PSK_WITH_AES_128_CCM_8`.
  public String protection() {
    return String.valueOf(protection);
  }

  /// Says goodbye to the server.
  @Override
  public void close() {
    connector.close(server);
    try {
      // The one thread works in order: once this is done, the goodbye is sent.
      worker.submit(() -> {}).get(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the client of " + server + " is stuck", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // then without a goodbye
    } finally {
      end();
    }
  }

  private void end() {
    connector.destroy();
    worker.shutdownNow();
  }

  /// Of the message that is only there to begin a handshake.
  private static final class Beginning extends AddressEndpointContext {
    Beginning(InetSocketAddress server) {
      super(server);
    }
  }

  private final class Outcome implements MessageCallback {
    private final CompletableFuture<Void> done;

    Outcome(CompletableFuture<Void> done) {
      this.done = done;
    }

    @Override
    public void onConnecting() {
      // As expected.
    }

    @Override
    public void onDtlsRetransmission(int flight) {
      // The handshake says when it gives up.
    }

    @Override
    public void onContextEstablished(@Nullable EndpointContext context) {
      // The matcher is asked first, and refuses.
    }

    @Override
    public void onSent() {
      done.completeExceptionally(new AssertionError("an empty record was sent"));
    }

    @Override
    public void onError(Throwable error) {
      DTLSSession session = connector.getSessionByAddress(server);
      if (session == null || !(error instanceof EndpointMismatchException)) {
        done.completeExceptionally(error);
      } else {
        protection = "DTLSv1.2 " + session.getCipherSuite().name();
        done.complete(null);
      }
    }
  }

  /// Takes and sends everything on the one association, but for the empty message that began it.
  private static final class OnlyTheServer implements EndpointContextMatcher {
    @Override
    public String getName() {
      return "only the server";
    }

    @Override
    public Object getEndpointIdentity(EndpointContext context) {
      return context.getPeerAddress();
    }

    @Override
    public boolean isResponseRelatedToRequest(EndpointContext requestContext, EndpointContext responseContext) {
      return true;
    }

    @Override
    public boolean isToBeSent(EndpointContext messageContext, @Nullable EndpointContext connectionContext) {
      return connectionContext == null || !(messageContext instanceof Beginning);
    }

    @Override
    public String toRelevantState(EndpointContext context) {
      return String.valueOf(context);
    }
  }
}
