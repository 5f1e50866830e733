package io.trivet.server.coap;

import io.trivet.coap.block.BlockSettings;
import io.trivet.coap.message.DatagramLimits;
import io.trivet.coap.message.Transmission;
import io.trivet.coap.pubsub.PubSubSettings;
import io.trivet.server.config.Config;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// What the configuration says of CoAP, in the words of the rooms that need it.
final class CoapSettings {
  private static final int OPTIONS_MAX = 64;
  private static final int TOKEN_BYTES_MAX = 64;

  private CoapSettings() {}

  static Transmission transmission(Config c) {
    Transmission d = Transmission.DEFAULT;
    return new Transmission(c.duration(Option.COAP_ACK_TIMEOUT), d.ackRandomFactor(), d.maxRetransmit(), d.nstart(),
        c.duration(Option.COAP_ACK_TIMEOUT).dividedBy(4), c.duration(Option.COAP_LEISURE));
  }

  static DatagramLimits limits(Config c) {
    return new DatagramLimits(c.count(Option.COAP_PEERS_MAX), c.count(Option.COAP_EXCHANGES_PER_PEER),
        c.count(Option.COAP_EXCHANGES_MAX), c.number(Option.COAP_EXCHANGE_BYTES_MAX),
        c.count(Option.COAP_REQUESTS_PER_PEER), c.count(Option.COAP_OUTGOING_PER_PEER), OPTIONS_MAX, TOKEN_BYTES_MAX);
  }

  static BlockSettings blocks(Config c) {
    BlockSettings d = BlockSettings.DEFAULT;
    return new BlockSettings(c.count(Option.COAP_BODY_BYTES_MAX), c.count(Option.COAP_BLOCK_BYTES), d.bodiesPerPeer(),
        d.keptBytesMax(), d.patience());
  }

  static PubSubSettings pubSub(Config c) {
    return new PubSubSettings(c.flag(Option.INSECURE_COAP_WRITES), c.count(Option.COAP_OBSERVATIONS_MAX),
        c.count(Option.COAP_OBSERVATIONS_PER_PEER), c.count(Option.COAP_CONFIRMABLE_EVERY));
  }

  /// @throws ConfigException where one is no multicast address
  static List<InetAddress> groups(Config c) {
    List<InetAddress> groups = new ArrayList<>();
    for (String text : c.texts(Option.COAP_GROUPS)) {
      try {
        InetAddress a = InetAddress.getByName(text);
        if (!a.isMulticastAddress()) {
          throw new ConfigException("coap.groups = " + text + ": give a multicast address such as 224.0.1.187 or ff02::fd");
        }
        groups.add(a);
      } catch (UnknownHostException e) {
        throw new ConfigException("coap.groups = " + text + ": give a multicast address such as 224.0.1.187", e);
      }
    }
    return groups;
  }
}
