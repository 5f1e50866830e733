package io.trivet.server;

import io.trivet.base.Bytes;
import io.trivet.broker.Broker;
import io.trivet.broker.ClientId;
import io.trivet.broker.Counter;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import io.trivet.net.host.BrokerHost;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The server's numbers: as retained messages under `$SYS/trivet/`, and as Prometheus text.
final class Statistics {
  private static final ClientId SERVER = new ClientId("$trivet");

  private final BrokerHost host;
  private final Supplier<Map<String, Long>> transport;
  private final Supplier<Map<String, Long>> features;
  private final Supplier<Map<String, Long>> stored;
  private final long startedNanos = System.nanoTime();

  /// @param transport counts of the network room, by name
  /// @param features counts of what was switched on, by name
  /// @param stored numbers of the store, by name
  Statistics(BrokerHost host, Supplier<Map<String, Long>> transport, Supplier<Map<String, Long>> features,
      Supplier<Map<String, Long>> stored) {
    this.host = host;
    this.transport = transport;
    this.features = features;
    this.stored = stored;
  }

  private Map<String, Long> gauges() {
    Broker b = host.broker();
    Runtime r = Runtime.getRuntime();
    Map<String, Long> g = new TreeMap<>();
    g.put("connections", (long) host.connections());
    g.put("sessions", (long) b.sessionCount());
    g.put("subscriptions", (long) b.subscriptionCount());
    g.put("retained_messages", b.retainedCount());
    g.put("retained_bytes", b.retainedBytes());
    g.put("heap_used_bytes", r.totalMemory() - r.freeMemory());
    g.put("uptime_seconds", (System.nanoTime() - startedNanos) / 1_000_000_000L);
    g.putAll(stored.get());
    return g;
  }

  void publish() {
    Map<String, Long> all = gauges();
    for (Counter c : Counter.values()) {
      all.put(c.name().toLowerCase(Locale.ROOT), host.broker().total(c));
    }
    all.putAll(transport.get());
    all.putAll(features.get());
    all.forEach((name, value) -> host.publish(new Message(TopicName.of("$SYS/trivet/" + name),
        Bytes.utf8(Long.toString(value)), QoS.AT_MOST_ONCE, true, MessageProperties.NONE, Message.NEVER, SERVER)));
  }

  /// Prometheus text exposition format, version 0.0.4.
  String prometheus() {
    StringBuilder out = new StringBuilder();
    gauges().forEach((name, value) -> one(out, "trivet_" + name, "gauge", name.replace('_', ' '), value));
    for (Counter c : Counter.values()) {
      one(out, "trivet_" + c.name().toLowerCase(Locale.ROOT) + "_total", "counter", c.help(), host.broker().total(c));
    }
    features.get().forEach((name, value) ->
        one(out, "trivet_" + name + "_total", "counter", name.replace('_', ' '), value));
    transport.get().forEach((name, value) ->
        one(out, "trivet_transport_" + name + "_total", "counter", name.replace('_', ' '), value));
    return out.toString();
  }

  private static void one(StringBuilder out, String name, String type, String help, long value) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n')
        .append("# TYPE ").append(name).append(' ').append(type).append('\n')
        .append(name).append(' ').append(value).append('\n');
  }
}
