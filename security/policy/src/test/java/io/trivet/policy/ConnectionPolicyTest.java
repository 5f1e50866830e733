package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider.Decision;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import io.trivet.broker.TransportIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is asked about connections, wills, and about what stands already.
class ConnectionPolicyTest {
  private static final ClientId CLIENT = new ClientId("lamp-1");
  private final List<Execution> done = new ArrayList<>();

  private PolicyDecider decider(String yaml) throws PolicyException {
    return new PolicyDecider(Policy.parse(yaml), new NoFacts(() -> 0), () -> 0, Optional::of,
        (_, m) -> Parsed.valid(m), (e, _) -> done.add(e));
  }

  private static Principal device(String id, String ward) {
    return new Principal(id, Map.of("ward", ward), Set.of(), 1);
  }

  private static io.trivet.broker.Peer peer(String address) throws UnknownHostException {
    return new io.trivet.broker.Peer(new InetSocketAddress(InetAddress.getByName(address), 1), "mqtts", true, "",
        TransportIdentity.NONE);
  }

  private static Message will(String topic) {
    return new Message(TopicName.of(topic), Bytes.utf8("gone"), QoS.AT_LEAST_ONCE, false, MessageProperties.NONE,
        Message.NEVER, CLIENT);
  }

  @Test
  void letsInWhoHasProvedWhoItIsWhereNoRuleIsAboutConnections() throws Exception {
    PolicyDecider d = decider("""
        version: 1
        rules:
          - allow: [publish]
            topic: "a"
        """);
    assertThat(d.connect(device("lamp-1", "7"), CLIENT, peer("192.0.2.7"))).isInstanceOf(Decision.Allow.class);
    assertThat(d.will(device("lamp-1", "7"), CLIENT, will("a"))).isInstanceOf(Decision.Allow.class);
    assertThat(d.will(device("lamp-1", "7"), CLIENT, will("b"))).isInstanceOf(Decision.Deny.class);
  }

  @Test
  void judgesConnectionsByWhereTheyComeFrom() throws Exception {
    PolicyDecider d = decider("""
        version: 1
        rules:
          - id: at-home
            on: tentative.connect
            when: 'peer.prefix == "192.0.2.0/24"'
            then: [allow]
        """);
    assertThat(d.connect(device("lamp-1", "7"), CLIENT, peer("192.0.2.7"))).isInstanceOf(Decision.Allow.class);
    assertThat(d.connect(device("lamp-1", "7"), CLIENT, peer("198.51.100.7"))).isInstanceOf(Decision.Deny.class);
    assertThat(d.review(device("lamp-1", "7"), CLIENT, peer("198.51.100.7"))).isInstanceOf(Decision.Deny.class);
    assertThat(Peer.of(peer("2001:db8::7")).prefix()).isEqualTo("2001:db8:0:0:0:0:0:0/64");
  }

  @Test
  void judgesWillsOnceMoreWhereARuleIsAboutThem() throws Exception {
    PolicyDecider d = decider("""
        version: 1
        rules:
          - id: speak
            on: tentative.publish
            then: [allow]
          - id: last-words
            on: tentative.will
            topic: "status/#"
            then: [allow]
        """);
    assertThat(d.will(device("lamp-1", "7"), CLIENT, will("status/lamp-1"))).isInstanceOf(Decision.Allow.class);
    assertThat(d.will(device("lamp-1", "7"), CLIENT, will("other"))).isInstanceOf(Decision.Deny.class);
  }

  @Test
  void doesNothingByReviewing() throws Exception {
    PolicyDecider d = decider("""
        version: 1
        rules:
          - id: tell
            on: tentative.subscribe
            then: [allow, execute: {publish: sec/alerts, level: warn}]
        """);
    assertThat(d.review(device("lamp-1", "7"), CLIENT, TopicFilter.of("a"), QoS.AT_MOST_ONCE))
        .isInstanceOf(Decision.Allow.class);
    assertThat(done).isEmpty();
    d.subscribe(device("lamp-1", "7"), CLIENT, TopicFilter.of("a"), QoS.AT_MOST_ONCE);
    assertThat(done).singleElement().isInstanceOf(Execution.Publish.class);
  }

  @Test
  void reactsToWhatHasHappened() throws Exception {
    PolicyDecider d = decider("""
        version: 1
        rules:
          - id: guess
            on: actual.auth_fail
            then: [execute: {ban: peer.prefix, for: 10m}]
        """);
    d.happened(Event.ofConnection(EventKind.AUTHENTICATION_FAILED, Principal.ANONYMOUS, null, Peer.of(peer("192.0.2.7")))
        .happened());
    assertThat(done).singleElement().isInstanceOfSatisfying(Execution.Ban.class,
        b -> assertThat(b.whom()).isEqualTo("192.0.2.0/24"));
  }
}
