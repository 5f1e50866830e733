package io.trivet.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.broker.Session;
import io.trivet.broker.SessionEnd;
import io.trivet.net.host.BrokerHost;
import io.trivet.server.admin.AdminException;
import io.trivet.server.admin.Json;
import io.trivet.server.config.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/// Administration of the server that runs.
final class ServerCommands {
  private static final int CONNECTIONS_SHOWN_MAX = 10_000;
  private static final long PATIENCE_SECONDS = 10;

  private final TrivetServer server;
  private final BrokerHost host;
  private final Statistics statistics;
  private final Stored stored;
  private final Supplier<List<Report.Listening>> listening;

  ServerCommands(
      TrivetServer server,
      BrokerHost host,
      Statistics statistics,
      Stored stored,
      Supplier<List<Report.Listening>> listening) {
    this.stored = stored;
    this.server = server;
    this.host = host;
    this.statistics = statistics;
    this.listening = listening;
  }

  Map<String, Function<JsonNode, ObjectNode>> all() {
    return Map.of(
        "status", _ -> status(),
        "metrics", _ -> Json.object().put("text", statistics.prometheus()),
        "reload", _ -> reload(),
        "stop", _ -> stop(),
        "connections", _ -> connections(),
        "kick", this::kick);
  }

  private ObjectNode status() {
    ObjectNode n = Json.object();
    n.put("pid", ProcessHandle.current().pid());
    n.put("connections", host.connections());
    n.put("sessions", host.broker().sessionCount());
    n.put("subscriptions", host.broker().subscriptionCount());
    n.put("retained", host.broker().retainedCount());
    n.put("devices", server.registry().size());
    server.restored().ifPresent(backup -> n.put("restored", backup.toString()));
    n.put("durability", stored.durability());
    Map<String, Long> numbers = stored.numbers();
    if (!numbers.isEmpty()) {
      n.put("store", numbers.getOrDefault("store_failing", 0L) == 0 ? "well" : "failing: see the log");
      n.put("stored-messages", numbers.get("store_messages"));
      n.put("stored-bytes", numbers.get("store_bytes"));
      n.put("store-p99-us", numbers.get("store_group_microseconds_p99"));
    }
    ArrayNode list = n.putArray("listeners");
    for (Report.Listening l : listening.get()) {
      list.addObject().put("kind", l.kind()).put("address", l.place()).put("host", l.host())
          .put("port", l.address().getPort()).put("protection", l.protection());
    }
    return n;
  }

  private ObjectNode reload() {
    try {
      server.reload();
      return Json.object();
    } catch (ConfigException e) {
      throw new AdminException(e.getMessage() + "; the server goes on as before", e);
    }
  }

  private ObjectNode stop() {
    Thread.ofPlatform().name("trivet stop").start(server::close);
    return Json.object();
  }

  private ObjectNode connections() {
    Queue<ObjectNode> found = new ConcurrentLinkedQueue<>();
    AtomicInteger room = new AtomicInteger(CONNECTIONS_SHOWN_MAX);
    await(host.onEachLoop(loop -> {
      loop.sessions().forEach(s -> {
        if (s.isOnline() && room.decrementAndGet() >= 0) {
          found.add(describe(s));
        }
      });
      return 0;
    }));
    ObjectNode n = Json.object();
    n.putArray("connections").addAll(found);
    n.put("shown-at-most", CONNECTIONS_SHOWN_MAX);
    return n;
  }

  private static ObjectNode describe(Session s) {
    return Json.object().put("client-id", s.clientId().text()).put("device", s.principal().device())
        .put("subscriptions", s.subscriptions().size()).put("backlog", s.backlog());
  }

  private ObjectNode kick(JsonNode a) {
    String client = a.path("client-id").asText("");
    int ended = await(host.disconnect(
        s -> s.clientId().text().equals(client), SessionEnd.ADMINISTRATIVE, false));
    if (ended == 0) {
      throw new AdminException("no client '" + client + "' is connected: see 'trivet connections'");
    }
    return Json.object().put("ended", ended);
  }

  private static int await(Future<Integer> answer) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AdminException("the event loops did not answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdminException("interrupted", e);
    }
  }
}
