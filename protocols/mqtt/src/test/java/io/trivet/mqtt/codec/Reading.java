package io.trivet.mqtt.codec;

import java.util.Map;
import java.util.TreeMap;

/// The fields of a packet as text, the same for two decoders of different make. A property that says what its absence
/// says too is left out; user properties count where Trivet keeps them.
final class Reading {
  private static final Map<Integer, String> DEFAULTS = Map.ofEntries(
      Map.entry(Property.RECEIVE_MAXIMUM, "65535"),
      Map.entry(Property.TOPIC_ALIAS_MAXIMUM, "0"),
      Map.entry(Property.REQUEST_RESPONSE_INFORMATION, "0"),
      Map.entry(Property.REQUEST_PROBLEM_INFORMATION, "1"),
      Map.entry(Property.WILL_DELAY, "0"),
      Map.entry(Property.RETAIN_AVAILABLE, "1"),
      Map.entry(Property.WILDCARDS_AVAILABLE, "1"),
      Map.entry(Property.SUBSCRIPTION_IDS_AVAILABLE, "1"),
      Map.entry(Property.SHARED_AVAILABLE, "1"),
      Map.entry(Property.MAXIMUM_PACKET_SIZE, Long.toString(Connect.NO_MAXIMUM)),
      Map.entry(Property.REASON_STRING, ""),
      Map.entry(Property.ASSIGNED_CLIENT_ID, ""),
      Map.entry(Property.RESPONSE_INFORMATION, ""),
      Map.entry(Property.SERVER_REFERENCE, ""),
      Map.entry(Property.AUTHENTICATION_DATA, ""));

  private final String type;
  private final Map<String, String> fields = new TreeMap<>();

  Reading(String type) {
    this.type = type;
  }

  void put(String name, Object value) {
    fields.put(name, value.toString());
  }

  void add(String name, Object value) {
    fields.merge(name, value.toString(), (a, b) -> a + " | " + b);
  }

  void property(String prefix, int id, String value) {
    if (type.equals("CONNECT") && id == Property.SESSION_EXPIRY && value.equals("0")
        || type.equals("CONNACK") && id == Property.AUTHENTICATION_METHOD && value.isEmpty()
        || type.equals("AUTH") && id == Property.AUTHENTICATION_METHOD && value.isEmpty()
        || type.equals("CONNACK") && id == Property.MAXIMUM_QOS && value.equals("2")) {
      return;
    }
    if (!value.equals(DEFAULTS.get(id))) {
      add(prefix + "0x" + Integer.toHexString(id), value);
    }
  }

  @Override
  public String toString() {
    return type + fields;
  }
}
