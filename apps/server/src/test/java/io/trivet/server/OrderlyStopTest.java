package io.trivet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.server.config.Option;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an orderly stop tells the clients and leaves in the store.
@NullMarked
class OrderlyStopTest {
  private static final int CLIENTS = 300;
  private static final int WILL_DELAY_SECONDS = 4;
  private static final int CONNACK = 2;
  private static final int PUBLISH = 3;
  private static final int SUBACK = 9;
  private static final int DISCONNECT = 14;
  private static final int SERVER_SHUTTING_DOWN = 0x8B;

  @TempDir Path dir;

  private record Packet(int type, byte[] body) {}

  /// As much of MQTT 5.0 as this takes.
  private record Client(Socket socket, DataInputStream in) {
    static Client connect(TrivetServer s, String id, byte[] will) throws IOException {
      int port = s.report().listening().stream().filter(l -> l.kind().equals("plaintext")).findFirst().orElseThrow()
          .address().getPort();
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(15_000);
      Client c = new Client(socket, new DataInputStream(socket.getInputStream()));
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      text(body, "MQTT");
      body.write(5);
      body.write(will.length == 0 ? 0 : 0b0000_1100); // a will of QoS 1; the session is resumed
      body.writeBytes(new byte[] {0, 60, 5, 0x11, 0, 0, 14, 16}); // keep alive 60 s, session expiry 3600 s
      text(body, id);
      body.writeBytes(will);
      c.send(0x10, body.toByteArray());
      Packet answer = c.read();
      assertThat(answer.type()).isEqualTo(CONNACK);
      assertThat(answer.body()[1]).isZero();
      return c;
    }

    static byte[] will(String topic, int delaySeconds) {
      ByteArrayOutputStream w = new ByteArrayOutputStream();
      w.writeBytes(new byte[] {5, 0x18, 0, 0, 0, (byte) delaySeconds});
      text(w, topic);
      text(w, "gone");
      return w.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String s) {
      byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
      out.write(bytes.length >> 8);
      out.write(bytes.length);
      out.writeBytes(bytes);
    }

    void send(int first, byte[] body) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(first);
      assertThat(body.length).isLessThan(128);
      out.write(body.length);
      out.writeBytes(body);
      socket.getOutputStream().write(out.toByteArray());
    }

    void subscribe(String filter) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.writeBytes(new byte[] {0, 1, 0});
      text(body, filter);
      body.write(1);
      send(0x82, body.toByteArray());
      assertThat(read().type()).isEqualTo(SUBACK);
    }

    Packet read() throws IOException {
      int first = in.readUnsignedByte();
      int length = in.readUnsignedByte();
      assertThat(length).isLessThan(128);
      return new Packet(first >> 4, in.readNBytes(length));
    }

    /// The topic of the next message, which is acknowledged.
    String message() throws IOException {
      Packet p = read();
      assertThat(p.type()).isEqualTo(PUBLISH);
      int length = (p.body()[0] & 0xFF) << 8 | p.body()[1] & 0xFF;
      send(0x40, new byte[] {p.body()[2 + length], p.body()[3 + length]});
      return new String(p.body(), 2, length, StandardCharsets.UTF_8);
    }
  }

  private TrivetServer start() throws IOException {
    Path rules = Files.writeString(dir.resolve("rules.yaml"), """
        version: 1
        rules:
          - allow: [publish, subscribe]
            topic: "w/#"
            anonymous: true
        """);
    return TrivetServer.start(ServerSetup.in(dir.resolve("data"))
        .with(Option.LISTEN_MQTTS, "127.0.0.1:0")
        .with(Option.INSECURE_PLAINTEXT, "127.0.0.1:0")
        .with(Option.INSECURE_ANONYMOUS, "true")
        .with(Option.CONNECTIONS_PER_ADDRESS, "1000")
        .with(Option.ACCEPT_RATE, "1000")
        .with(Option.ACCEPT_BURST, "1000")
        .with(Option.RULES, rules.toString()));
  }

  private static Set<String> topics(String of) {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < CLIENTS; i++) {
      all.add("w/" + of + "/" + i);
    }
    return all;
  }

  private static Set<String> read(Client c) throws IOException {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < CLIENTS; i++) {
      all.add(c.message());
    }
    return all;
  }

  @Test
  void tellsEveryClientAndKeepsItsWillWhetherDueAtOnceOrLater() throws IOException {
    List<Client> clients = new ArrayList<>();
    long began;
    try (TrivetServer s = start()) {
      Client watcher = Client.connect(s, "watcher", new byte[0]);
      watcher.subscribe("w/#");
      clients.add(watcher);
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Client.connect(s, "now-" + i, Client.will("w/now/" + i, 0)));
        clients.add(Client.connect(s, "later-" + i, Client.will("w/later/" + i, WILL_DELAY_SECONDS)));
      }
      watcher.socket().close(); // its messages wait for it
      began = System.nanoTime();
    }
    assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(5));
    for (Client c : clients.subList(1, clients.size())) {
      Packet last = c.read();
      assertThat(last.type()).isEqualTo(DISCONNECT);
      assertThat(last.body()[0] & 0xFF).isEqualTo(SERVER_SHUTTING_DOWN);
      c.socket().close();
    }
    try (TrivetServer s = start()) {
      assertThat(s.report().listening()).hasSize(2);
      Client watcher = Client.connect(s, "watcher", new byte[0]);
      assertThat(read(watcher)).isEqualTo(topics("now"));
      assertThat(read(watcher)).isEqualTo(topics("later"));
      assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.SECONDS.toNanos(WILL_DELAY_SECONDS - 1));
      watcher.socket().close();
    }
  }
}
