package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

/// What decoding and encoding cost in memory, as the virtual machine counts it for this thread.
class AllocationTest {
  private static final int ROUNDS = 2_000;
  private static final int[] NO_IDS = new int[0];

  /// By reflection, since the room itself knows nothing of management.
  private static long allocated() throws ReflectiveOperationException {
    Object threads = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
    Method m = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
    return (Long) m.invoke(threads);
  }

  private static long bytesPerRound(Runnable work) throws ReflectiveOperationException {
    for (int i = 0; i < ROUNDS; i++) {
      work.run();
    }
    long before = allocated();
    for (int i = 0; i < ROUNDS; i++) {
      work.run();
    }
    return (allocated() - before) / ROUNDS;
  }

  private static long decoding(Version v, String octets) throws ReflectiveOperationException {
    Decoder d = Codecs.server(v);
    byte[] b = Octets.of(octets);
    return bytesPerRound(() -> d.decode(b, 0, b.length));
  }

  /// The packet, its payload twice (bytes and their holder) and the frame; the topic is known.
  @Test
  void decodesAMessageInFewBytes() throws ReflectiveOperationException {
    String payload = " '" + "x".repeat(16) + "' }";
    assertThat(decoding(Version.V3_1_1, "32 { ('a/b/c') 0001" + payload)).isLessThan(200);
    assertThat(decoding(Version.V5, "32 { ('a/b/c') 0001 {}" + payload)).isLessThan(200);
    assertThat(decoding(Version.V5, "30 { () {23 0001}" + payload)).isLessThan(200);
    assertThat(decoding(Version.V5, "30 { ('a/b/c') {02 00000005 23 0001}" + payload)).isLessThan(200);
  }

  @Test
  void waitsInFewBytes() throws ReflectiveOperationException {
    assertThat(decoding(Version.V5, "30 FFFF3F 0003 'a'")).isLessThan(200);
  }

  @Test
  void encodesForOneMoreReceiverInNone() throws ReflectiveOperationException {
    Message m = new Message(TopicName.of("a/b/c"), Bytes.utf8("payload"), QoS.AT_LEAST_ONCE, false,
        io.trivet.broker.MessageProperties.NONE, Message.NEVER, new ClientId("c"));
    ByteSink s = new ByteSink(256);
    int[] ids = {1, 300};
    assertThat(bytesPerRound(() -> {
      s.reset();
      PublishEncoding.of(m, true).write(s, QoS.AT_LEAST_ONCE, false, false, 7, ids, 3, false, 60);
      PublishEncoding.of(m, false).write(s, QoS.AT_MOST_ONCE, false, false, 0, NO_IDS, 0, false, -1);
    })).isZero();
  }

  /// A few bytes that promise much make nobody reserve it.
  @Test
  void reservesNothingThatIsOnlyPromised() throws ReflectiveOperationException {
    String[] promises = {
      "30 { ('a') FFFFFF7F }", // properties of 256 MB
      "30 { FFFF 'a' }", // a topic of 64 kB
      "30 { ('a') {26 FFFF 'n'} }", // a user property's name of 64 kB
      "30 { ('a') {09 FFFF} }", // correlation data of 64 kB
      "30 FFFFFF7F", // a packet of 256 MB
      "82 { 0001 {} FFFF 'a' }", // a filter of 64 kB
      "E0 { 00 { 1F FFFF 'x' } }" // a reason of 64 kB
    };
    for (String p : promises) {
      assertThat(decoding(Version.V5, p)).as(p).isLessThan(2_000);
    }
  }

  /// The costliest in small pieces: what is allocated stays in proportion to what was sent.
  @Test
  void staysInProportionToTheInput() throws ReflectiveOperationException {
    String users = "26 (61) ()".repeat(64);
    assertThat(decoding(Version.V5, "30 { ('a') {" + users + "} }")).isLessThan(64 * 200L);
    String filters = "('a') 00 ".repeat(256);
    assertThat(decoding(Version.V5, "82 { 0001 {} " + filters + "}")).isLessThan(256 * 500L);
    String levels = "('" + "/".repeat(31) + "') 00 ";
    assertThat(decoding(Version.V5, "82 { 0001 {} " + levels.repeat(256) + "}")).isLessThan(256 * 1_500L);
  }
}
