package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;

/// MQTT 5.0, sections 4.1 and 4.4 to 4.6.
@Of(Version.V5)
class Session5Test extends SessionContract {
  private boolean isThere(String clientId) {
    TestClient c = newcomer().send(lasting(clientId));
    boolean present = c.expectAccepted().sessionPresent();
    c.cut();
    return present;
  }

  private TestClient expiring(long seconds) {
    return newcomer().connected(Out.connect("c").sessionExpiry(seconds)).subscribed("t", 1);
  }

  @Test
  @Statement(v5 = {"MQTT-4.1.0-2", "MQTT-3.1.2-23"})
  void isDroppedOnceItsTimeIsUp() {
    expiring(60).cut();
    server.advance(seconds(58));
    assertThat(isThere("c")).isTrue();
    newcomer().connected(Out.connect("c").clean(false).sessionExpiry(60)).cut();
    server.advance(seconds(62));
    assertThat(isThere("c")).isFalse();
  }

  @Test
  @Statement(v5 = "MQTT-4.1.0-2")
  void isDroppedAtOnceWhereNoTimeWasAsked() {
    newcomer().connected(Out.connect("c").clean(false)).subscribed("t", 1).cut();
    assertThat(isThere("c")).isFalse();
  }

  @Test
  @Statement(v5 = "MQTT-4.1.0-1")
  void isNotDroppedWhileConnectedHoweverShortItsTime() {
    TestClient c = expiring(1);
    idle(seconds(600), c);
    client("publisher").published(Out.publish("t").payload("m"), 1);
    c.expectMessage("m");
  }

  @Test
  @Statement(v5 = "MQTT-4.1.0-2")
  void mayBeGivenAnotherTimeByDisconnect() {
    TestClient shorter = expiring(3600);
    shorter.send(Out.disconnect().prop(Prop.SESSION_EXPIRY, 0));
    assertThat(isThere("c")).isFalse();
    TestClient longer = newcomer().connected(Out.connect("d").sessionExpiry(10));
    longer.send(Out.disconnect().prop(Prop.SESSION_EXPIRY, 1000));
    server.advance(seconds(500));
    assertThat(isThere("d")).isTrue();
  }

  @Test
  void isDroppedWithItsMessages() {
    expiring(60).cut();
    client("publisher").published(Out.publish("t"), 1);
    server.advance(seconds(62));
    TestClient back = newcomer().send(lasting("c"));
    assertThat(back.expectAccepted().sessionPresent()).isFalse();
    back.expectNothing();
  }
}
