package io.trivet.server.coap;

import io.trivet.base.Randomness;
import io.trivet.net.host.BrokerHost;
import io.trivet.net.host.CoapContext;
import io.trivet.net.host.CoapHost;
import io.trivet.server.ListenAddress;
import io.trivet.server.Report;
import io.trivet.server.config.Config;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The listeners for CoAP that the configuration asks for, on the loops of the broker.
public final class CoapDoors implements AutoCloseable {
  private final CoapHost host;
  private final List<CoapStack> stacks = new CopyOnWriteArrayList<>();
  private final List<Report.Listening> listening = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /// @throws IOException where an address cannot be had; nothing is left open
  public CoapDoors(Config config, BrokerHost broker, Randomness randomness) throws IOException {
    this.host = broker.coap(new CoapContext(CoapSettings.transmission(config), CoapSettings.limits(config), randomness,
        (loop, brokerLoop) -> {
          CoapStack stack = new CoapStack(config, loop, brokerLoop);
          stacks.add(stack);
          return stack.first();
        }));
    try {
      for (String address : config.texts(Option.INSECURE_COAP)) {
        openPlain(config, address);
      }
    } catch (IOException | RuntimeException e) {
      host.close();
      throw e;
    }
  }

  private void openPlain(Config config, String address) throws IOException {
    InetSocketAddress bound = host.openPlain("coap", ListenAddress.parse(Option.INSECURE_COAP, address),
        CoapSettings.groups(config));
    listening.add(new Report.Listening("coap", bound, "NONE"));
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

  @Override
  public void close() {
    host.close();
  }
}
