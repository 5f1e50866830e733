package io.trivet.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What was published in a simulation, and what follows from it: at least once, exactly once, in order, to one of a share.
final class Promises {
  /// What somebody published. The payload is its own, and ends with a number that grows.
  private record Said(String publisher, String topic, String payload, int qos) {}

  private final List<Said> said = new ArrayList<>();
  private final Set<String> refused = new HashSet<>();

  void said(String publisher, String topic, String payload, int qos) {
    said.add(new Said(publisher, topic, payload, qos));
  }

  /// The server has told the publisher that it did not take these: they may have been delivered or not.
  void refused(Set<String> payloads) {
    refused.addAll(payloads);
  }

  int count() {
    return said.size();
  }

  /// The QoS that a message reaches this client with by its own, unshared subscriptions; -1 for not at all.
  private static int owed(SimulatedClient c, Said m) {
    int granted = -1;
    for (SimulatedClient.Wish w : c.wishes) {
      if (matches(w.filter(), m.topic())) {
        // A filter asked for again replaces what it was granted before.
        int last = c.wishes.stream()
            .filter(other -> other.filter().equals(w.filter()))
            .reduce((_, later) -> later)
            .orElseThrow()
            .qos();
        granted = Math.max(granted, last);
      }
    }
    return Math.min(granted, m.qos());
  }

  void heardAllItWasOwed(SimulatedClient c) {
    Map<String, Integer> times = new HashMap<>();
    c.heard.forEach(h -> times.merge(h.payload(), 1, Integer::sum));
    for (Said m : said) {
      int n = times.getOrDefault(m.payload(), 0);
      if (refused.contains(m.payload())) {
        assertThat(n).as("%s heard %s, which was refused", c.id, m).isLessThanOrEqualTo(m.qos == 2 ? 1 : n);
        continue;
      }
      switch (owed(c, m)) {
        case -1 -> assertThat(n).as("%s heard %s", c.id, m).isZero();
        case 0 -> { } // may be lost, and comes as often as its publisher had to say it
        case 1 -> assertThat(n).as("%s heard %s", c.id, m).isPositive();
        default -> assertThat(n).as("%s heard %s", c.id, m).isEqualTo(1);
      }
    }
  }

  /// For each publisher, topic and QoS the first hearings follow the order of saying (MQTT-4.6.0-6).
  void heardInOrder(SimulatedClient c) {
    Map<String, Said> byPayload = new HashMap<>();
    said.forEach(m -> byPayload.put(m.payload(), m));
    Map<String, Integer> last = new HashMap<>();
    Map<String, Boolean> seen = new HashMap<>();
    for (SimulatedClient.Heard h : c.heard) {
      Said m = Objects.requireNonNull(byPayload.get(h.payload()), "nobody said " + h);
      assertThat(h.topic()).isEqualTo(m.topic());
      if (h.qos() == 0 || seen.put(h.payload(), true) != null) {
        continue;
      }
      int number = Integer.parseInt(h.payload().substring(h.payload().indexOf(' ') + 1));
      String stream = m.publisher() + " " + m.topic() + " " + m.qos();
      Integer before = last.put(stream, number);
      assertThat(before == null || before < number).as("%s heard %s after %s", c.id, m, before).isTrue();
    }
  }

  /// Messages to a share come to one of its members (MQTT 5.0, section 4.8.2).
  void sharedOneByOne(List<SimulatedClient> members) {
    Map<String, Integer> times = new HashMap<>();
    members.forEach(c -> c.heard.forEach(h -> times.merge(h.payload(), 1, Integer::sum)));
    for (Said m : said) {
      int n = times.getOrDefault(m.payload(), 0);
      if (refused.contains(m.payload())) {
        continue;
      }
      if (!matches("a/#", m.topic())) {
        assertThat(n).as("the share heard %s", m).isZero();
      } else if (m.qos() == 2) {
        assertThat(n).as("the share heard %s", m).isEqualTo(1);
      } else if (m.qos() == 1) {
        assertThat(n).as("the share heard %s", m).isPositive();
      }
    }
  }

  static boolean matches(String filter, String topic) {
    String[] f = filter.split("/", -1);
    String[] t = topic.split("/", -1);
    for (int i = 0; i < f.length; i++) {
      if (f[i].equals("#")) {
        return true;
      }
      if (i >= t.length || !f[i].equals("+") && !f[i].equals(t[i])) {
        return false;
      }
    }
    return f.length == t.length;
  }
}
