package io.trivet.authority.service;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.trivet.abe.PublicParameters;
import io.trivet.authority.Parameters;
import io.trivet.authority.Shelf;
import io.trivet.base.Bytes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/// Hands out over HTTPS what an authority has issued: TLS 1.3, and each client with a certificate that names its device.
/// It reads the directory and never has the master key, so that may stay elsewhere.
///
/// | Request | Answer |
/// |---|---|
/// | `GET /v1/parameters` | what senders encrypt with |
/// | `GET /v1/key` | the caller's current key, sealed for its own public key; 404 where it has none, 410 where it was revoked |
/// | `GET /v1/health` | `{"epoch": 7, "devices": 12}` |
///
/// Answers bear an `ETag`, and 304 follows a request that names it in `If-None-Match`. Whoever is no device gets 403,
/// whoever asks too often 429, a request with a body 413.
public final class KeyService implements AutoCloseable {
  private static final String CBOR = "application/cbor";
  private static final int BURST = 10;
  private static final double PER_SECOND = 1;
  private static final int BACKLOG = 64;
  private static final int STOP_SECONDS = 2;

  static {
    // The JDK's server takes its bounds from these properties alone, when its classes are first used.
    bound("jdk.httpserver.maxConnections", 512);
    bound("sun.net.httpserver.maxReqTime", 10);
    bound("sun.net.httpserver.maxRspTime", 10);
    bound("sun.net.httpserver.idleInterval", 30);
    bound("sun.net.httpserver.maxIdleConnections", 128);
    bound("sun.net.httpserver.maxReqHeaders", 64);
    bound("sun.net.httpserver.maxReqHeaderSize", 16_384);
  }

  private final HttpsServer server;
  private final ExecutorService threads;
  private final Shelf shelf;
  private final Callers callers;
  private final Heard heard;
  private final Bucket bucket = new Bucket(BURST, PER_SECOND);

  private static void bound(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, String.valueOf(value));
    }
  }

  /// What goes back.
  ///
  /// @param tag empty where there is nothing to compare with
  private record Answer(int status, String type, Bytes body, String tag, String device, String note) {
    static Answer refusal(int status, String told, String device, String note) {
      return new Answer(status, "text/plain", Bytes.utf8(told + "\n"), "", device, note);
    }
  }

  private KeyService(HttpsServer server, Shelf shelf, Callers callers, Heard heard) {
    this.server = server;
    this.shelf = shelf;
    this.callers = callers;
    this.heard = heard;
    this.threads = Executors.newVirtualThreadPerTaskExecutor(); // one a connection, and those are bounded
  }

  /// @param tls with the service's own certificate, and a trust manager for those of devices
  /// @throws IOException where the address cannot be bound
  public static KeyService start(InetSocketAddress at, SSLContext tls, Shelf shelf, Callers callers, Heard heard)
      throws IOException {
    HttpsServer server = HttpsServer.create(at, BACKLOG);
    server.setHttpsConfigurator(new HttpsConfigurator(tls) {
      @Override
      public void configure(HttpsParameters params) {
        SSLParameters p = getSSLContext().getDefaultSSLParameters();
        p.setProtocols(new String[] {"TLSv1.3"});
        p.setNeedClientAuth(true);
        params.setSSLParameters(p);
      }
    });
    KeyService service = new KeyService(server, shelf, callers, heard);
    server.setExecutor(service.threads);
    server.createContext("/", service::handle);
    server.start();
    return service;
  }

  /// With the port that was chosen, where 0 was asked for.
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Answer a;
    try {
      a = answer(exchange, path);
    } catch (IOException e) {
      a = Answer.refusal(503, "the authority's directory cannot be read", "", String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      a = Answer.refusal(500, "a defect of the service", "", e.toString());
    }
    try (exchange) {
      send(exchange, a);
    } finally {
      heard.answered(a.device, path, a.status, a.note);
    }
  }

  private void send(HttpExchange exchange, Answer a) throws IOException {
    Headers h = exchange.getResponseHeaders();
    h.set("Cache-Control", "no-store");
    if (!a.tag.isEmpty()) {
      h.set("ETag", a.tag);
    }
    if (a.status == 304) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    if (a.status >= 400) {
      h.set("Connection", "close"); // what else comes on it is not read
    }
    h.set("Content-Type", a.type);
    exchange.sendResponseHeaders(a.status, a.body.length());
    exchange.getResponseBody().write(a.body.toArray());
  }

  private Answer answer(HttpExchange exchange, String path) throws IOException {
    Headers asked = exchange.getRequestHeaders();
    String length = asked.getFirst("Content-Length");
    if (asked.containsKey("Transfer-Encoding") || length != null && !length.equals("0")) {
      return Answer.refusal(413, "a request here has no body", "", "a body");
    }
    String device;
    switch (caller(exchange)) {
      case Callers.Caller.Stranger(String why) -> {
        return Answer.refusal(403, "no device of this authority", "", why);
      }
      case Callers.Caller.Device(String name) -> device = name;
    }
    if (!bucket.takes(device, System.nanoTime())) {
      return Answer.refusal(429, "too often: at most once a second", device, "too often");
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      return Answer.refusal(405, "GET alone is served", device, exchange.getRequestMethod());
    }
    Answer a = switch (path) {
      case "/v1/parameters" -> parameters(device);
      case "/v1/key" -> key(device);
      case "/v1/health" -> new Answer(200, "application/json",
          Bytes.utf8("{\"epoch\": " + shelf.epoch() + ", \"devices\": " + shelf.subjects().size() + "}\n"), "", device, "");
      default -> Answer.refusal(404, "there are /v1/parameters, /v1/key and /v1/health", device, "no such path");
    };
    return !a.tag.isEmpty() && a.tag.equals(asked.getFirst("If-None-Match"))
        ? new Answer(304, a.type, Bytes.EMPTY, a.tag, device, "")
        : a;
  }

  private Answer parameters(String device) throws IOException {
    Parameters p = shelf.parameters();
    long epoch = shelf.epoch();
    return new Answer(200, CBOR, PublicParameters.encode(p.kind(), p.publicKey(), epoch),
        "\"" + p.name() + "-" + epoch + "\"", device, "");
  }

  private Answer key(String device) throws IOException {
    return switch (shelf.key(device)) {
      case Shelf.Found.Key(Bytes sealed, long _, String digest) ->
          new Answer(200, CBOR, sealed, "\"" + digest + "\"", device, "");
      case Shelf.Found.Revoked _ -> Answer.refusal(410, "this device was revoked", device, "revoked");
      case Shelf.Found.Nothing _ -> Answer.refusal(404, "no key was issued to this device", device, "no key");
    };
  }

  private Callers.Caller caller(HttpExchange exchange) {
    if (!(exchange instanceof HttpsExchange https)) {
      throw new AssertionError("an HTTPS server's exchanges are such");
    }
    try {
      Certificate[] chain = https.getSSLSession().getPeerCertificates();
      return callers.of(Arrays.copyOf(chain, chain.length, X509Certificate[].class));
    } catch (SSLPeerUnverifiedException e) {
      return new Callers.Caller.Stranger("no client certificate");
    }
  }

  /// Lets what is being answered end, for two seconds at most.
  @Override
  public void close() {
    server.stop(STOP_SECONDS);
    threads.shutdownNow();
  }
}
