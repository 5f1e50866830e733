package io.trivet.mqtt.codec;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// Where Trivet's decoder and Netty's are of two minds, and why Trivet is right to be. An entry that is no longer met
/// is a defect too.
final class NettyDifferences {
  private static final Map<String, String> REASONS = new LinkedHashMap<>();

  static {
    because("Netty alone takes MQTT-1.5.5-1: ",
        "a length in more bytes than it needs is forbidden, and hides a packet's true size from other readers");
    because("Netty alone takes MQTT-2.2.3: ",
        "3.1.1 does not forbid a length in more bytes than it needs; refused alike, since no client writes one");
    because("Netty alone takes MQTT-2.2.2-1: ",
        "a property may not reach beyond the length of all properties");
    because("Netty alone takes MQTT-2.2.2.2: property nxn is n, ",
        "a property of two values has no third (3.3.2.3.2, 3.2.2.3)");
    because("Netty alone takes MQTT-2.2.2.2: property nxn may not stand",
        "a property stands only in the packets that list it (2.2.2.2)");
    because("Netty alone takes MQTT-2.2.2.2: property nxn stands there twice",
        "but for user properties, each stands once (3.1.2.11 and its like)");
    because("Netty alone takes MQTT-2.4.0-1: ",
        "each packet has its own reason codes (table 2-6)");
    because("Netty alone takes MQTT-3.1.0-1: ",
        "the first packet is CONNECT: Netty leaves that to its user");
    because("Netty alone takes MQTT-3.1.2-11: ",
        "without the will flag there is no will QoS: Netty leaves flags to its user");
    because("Netty alone takes MQTT-3.1.2-12: ",
        "there is no QoS 3, of a will neither");
    because("Netty alone takes MQTT-3.1.2-13: will QoS",
        "without the will flag there is no will QoS in 3.1.1 either");
    because("Netty alone takes MQTT-3.1.2-13: will retain",
        "without the will flag there is no will retain");
    because("Netty alone takes MQTT-3.1.2-14: ",
        "there is no QoS 3, of a will neither, in 3.1 and 3.1.1");
    because("Netty alone takes MQTT-3.10.3-2: ",
        "UNSUBSCRIBE names a filter at least");
    because("Netty alone takes MQTT-3.11.3-2: ",
        "UNSUBACK answers a filter at least");
    because("Netty alone takes MQTT-3.2.2-1: ",
        "CONNACK's other flags are reserved");
    because("Netty alone takes MQTT-3.2.2.1: ",
        "CONNACK's other flags are reserved in 3.1.1 too");
    because("Netty alone takes MQTT-3.2.2-4: ",
        "a refusal finds no session");
    because("Netty alone takes MQTT-3.2.2.3: ",
        "3.1 and 3.1.1 know six return codes");
    because("Netty alone takes MQTT-3.3.1-2: ",
        "what is sent once at most is no duplicate");
    because("Netty alone takes MQTT-3.3.2-2: the will's topic",
        "a will is published, so its topic is a name without wildcards");
    because("Netty alone takes MQTT-3.3.4-6: ",
        "clients do not name subscriptions in PUBLISH");
    because("Netty alone takes MQTT-3.8.3-3: ",
        "SUBSCRIBE names a filter at least");
    because("Netty alone takes MQTT-3.8.3-4: ",
        "the upper bits of the requested QoS are reserved");
    because("Netty alone takes MQTT-3.8.3-5: ",
        "the upper bits of the subscription options are reserved");
    because("Netty alone takes MQTT-3.8.4-5: ",
        "SUBACK answers a filter at least, in 3.1.1 too");
    because("Netty alone takes MQTT-3.8.4-6: ",
        "SUBACK answers a filter at least");
    because("Netty alone takes MQTT-4.13.1-1: PING",
        "Trivet's decoder knows which side it is on");
    because("Netty alone takes MQTT-4.13.1-1: the packet ends",
        "an AUTH of a client says what it wants: success is the server's word");
    because("Netty alone takes MQTT-4.7.3-1: neither",
        "a topic has one character at least");
    because("Netty alone takes MQTT-4.8.0-1: PING",
        "Trivet's decoder knows which side it is on, in 3.1.1 too");
    because("Netty alone takes MQTT-4.8.0-1: SUBACK is",
        "Trivet's decoder knows which side it is on: SUBACK");
    because("Netty alone takes MQTT-4.8.0-1: SUBSCRIBE is",
        "Trivet's decoder knows which side it is on: SUBSCRIBE");
    because("Netty alone takes MQTT-4.8.0-1: UNSUBSCRIBE is",
        "Trivet's decoder knows which side it is on: UNSUBSCRIBE");
    because("Netty alone takes MQTT-4.8.0-1: n bytes too many",
        "3.x acknowledgements have no reason: Netty reads them as 5.0's");
    because("ours alone takes Connect: ",
        "in 3.1 the end of the packet counts for more than the flags of user name and password");
    because("ours alone takes PubRel: io.netty.handler.codec.DecoderException: Illegal BIT 3",
        "3.1 has a DUP flag in PUBREL");
    because("ours alone takes Subscribe: io.netty.handler.codec.DecoderException: Illegal BIT 3",
        "3.1 has a DUP flag in SUBSCRIBE");
    because("read differently: MQTT 3.1 CONNACK",
        "3.1 knows no session present: the byte is reserved");
  }

  private NettyDifferences() {}

  private static void because(String beginning, String reason) {
    if (REASONS.put(beginning, reason) != null) {
      throw new AssertionError(beginning);
    }
  }

  /// Why, or nothing for a difference that nobody has judged.
  static String reason(String difference) {
    return REASONS.entrySet().stream().filter(e -> difference.startsWith(e.getKey())).map(Map.Entry::getValue)
        .findFirst().orElse("");
  }

  static Collection<String> all() {
    return REASONS.values();
  }
}
