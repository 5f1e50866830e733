package io.trivet.net.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The TLS side of one listener: the context that new handshakes use, replaced as a whole on reload, and the ticket
/// keys, which outlive it. Keys are never shared between listeners, so a ticket from one that asks no certificate
/// opens nothing at one that does.
///
/// BoringSSL takes no renegotiation from clients, and knows no version below 1.2 here. Where it is missing, the JDK
/// serves TLS 1.3 alone, for its 1.2 would renegotiate.
final class TlsEndpoint {
  private static final long ROTATION_HOURS = 8;

  /// A ticket is taken for as long as the key it was sealed with is kept, at the least.
  private static final long TICKET_SECONDS = (TicketKeys.KEPT - 1) * ROTATION_HOURS * 3_600;

  private static final String[] GROUPS = {"X25519MLKEM768", "X25519", "P-256", "P-384"};

  private static final List<String> SUITES = List.of(
      "TLS_AES_128_GCM_SHA256",
      "TLS_AES_256_GCM_SHA384",
      "TLS_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final ListenerSpec spec;
  private final TlsTasks tasks;
  private final boolean boring;
  private final TicketKeys ticketKeys;
  private final AtomicReference<Serving> current = new AtomicReference<>();
  private @Nullable Future<?> rotation;

  private record Serving(SslContext context, Bytes ocspResponse) {}

  private TlsEndpoint(ListenerSpec spec, Randomness randomness, TlsTasks tasks, boolean boring) {
    this.spec = spec;
    this.tasks = tasks;
    this.boring = boring;
    this.ticketKeys = new TicketKeys(randomness);
  }

  static TlsEndpoint open(ListenerSpec spec, TlsMaterial material, Randomness randomness, TlsTasks tasks)
      throws IOException {
    return open(spec, material, randomness, tasks, OpenSsl.isAvailable());
  }

  static TlsEndpoint open(
      ListenerSpec spec, TlsMaterial material, Randomness randomness, TlsTasks tasks, boolean boring)
      throws IOException {
    TlsEndpoint endpoint = new TlsEndpoint(spec, randomness, tasks, boring);
    endpoint.prepare(material).use();
    return endpoint;
  }

  /// What the operator should know of how TLS is served.
  Optional<String> warning() {
    return boring
        ? Optional.empty()
        : Optional.of("BoringSSL is not available here (" + OpenSsl.unavailabilityCause()
            + "); the JDK serves TLS 1.3 alone, slower, without X25519MLKEM768 and OCSP stapling");
  }

  /// A context made but not yet used, so that several listeners change together or not at all.
  final class Prepared {
    private final Serving serving;

    private Prepared(Serving serving) {
      this.serving = serving;
    }

    void use() {
      synchronized (TlsEndpoint.this) {
        applyTicketKeys(serving.context());
        Serving before = current.getAndSet(serving);
        if (before != null) {
          ReferenceCountUtil.release(before.context()); // engines of standing connections hold their own reference
        }
      }
    }

    void discard() {
      ReferenceCountUtil.release(serving.context());
    }
  }

  Prepared prepare(TlsMaterial material) throws IOException {
    try {
      return new Prepared(new Serving(context(material), material.ocspResponse()));
    } catch (SSLException | IllegalArgumentException e) {
      throw new ListenException(spec.name() + ": the server certificate or its key cannot be used: "
          + e.getMessage() + "; both in PEM are needed, the key as PKCS #8 without a passphrase", e);
    }
  }

  private SslContext context(TlsMaterial material) throws SSLException {
    // By the JDK: Netty's own reader of PEM brings up the whole BouncyCastle provider, which takes a starting server
    // longer than everything else it does for TLS.
    SslContextBuilder builder = SslContextBuilder.forServer(
        PemMaterial.privateKey(material.keyPem()), PemMaterial.certificates(material.chainPem()));
    builder
        .ciphers(SUITES, SupportedCipherSuiteFilter.INSTANCE)
        .clientAuth(clientAuth())
        .trustManager(new ClientCertificates(material.clientTrust()))
        .sessionTimeout(TICKET_SECONDS)
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            spec.kind().isWebSocket() ? "http/1.1" : spec.protocol().alpn()));
    if (!boring) {
      return builder.sslProvider(SslProvider.JDK).protocols("TLSv1.3").build();
    }
    return builder
        .sslProvider(SslProvider.OPENSSL_REFCNT)
        .protocols("TLSv1.3", "TLSv1.2")
        .option(OpenSslContextOption.GROUPS, GROUPS)
        // Only the check of a client's chain is long enough to be worth two changes of thread.
        .option(OpenSslContextOption.USE_TASKS, spec.mutualTls() != ListenerSpec.MutualTls.NONE)
        .enableOcsp(!material.ocspResponse().isEmpty())
        .build();
  }

  private ClientAuth clientAuth() {
    return switch (spec.mutualTls()) {
      case NONE -> ClientAuth.NONE;
      case OPTIONAL -> ClientAuth.OPTIONAL;
      case REQUIRED -> ClientAuth.REQUIRE;
    };
  }

  private void applyTicketKeys(SslContext context) {
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setTicketKeys(ticketKeys.newestFirst());
    }
  }

  SslHandler handler(ByteBufAllocator alloc) {
    while (true) {
      Serving serving = current.get();
      if (serving == null) {
        throw new AssertionError(spec.name() + " is closed");
      }
      try {
        ReferenceCountUtil.retain(serving.context());
      } catch (IllegalReferenceCountException _) {
        continue; // replaced between the two lines above
      }
      try {
        return handler(serving, alloc);
      } finally {
        ReferenceCountUtil.release(serving.context());
      }
    }
  }

  private SslHandler handler(Serving serving, ByteBufAllocator alloc) {
    SslHandler handler = serving.context().newHandler(alloc, tasks);
    handler.setHandshakeTimeoutMillis(0); // the arrival's deadline covers all stages
    handler.setCloseNotifyFlushTimeoutMillis(2_000);
    if (!serving.ocspResponse().isEmpty() && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
      engine.setOcspResponse(serving.ocspResponse().toArray());
    }
    return handler;
  }

  /// A new ticket key from time to time, on this executor, until closed.
  synchronized void rotateEvery(EventExecutor executor) {
    rotation = executor.scheduleAtFixedRate(this::rotate, ROTATION_HOURS, ROTATION_HOURS, TimeUnit.HOURS);
  }

  synchronized void rotate() {
    ticketKeys.rotate();
    Serving serving = current.get();
    if (serving != null) {
      applyTicketKeys(serving.context());
    }
  }

  synchronized void close() {
    Future<?> r = rotation;
    if (r != null) {
      r.cancel(false);
    }
    Serving last = current.getAndSet(null);
    if (last != null) {
      ReferenceCountUtil.release(last.context());
    }
  }
}
