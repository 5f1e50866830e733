package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.Props;
import io.trivet.lab.wire.TestClient;
import java.util.function.Function;

/// What tests of 5.0 alone have in common.
abstract class Conformance5 extends Conformance {
  /// Gets a packet out of the server twice: by a client of any size of packet, then by one for whom it is, where that
  /// leaves room for CONNACK, a byte too large. The second must come too, but without what it can do without.
  ///
  /// @param connect makes the CONNECT of a client identifier
  /// @param provoke makes the server send the packet, and reads it
  void leavesOutWhatDoesNotFit(Function<String, Out.Connect> connect, Function<TestClient, Props> provoke) {
    TestClient unlimited = newcomer().connected(connect.apply("client-1"));
    int connAckSize = unlimited.lastFrame().length();
    Props all = provoke.apply(unlimited);
    int size = unlimited.lastFrame().length();
    unlimited.cut();
    int limit = Math.max(connAckSize, size - 1);
    TestClient limited = newcomer()
        .connected(connect.apply("client-2").prop(Prop.MAXIMUM_PACKET_SIZE, limit));
    Props props = provoke.apply(limited);
    assertThat(limited.lastFrame().length()).isLessThanOrEqualTo(limit);
    assertThat(props.entries()).hasSizeLessThan(all.entries().size() + (size > limit ? 0 : 1));
  }

  void leavesOutWhatDoesNotFit(Function<TestClient, Props> provoke) {
    leavesOutWhatDoesNotFit(Out::connect, provoke);
  }

  static Out.Connect withMethod(String clientId, String method, String data) {
    return Out.connect(clientId)
        .prop(Prop.AUTH_METHOD, method)
        .prop(Prop.AUTH_DATA, io.trivet.base.Bytes.utf8(data));
  }

  static Out.Reason authData(String method, String data) {
    return Out.auth()
        .code(0x18)
        .prop(Prop.AUTH_METHOD, method)
        .prop(Prop.AUTH_DATA, io.trivet.base.Bytes.utf8(data));
  }

  /// Through the exchange of the method `LAB` to its CONNACK.
  TestClient authenticated(String clientId) {
    TestClient c = newcomer().send(withMethod(clientId, "LAB", "open"));
    c.expect(In.Auth.class);
    c.send(authData("LAB", "sesame")).expectAccepted();
    return c;
  }
}
