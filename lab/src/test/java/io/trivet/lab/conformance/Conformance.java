package io.trivet.lab.conformance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.memory.MemoryServer;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/// A server of its own for each test, and the clients most tests begin with.
abstract class Conformance {
  final Version version = requireNonNull(getClass().getAnnotation(Of.class), "@Of").value();
  final MemoryServer server = new MemoryServer();

  @AfterEach
  void stop() {
    server.close();
  }

  boolean isV5() {
    return version == Version.V5;
  }

  /// A connection that has sent nothing.
  TestClient newcomer() {
    return server.client(version);
  }

  /// A client with a session that ends with its connection.
  TestClient client(String clientId) {
    return newcomer().connected(Out.connect(clientId));
  }

  /// The CONNECT of a client whose session lasts, new or resumed.
  Out.Connect lasting(String clientId) {
    Out.Connect connect = Out.connect(clientId).clean(false);
    return isV5() ? connect.prop(Prop.SESSION_EXPIRY, 3600) : connect;
  }

  TestClient lastingClient(String clientId) {
    return newcomer().connected(lasting(clientId));
  }

  /// A client subscribed to the filter, with a session that ends with its connection.
  TestClient subscriber(String filter, int options) {
    return client("subscriber").subscribed(filter, options);
  }

  /// Lets time pass for clients that stay awake.
  void idle(Duration duration, TestClient... awake) {
    Duration step = Duration.ofSeconds(20);
    for (Duration passed = Duration.ZERO; passed.compareTo(duration) < 0; passed = passed.plus(step)) {
      server.advance(step);
      for (TestClient c : awake) {
        c.send(Out.pingReq()).expect(In.PingResp.class);
      }
    }
  }

  /// That the CONNACK says whether there was a session; in 3.1 it cannot, and the bit stays 0.
  void assertSessionPresent(In.ConnAck ack, boolean present) {
    assertThat(ack.sessionPresent()).as("session present").isEqualTo(present && version != Version.V3_1);
  }

  static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
