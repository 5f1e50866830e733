package io.trivet.net.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import io.trivet.broker.TransportIdentity;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Waits behind the TLS handler for the end of its handshake, tells the arrival what was proved, and leaves.
final class TlsStage extends ChannelInboundHandlerAdapter {
  private final Arrival arrival;
  private final SslHandler ssl;

  private TlsStage(Arrival arrival, SslHandler ssl) {
    this.arrival = arrival;
    this.ssl = ssl;
  }

  static void addTo(ChannelPipeline pipeline, Arrival arrival) {
    SslHandler ssl = arrival.door().tlsEndpoint().handler(pipeline.channel().alloc());
    pipeline.addLast(ssl, new TlsStage(arrival, ssl));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (!(event instanceof SslHandshakeCompletionEvent end)) {
      super.userEventTriggered(ctx, event);
      return;
    }
    if (!end.isSuccess()) {
      // The handler closes the channel itself, after its alert has left.
      failed(end.cause());
      return;
    }
    TransportIdentity identity;
    String protection;
    try {
      identity = identity(ssl.engine().getSession());
      protection = protection(ssl.engine());
    } catch (RuntimeException fault) {
      arrival.internal(fault);
      return;
    }
    if (identity == TransportIdentity.NONE
        && arrival.door().spec().mutualTls() == ListenerSpec.MutualTls.REQUIRED) {
      arrival.fail(SetupFailure.TLS_CERTIFICATE, "the session holds no client certificate");
      return;
    }
    arrival.secured(protection, identity);
    ctx.pipeline().remove(this);
  }

  private static TransportIdentity identity(SSLSession session) {
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (java.security.cert.Certificate c : session.getPeerCertificates()) {
        chain.add((X509Certificate) c);
      }
      return chain.isEmpty() ? TransportIdentity.NONE : new TransportIdentity.Certificate(chain);
    } catch (SSLPeerUnverifiedException _) {
      return TransportIdentity.NONE; // the JDK's way of saying that none was shown
    }
  }

  private static String protection(SSLEngine engine) {
    SSLSession session = engine.getSession();
    String text = session.getProtocol() + " " + session.getCipherSuite();
    return engine instanceof ReferenceCountedOpenSslEngine boring ? text + group(boring) : text;
  }

  /// The group of the key exchange, after a blank; empty where the library does not say.
  private static String group(ReferenceCountedOpenSslEngine engine) {
    try {
      String name = SSL.getGroupName(engine.sslPointer());
      return name == null || name.isEmpty() ? "" : " " + name;
    } catch (Exception _) { // declared as such; only a label is at stake
      return "";
    }
  }

  private void failed(Throwable cause) {
    if (has(cause, CertificateException.class)) {
      arrival.failed(SetupFailure.TLS_CERTIFICATE, text(cause));
    } else if (has(cause, RejectedExecutionException.class)) {
      arrival.fail(SetupFailure.BUSY, "too many certificates wait to be checked");
    } else if (has(cause, ClosedChannelException.class)) {
      arrival.failed(SetupFailure.CLOSED, "the peer left during the TLS handshake");
    } else if (String.valueOf(cause.getMessage()).contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")) {
      arrival.failed(SetupFailure.TLS_CERTIFICATE, "the client showed no certificate");
    } else if (has(cause, NotSslRecordException.class)) {
      arrival.failed(SetupFailure.TLS, "what the client sent is no TLS");
    } else {
      arrival.failed(SetupFailure.TLS, text(cause));
    }
  }

  private static boolean has(Throwable cause, Class<? extends Throwable> type) {
    Throwable t = cause;
    for (int depth = 0; t != null && depth < 8; depth++) {
      if (type.isInstance(t)) {
        return true;
      }
      t = t.getCause();
    }
    return false;
  }

  private static String text(Throwable cause) {
    Throwable last = cause;
    for (int depth = 0; last.getCause() != null && depth < 8; depth++) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (arrival.isArriving()) {
      arrival.internal(new AssertionError("data before the handshake ended"));
    }
    ReferenceCountUtil.release(msg); // what comes after a failed handshake
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException || cause instanceof io.netty.handler.codec.DecoderException
        || cause instanceof RejectedExecutionException) {
      failed(cause);
      ctx.close();
    } else {
      arrival.internal(cause);
    }
  }
}
