package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.Props;
import io.trivet.lab.wire.SocketLink;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// SCRAM-SHA-256 (RFC 7677) in AUTH packets, by a client that knows only the JDK's cryptography.
@Tag("slow")
class ScramTest {
  private static final LabServer SERVER = new LabServer();
  private static final String METHOD = "SCRAM-SHA-256";
  private static final String FIRST = "n=scribe,r=fyko+d2lbbFgONRv9qkxdawL";

  @BeforeAll
  static void start() {
    SERVER.start();
    SERVER.password("scribe", "pencil and paper");
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  /// What the client sends last, and what it then expects of the server.
  private record Proof(String clientFinal, String serverFinal) {}

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Proof prove(String password, String serverFirst) throws GeneralSecurityException {
    String[] parts = serverFirst.split(",");
    assertThat(parts[0]).startsWith("r=fyko+d2lbbFgONRv9qkxdawL").hasSizeGreaterThan(FIRST.length());
    byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
    int iterations = Integer.parseInt(parts[2].substring(2));
    assertThat(iterations).isGreaterThanOrEqualTo(4_096);
    byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
        .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
        .getEncoded();
    byte[] clientKey = hmac(salted, "Client Key");
    byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
    String withoutProof = "c=biws," + parts[0];
    String authMessage = FIRST + "," + serverFirst + "," + withoutProof;
    byte[] signature = hmac(storedKey, authMessage);
    byte[] proof = new byte[signature.length];
    for (int i = 0; i < proof.length; i++) {
      proof[i] = (byte) (clientKey[i] ^ signature[i]);
    }
    Base64.Encoder base64 = Base64.getEncoder();
    return new Proof(withoutProof + ",p=" + base64.encodeToString(proof),
        "v=" + base64.encodeToString(hmac(hmac(salted, "Server Key"), authMessage)));
  }

  private static TestClient open() throws IOException {
    return new TestClient(
        new SocketLink(SERVER.trusting().getSocketFactory().createSocket("localhost", SERVER.port("mqtts"))),
        Version.V5);
  }

  private static TestClient begun(String first) throws IOException {
    return open().send(Out.connect("scribe")
        .prop(Prop.AUTH_METHOD, METHOD)
        .prop(Prop.AUTH_DATA, Bytes.utf8("n,," + first)));
  }

  private static Out.Reason auth(int code, String data) {
    return Out.auth().code(code).prop(Prop.AUTH_METHOD, METHOD).prop(Prop.AUTH_DATA, Bytes.utf8(data));
  }

  private static String data(Props props) {
    return props.bytes(Prop.AUTH_DATA).orElseThrow().asUtf8();
  }

  @Test
  void provesBothSidesToEachOther() throws Exception {
    TestClient c = begun(FIRST);
    Proof proof = prove("pencil and paper", data(c.expect(In.Auth.class).props()));
    In.ConnAck ack = c.send(auth(0x18, proof.clientFinal())).expectAccepted();
    assertThat(data(ack.props())).isEqualTo(proof.serverFinal());
    c.subscribed("devices/scribe/#", 1).published(Out.publish("devices/scribe/note").payload("m"), 1);
    c.expectMessage("m");
  }

  @Test
  void refusesAWrongPassword() throws Exception {
    TestClient c = begun(FIRST);
    Proof proof = prove("pen and paper", data(c.expect(In.Auth.class).props()));
    c.send(auth(0x18, proof.clientFinal())).expectRefused(0x86, 0x87);
  }

  /// An answer that differs at once would tell strangers which devices there are.
  @Test
  void doesNotTellWhichDevicesThereAre() throws Exception {
    TestClient c = begun(FIRST.replace("scribe", "nobody"));
    Proof proof = prove("pencil and paper", data(c.expect(In.Auth.class).props()));
    c.send(auth(0x18, proof.clientFinal())).expectRefused(0x86, 0x87);
  }

  @Test
  void mayBeDoneAgainOnTheSameConnection() throws Exception {
    TestClient c = begun(FIRST);
    c.send(auth(0x18, prove("pencil and paper", data(c.expect(In.Auth.class).props())).clientFinal()))
        .expectAccepted();
    c.send(auth(0x19, "n,," + FIRST));
    Proof again = prove("pencil and paper", data(c.expect(In.Auth.class).props()));
    In.Auth done = c.send(auth(0x18, again.clientFinal())).expect(In.Auth.class);
    assertThat(done.code()).isZero();
    assertThat(data(done.props())).isEqualTo(again.serverFinal());
    c.send(auth(0x19, "n,," + FIRST));
    Proof wrong = prove("pen and paper", data(c.expect(In.Auth.class).props()));
    c.send(auth(0x18, wrong.clientFinal())).expectThrownOut(0x87);
  }
}
