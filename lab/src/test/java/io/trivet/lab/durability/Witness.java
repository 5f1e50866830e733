package io.trivet.lab.durability;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Version;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Looks at the retained messages after a restart, before any publisher is back. Each topic has one writer,
/// so its retained message is the one acknowledged last, or one that was sent after it and may have been
/// stored unacknowledged.
final class Witness {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Ledger ledger;

  Witness(Ledger ledger) {
    this.ledger = ledger;
  }

  /// @param publishers how many there are
  void look(int port, int publishers, int life) {
    Map<String, Message.Id> found;
    // Before looking: at a server that was not killed publishers go on meanwhile.
    int[] leasts = new int[publishers];
    Set<String> wanted = new HashSet<>();
    for (int i = 0; i < publishers; i++) {
      leasts[i] = ledger.lastAcknowledged(Publisher.retainedTopic(i));
      if (leasts[i] > 0) {
        wanted.add(Publisher.retainedTopic(i));
      }
    }
    try {
      found = retained(port, wanted);
    } catch (IOException e) {
      throw new AssertionError("the server came up and then left its first client alone", e);
    }
    for (int i = 0; i < publishers; i++) {
      String topic = Publisher.retainedTopic(i);
      int least = leasts[i];
      int most = ledger.lastPublished(topic);
      Message.Id id = found.get(topic);
      String rule = topic + " in life " + life + " should retain a message from " + i + "/" + least + " to " + i + "/"
          + most;
      if (id == null) {
        if (least > 0) {
          ledger.retainedWrong(rule + ", and has none");
        }
      } else if (id.publisher() != i || id.number() < least || id.number() > most) {
        ledger.retainedWrong(rule + ", and has " + id);
      }
    }
    ledger.retainedSeen(found.size());
  }

  private static Map<String, Message.Id> retained(int port, Set<String> wanted) throws IOException {
    Map<String, Message.Id> found = new HashMap<>();
    try (Connection c = Connection.open(port, Version.V3_1_1)) {
      c.send(Out.connect("witness"));
      c.expect(In.ConnAck.class, PATIENCE);
      c.send(Out.subscribe(1).to(Publisher.ROOT + "/+/kept", 0));
      Set<String> missing = new HashSet<>(wanted);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      boolean granted = false;
      // What nobody waits for may be there all the same: it has come by the time of the last one that is
      // missing, or is not looked at.
      while ((!granted || !missing.isEmpty()) && System.nanoTime() < deadline) {
        // A server that lost some is not waited for again and again.
        In packet = c.receive(granted ? Duration.ofSeconds(1) : PATIENCE);
        if (packet instanceof In.SubAck) {
          granted = true;
        } else if (packet instanceof In.Publish p) {
          found.put(p.topic(), Message.Id.parse(p.text()));
          missing.remove(p.topic());
        } else if (packet == null) {
          break;
        }
      }
      c.sayGoodbye();
    }
    return found;
  }
}
