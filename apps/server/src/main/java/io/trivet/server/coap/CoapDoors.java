package io.trivet.server.coap;

import io.trivet.base.Clock;
import io.trivet.base.Randomness;
import io.trivet.broker.SessionEnd;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.stream.StreamLimits;
import io.trivet.identity.Device;
import io.trivet.identity.Registry;
import io.trivet.net.dtls.DtlsKeys;
import io.trivet.net.host.BrokerHost;
import io.trivet.net.host.CoapContext;
import io.trivet.net.host.CoapHost;
import io.trivet.net.host.CoapStreams;
import io.trivet.net.host.PrincipalOf;
import io.trivet.net.ipsec.IpsecProof;
import io.trivet.net.transport.SetupWatcher;
import io.trivet.net.transport.TlsMaterial;
import io.trivet.server.ListenAddress;
import io.trivet.server.Report;
import io.trivet.server.ServerEdhoc;
import io.trivet.server.config.Config;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listeners for CoAP that the configuration asks for, on the loops of the broker.
public final class CoapDoors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("trivet");
  private static final long STOP_SECONDS = 2;

  /// What CoAP needs of the world outside.
  public record Outside(Randomness randomness, Clock clock, SetupWatcher watcher) {}

  /// What listeners prove themselves with and whom they let in.
  ///
  /// @param rawKey where the certificate's key is none for DTLS: then certificates are not served there
  /// @param edhoc what EDHOC proves the server with
  public record Trust(Registry registry, TlsMaterial material, Optional<DtlsKeys.RawKey> rawKey, ServerEdhoc edhoc,
      PrincipalOf principals) {}

  /// In `data/coap/`; never part of a backup, since what it holds may be used once.
  static final String ASSOCIATIONS = "associations";

  private final Clock clock;
  private final CoapShared shared;
  private final CoapHost host;
  private final CoapStreams streams;
  private final DtlsDoors dtls;
  private final List<CoapStack> stacks = new CopyOnWriteArrayList<>();
  private final List<Report.Listening> listening = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /// @param directory where what outlives the server is kept
  /// @throws IOException where an address cannot be had; nothing is left open
  public CoapDoors(Config config, Path directory, BrokerHost broker, Outside outside, Trust trust)
      throws IOException {
    this.clock = outside.clock();
    this.shared = new CoapShared(config, directory, trust.registry(), trust.edhoc(), clock.wallMillis());
    try {
      this.host = broker.coap(new CoapContext(
          CoapSettings.transmission(config), CoapSettings.limits(config), outside.randomness(),
          (loop, brokerLoop) -> {
            CoapStack stack = new CoapStack(config, shared, loop, brokerLoop);
            stacks.add(stack);
            return stack.first();
          }));
    } catch (RuntimeException e) {
      shared.close();
      throw e;
    }
    this.streams = host.streams(StreamLimits.DEFAULT, trust.principals());
    try {
      for (String address : config.texts(Option.INSECURE_COAP)) {
        openPlain(config, address);
      }
      this.dtls = new DtlsDoors(config, host, directory.resolve(ASSOCIATIONS), clock, outside.watcher(), trust);
      listening.addAll(dtls.listening());
    } catch (IOException | RuntimeException e) {
      host.close();
      shared.close();
      throw e;
    }
  }

  private void openPlain(Config config, String address) throws IOException {
    boolean esp = config.flag(Option.COAP_REQUIRE_IPSEC);
    InetSocketAddress bound = host.openPlain("coap", ListenAddress.parse(Option.INSECURE_COAP, address),
        CoapSettings.groups(config), esp ? Optional.of(IpsecProof.standard()) : Optional.empty());
    listening.add(new Report.Listening("coap", bound, esp ? "IPsec: only what ESP protected" : "NONE"));
    if (esp) {
      return;
    }
    boolean writes = config.flag(Option.INSECURE_COAP_WRITES);
    warnings.add(Option.INSECURE_COAP.path() + ": " + ListenAddress.print(bound) + " is in the clear: everybody on the path "
        + "reads " + (writes ? "and forges all messages, from any sender address" : "all messages"));
  }

  public List<Report.Listening> listening() {
    return List.copyOf(listening);
  }

  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /// Deletes what is over.
  public void expire() {
    stacks.getFirst().expire();
    shared.directory().expire(clock.wallMillis());
  }

  /// Numbers for the metrics, by name.
  public Map<String, Long> numbers() {
    return Map.of("coap_observations", stacks.stream().mapToLong(CoapStack::observations).sum(),
        "coap_peers", host.peers(), "dtls_associations", host.associations(), "coap_exchanges", host.exchanges(),
        "coap_topics_configured", (long) shared.topics().size(), "coap_registrations", (long) shared.directory().size());
  }

  /// What happened in handshakes over DTLS since the start, by name.
  public Map<String, Long> counts() {
    return dtls.counts();
  }

  /// What follows TCP, TLS and WebSocket where CoAP is spoken.
  public CoapStreams streams() {
    return streams;
  }

  /// Shows a renewed certificate in handshakes that begin from now on; associations stay.
  ///
  /// @return whether it is shown; otherwise the log says why not
  public boolean renew(TlsMaterial fresh) {
    return dtls.renew(fresh);
  }

  /// A device is new: nothing of it is open yet.
  public void added(Device device) {
    shared.oscore().changed(Optional.empty(), Optional.of(device));
  }

  /// A device is not trusted any more, or is another than it was: what it observes and its connections end.
  public void changed(Device before, Optional<Device> after) {
    String device = before.id().text();
    boolean gone = after.isEmpty() || after.get().isBlocked();
    shared.oscore().changed(Optional.of(before), after);
    Predicate<CoapPeer> its = p -> p.principal().device().equals(device);
    endWhere(its, gone ? SessionEnd.REVOKED : SessionEnd.ADMINISTRATIVE);
    host.endSecure(its);
    streams.abortWhere(its, gone ? "the device is not trusted any more" : "the device has changed: connect anew");
  }

  /// Rules or what they speak of have changed: observations that are not allowed any more end.
  public void reexamine() {
    stacks.forEach(CoapStack::reexamine);
  }

  private CountDownLatch endWhere(Predicate<CoapPeer> which, SessionEnd why) {
    CountDownLatch left = new CountDownLatch(stacks.size());
    stacks.forEach(s -> s.endWhere(which, why, left::countDown));
    return left;
  }

  /// Tells the observers, then stops listening.
  @Override
  public void close() {
    try {
      streams.releaseAll();
      if (!endWhere(_ -> true, SessionEnd.SERVER_STOPS).await(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("not every observer could be told within {} s that the server stops", STOP_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    dtls.close();
    host.close();
    shared.close();
  }
}
