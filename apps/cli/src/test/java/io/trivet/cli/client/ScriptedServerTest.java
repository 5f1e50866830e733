package io.trivet.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.SubscribeRequest.RetainHandling;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicName;
import io.trivet.mqtt.codec.Publish;
import io.trivet.mqtt.codec.Subscription;
import io.trivet.mqtt.codec.Version;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The client before a server that does what no good server does. Each script is a ladder: `<` what the client has to
/// send next, `>` what it is then sent, in hexadecimal; `|` closes.
@NullMarked
class ScriptedServerTest {
  private static final String CONNECT = "< 10";
  private static final String ACCEPT = "> 20 03 00 00 00";

  private ServerSocket listener = unopened();
  private CompletableFuture<Void> script = new CompletableFuture<>();
  private final List<Publish> came = new ArrayList<>();

  private static ServerSocket unopened() {
    try {
      return new ServerSocket();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeEach
  void listen() throws IOException {
    listener.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  /// Plays the lines to one connection, then stays open until the client closes.
  private void play(String... lines) {
    script = CompletableFuture.runAsync(() -> {
      try (Socket s = listener.accept()) {
        s.setSoTimeout(10_000);
        InputStream in = s.getInputStream();
        for (String line : lines) {
          switch (line.charAt(0)) {
            case '<' -> expect(in, line);
            case '>' -> s.getOutputStream().write(Bytes.hex(line.substring(1)).toArray());
            default -> {
              return;
            }
          }
        }
        in.transferTo(java.io.OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
  }

  /// One packet of fewer than 128 bytes; compared with as many bytes as the script names.
  private static void expect(InputStream in, String line) throws IOException {
    byte[] wanted = Bytes.hex(line.substring(1)).toArray();
    byte[] header = in.readNBytes(2);
    byte[] body = header.length < 2 ? header : in.readNBytes(header[1]);
    byte[] packet = new byte[header.length + body.length];
    System.arraycopy(header, 0, packet, 0, header.length);
    System.arraycopy(body, 0, packet, header.length, body.length);
    assertThat(packet).as(line).startsWith(wanted);
  }

  private void assertPlayed() throws InterruptedException, ExecutionException, TimeoutException {
    script.get(10, TimeUnit.SECONDS);
  }

  private MqttClient connect(int keepAlive) throws IOException {
    return MqttClient.connect(
        new Endpoint(Transport.TCP, "127.0.0.1", listener.getLocalPort(), ""), Protection.NONE,
        new ClientSettings(Version.V5, "c", true, keepAlive, Optional.empty(), Optional.empty(), false,
            Optional.empty(), 0, 20, List.of(), Duration.ofSeconds(2)),
        m -> {
          synchronized (came) {
            came.add(m);
          }
          return true;
        });
  }

  private static Publish message(QoS qos, boolean retain, int bytes) {
    return new Publish(TopicName.of("t"), Bytes.wrap(new byte[bytes]), qos, false, retain, 0, 0, -1,
        MessageProperties.NONE, new int[0]);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
      > 20 03 01 00 00                      ; found a session where a new one was asked for
      > 20 03 00 87 00                      ; refused the connection: not authorized (0x87)
      > 20 0A 00 89 07 1F 0004 6C617465     ; refused the connection: server busy (0x89): late
      > 20 07 00 9C 04 1F 0001 1B           ; use another server (0x9C): \\u001b
      > 20 03 00 7F 00                      ; what is no MQTT
      > 48 54 54 50                         ; what is no MQTT
      > D0 00                               ; PingResp before it accepted the connection
      > F0 02 18 00                         ; an AUTH that nobody asked for
      > E0 02 8B 00                         ; server shutting down (0x8B)
      |                                     ; closed the connection without an answer to CONNECT
      """)
  void saysWhyItWasNotAccepted(String answer, String why) {
    play(CONNECT, answer);
    assertThatThrownBy(() -> connect(0)).isInstanceOf(ClientFailure.class).hasMessageContaining(why);
  }

  @Test
  void waitsNoLongerThanItsPatience() {
    play(CONNECT);
    long began = System.nanoTime();
    assertThatThrownBy(() -> connect(0)).hasMessageContaining("no answer to CONNECT in 2 s");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8));
  }

  /// Method B of MQTT 5.0, section 4.3.3: the second PUBLISH is a repetition until PUBREL, and a new message after it.
  @Test
  void takesAMessageOfQoS2Once() throws Exception {
    play(CONNECT, ACCEPT, "> 34 07 0001 74 0007 00 61", "< 50 02 0007", "> 3C 07 0001 74 0007 00 61", "< 50 02 0007",
        "> 62 02 0007", "< 70 02 0007", "> 34 07 0001 74 0007 00 62", "< 50 02 0007", "> 62 02 0007", "< 70 02 0007");
    try (MqttClient _ = connect(0)) {
      for (int i = 0; i < 200 && count() < 2; i++) {
        Thread.sleep(10);
      }
    }
    assertPlayed();
    synchronized (came) {
      assertThat(came).extracting(m -> m.payload().asUtf8()).containsExactly("a", "b");
    }
  }

  private int count() {
    synchronized (came) {
      return came.size();
    }
  }

  @Test
  void completesAMessageOfQoS2() throws Exception {
    play(CONNECT, ACCEPT, "< 34 06 0001 74 0001 00", "> 50 02 0001", "< 62 02 0001", "> 70 02 0001", "< E0 00");
    try (MqttClient c = connect(0)) {
      c.publish(message(QoS.EXACTLY_ONCE, false, 0));
      c.flush();
    }
    assertPlayed();
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
      2 ; > 50 03 0001 97                     ; refused the message to t: quota exceeded (0x97)
      1 ; > 40 08 0001 87 04 1F 0001 78       ; refused the message to t: not authorized (0x87): x
      1 ; > 40 02 0005                        ; acknowledged 5, which is not under way
      1 ; > 70 02 0001                        ; acknowledged 1, which is not under way
      1 ; > E0 02 8E 00                       ; session taken over (0x8E)
      1 ; > 30 06 0000 03 23 0001             ; a topic alias
      1 ; > C0 00                             ; what is no MQTT
      1 ; |                                   ; closed the connection
      """)
  void saysWhyAMessageWasNotTaken(int qos, String answer, String why) throws IOException {
    play(CONNECT, ACCEPT, "< 3" + qos * 2 + " 06", answer);
    try (MqttClient c = connect(0)) {
      assertThatThrownBy(() -> {
        c.publish(message(QoS.of(qos), false, 0));
        c.flush();
      }).isInstanceOf(ClientFailure.class).hasMessageContaining(why);
    }
  }

  @Test
  void waitsForAnAcknowledgementNoLongerThanItsPatience() throws IOException {
    play(CONNECT, ACCEPT);
    try (MqttClient c = connect(0)) {
      c.publish(message(QoS.AT_LEAST_ONCE, false, 0));
      assertThatThrownBy(c::flush).hasMessage("the acknowledgement of 1 messages did not come in 2 s");
    }
  }

  /// CONNACK: receive maximum 1, maximum QoS 1, no retained messages, packets of 40 bytes at most.
  @Test
  void holdsToWhatTheServerTakes() throws Exception {
    play(CONNECT, "> 20 0F 00 00 0C 21 0001 24 01 25 00 27 00000028", "< 32 06", "> 40 02 0001", "< 32 06",
        "> 40 02 0002", "< E0 00");
    try (MqttClient c = connect(0)) {
      assertThatThrownBy(() -> c.publish(message(QoS.EXACTLY_ONCE, false, 0))).hasMessageContaining("QoS 1 at most");
      assertThatThrownBy(() -> c.publish(message(QoS.AT_MOST_ONCE, true, 0))).hasMessageContaining("no retained");
      assertThatThrownBy(() -> c.publish(message(QoS.AT_MOST_ONCE, false, 50))).hasMessageContaining("40 bytes");
      c.publish(message(QoS.AT_LEAST_ONCE, false, 0));
      c.publish(message(QoS.AT_LEAST_ONCE, false, 0)); // only once the first was acknowledged
      c.flush();
    }
    assertPlayed();
  }

  /// The server's keep alive of 1 second in place of the client's of 600.
  @Test
  void pingsAndNoticesSilence() throws Exception {
    play(CONNECT, "> 20 06 00 00 03 13 0001", "< C0 00", "> D0 00", "< C0 00");
    try (MqttClient c = connect(600)) {
      assertThatThrownBy(() -> c.awaitEnd(Duration.ofSeconds(9)))
          .isInstanceOf(ClientFailure.class).hasMessage("nothing came from the server in 1 s");
    }
    assertPlayed();
  }

  @Test
  void wantsAnAnswerForEachSubscription() throws IOException {
    Subscription s = new Subscription(
        "a", Parsed.valid(SubscriptionFilter.of("a")), QoS.AT_MOST_ONCE, false, false, RetainHandling.SEND);
    play(CONNECT, ACCEPT, "< 82", "> 90 04 0001 00 00");
    try (MqttClient c = connect(0)) {
      assertThatThrownBy(() -> c.subscribe(List.of(s, s), 0)).hasMessage("the server answered 1 of 2 subscriptions");
    }
  }
}
