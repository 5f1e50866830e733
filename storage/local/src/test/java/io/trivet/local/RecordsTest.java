package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.InboxEntry;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.StoreOp;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.broker.Will;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// What was written by one version of the server is read by every later one: the records of `records-1.txt`, written and
/// read. Those layouts never change; a new one gets a new version.
@NullMarked
class RecordsTest {
  private static final String GOLDEN = "records-1.txt";

  /// A family, key and value.
  @SuppressWarnings("ArrayRecordComponent") // compared as hexadecimal
  private record Sample(Family family, byte[] key, byte[] value) {
    String line() {
      return family + " " + HexFormat.of().formatHex(key) + " " + HexFormat.of().formatHex(value);
    }
  }

  static Message full() {
    return new Message(TopicName.of("a/ß"), Bytes.hex("00ff10"), QoS.EXACTLY_ONCE, true,
        new MessageProperties(1, "text/plain", TopicName.of("answer"), Bytes.hex("0102"),
            List.of(new UserProperty("k", "v"), new UserProperty("k", ""))),
        1_800_000_000_000L, new ClientId("publisher"));
  }

  static Message plain() {
    return new Message(TopicName.of("t"), Bytes.utf8("payload"), QoS.AT_LEAST_ONCE, false, MessageProperties.NONE,
        Message.NEVER, new ClientId("p"));
  }

  private static Map<String, Sample> samples() {
    Records w = new Records();
    Map<String, Sample> all = new LinkedHashMap<>();
    byte[] session = Keys.number(258);
    byte[] entry = Keys.pair(258, 7);
    byte[] text = Keys.text(258, "$share/g/a/+");
    byte[] id = Keys.packetId(258, 65_535);
    InboxEntry said = new InboxEntry(258, QoS.AT_LEAST_ONCE, true, new int[] {1, 268_435_455}, "$share/g/a/+");
    InboxEntry bare = new InboxEntry(258, QoS.EXACTLY_ONCE, false, new int[0], "");
    all.put("group", new Sample(Family.META, Keys.GROUP, w.group(new Records.Group(1, 2, 258, 3, 400))));
    all.put("session", new Sample(Family.SESSIONS, session, w.session(session,
        new StoreOp.PutSession(258, new ClientId("client"), "device", 3_600, StoreOp.CONNECTED))));
    all.put("subscription", new Sample(Family.SUBSCRIPTIONS, text, w.subscription(text, new StoreOp.PutSubscription(
        258, SubscriptionFilter.of("$share/g/a/+"), QoS.EXACTLY_ONCE, true, true, 300))));
    all.put("received", new Sample(Family.RECEIVED, id, w.mark(id)));
    all.put("will", new Sample(Family.WILLS, session, w.will(session,
        new StoreOp.PutWill(258, new Will(plain(), 30, -1), 1_700_000_000_000L))));
    byte[] topic = Keys.text(full().topic().utf8());
    all.put("retained", new Sample(Family.RETAINED, topic, w.retained(topic, full(), 9)));
    all.put("inline", new Sample(Family.INBOXES, entry, w.inbox(entry, said, full(), 1_000, -1)));
    all.put("reference", new Sample(Family.INBOXES, entry, w.inbox(entry, bare, plain(), 1_000, 77)));
    all.put("head", new Sample(Family.HEADS, session, w.count(session, 300)));
    byte[] at = Keys.number(77);
    all.put("shared", new Sample(Family.MESSAGES, at, w.shared(at, plain(), 3)));
    all.put("references", new Sample(Family.REFERENCES, at, w.count(at, 2)));
    all.put("released", new Sample(Family.RELEASED, entry, w.mark(entry)));
    byte[] due = Keys.triple(1_800_000_000_000L, 258, 7);
    all.put("expiry", new Sample(Family.EXPIRIES, due, w.mark(due)));
    all.put("doomed", new Sample(Family.DOOMED, session, w.mark(session)));
    return all;
  }

  private static Map<String, Sample> golden() throws IOException {
    Map<String, Sample> all = new LinkedHashMap<>();
    try (InputStream in = RecordsTest.class.getResourceAsStream(GOLDEN)) {
      if (in == null) {
        throw new AssertionError(GOLDEN + " is missing");
      }
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] f = line.split(" ", -1);
          HexFormat hex = HexFormat.of();
          all.put(f[0], new Sample(Family.valueOf(f[1]), hex.parseHex(f[2]), hex.parseHex(f[3])));
        }
      }
    }
    return all;
  }

  private static Map<String, String> lines(Map<String, Sample> of) {
    Map<String, String> lines = new TreeMap<>();
    of.forEach((name, s) -> lines.put(name, s.line()));
    return lines;
  }

  private static Sample of(String name) throws IOException {
    Sample s = golden().get(name);
    if (s == null) {
      throw new AssertionError(name);
    }
    return s;
  }

  @Test
  void writesEveryRecordAsItStandsInTheGoldenFile() throws IOException {
    assertThat(lines(samples())).isEqualTo(lines(golden()));
  }

  /// Decoded and written again, a record is the same bytes: so nothing of it was misread or left out.
  static byte[] again(Family family, byte[] key, byte[] value) throws IOException {
    Records w = new Records();
    return switch (family) {
      case META -> w.group(Records.group(value));
      case SESSIONS -> w.session(key, Records.session(key, value));
      case SUBSCRIPTIONS -> w.subscription(key, Records.subscription(key, value));
      case RECEIVED -> {
        StoreOp.PutReceived r = Records.received(key, value);
        assertThat(Keys.packetId(r.session(), r.packetId())).isEqualTo(key);
        yield w.mark(key);
      }
      case WILLS -> w.will(key, Records.will(key, value));
      case RETAINED -> {
        Records.RetainedMessage r = Records.retained(key, value);
        yield w.retained(key, r.message(), r.number());
      }
      case INBOXES -> {
        Records.InboxRecord r = Records.inbox(key, value);
        // Where the message stands elsewhere, only its weight and expiry are in the entry.
        yield r.message().isPresent() ? w.inbox(key, r.entry(), r.message().get(), r.appended(), -1) : value;
      }
      case MESSAGES -> {
        Records.SharedMessage m = Records.shared(key, value);
        yield w.shared(key, m.message(), (int) m.inboxes());
      }
      case HEADS, REFERENCES -> w.count(key, Records.count(family, key, value));
      case RELEASED, EXPIRIES, DOOMED -> {
        Records.mark(family, key, value);
        yield w.mark(key);
      }
    };
  }

  @Test
  void readsEveryRecordOfTheGoldenFile() throws IOException {
    for (Map.Entry<String, Sample> e : golden().entrySet()) {
      Sample s = e.getValue();
      assertThat(again(s.family, s.key, s.value)).as(e.getKey()).isEqualTo(s.value);
    }
    Records.InboxRecord reference = Records.inbox(of("reference").key, of("reference").value);
    assertThat(reference.position()).isEqualTo(77);
    assertThat(reference.weight()).isEqualTo(plain().weight());
    assertThat(reference.expiresAtMillis()).isEqualTo(Message.NEVER);
    assertThat(reference.appended()).isEqualTo(1_000);
    Records.InboxRecord inline = Records.inbox(of("inline").key, of("inline").value);
    assertThat(inline.entry().share()).isEqualTo("$share/g/a/+");
    assertThat(inline.entry().ids()).containsExactly(1, 268_435_455);
    assertThat(inline.message().orElseThrow().properties().userProperties())
        .isEqualTo(full().properties().userProperties());
    assertThat(inline.weight()).isEqualTo(inline.message().orElseThrow().weight());
  }

  @Test
  void findsEveryFlippedBitInKeyAndValue() throws IOException {
    for (Sample s : golden().values()) {
      for (int bit = 0; bit < s.value.length * 8; bit++) {
        byte[] value = s.value.clone();
        value[bit / 8] ^= (byte) (1 << bit % 8);
        assertThatThrownBy(() -> again(s.family, s.key, value)).isInstanceOf(DamagedRecord.class)
            .hasMessageContaining("is damaged");
      }
      if (s.family != Family.META) {
        byte[] key = s.key.clone();
        key[0] ^= 1;
        assertThatThrownBy(() -> again(s.family, key, s.value)).isInstanceOf(DamagedRecord.class);
      }
    }
  }

  @Test
  void findsEveryShortenedRecord() throws IOException {
    for (Sample s : golden().values()) {
      for (int length = 0; length < s.value.length; length++) {
        byte[] value = Arrays.copyOf(s.value, length);
        assertThatThrownBy(() -> again(s.family, s.key, value)).isInstanceOf(DamagedRecord.class);
      }
    }
  }

  @Test
  void namesFamilyAndKeyOfADamagedRecord() throws IOException {
    Sample s = of("references");
    assertThatThrownBy(() -> Records.count(s.family, s.key, new byte[9]))
        .hasMessageContaining("references/000000000000004d").hasMessageContaining("checksum");
  }

  /// The golden records as the fuzz test takes them: family, length of the key, key, and the value without its checksum.
  static List<byte[]> fuzzSeeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (Sample s : golden().values()) {
      byte[] seed = new byte[2 + s.key.length + s.value.length - 4];
      seed[0] = (byte) List.of(Family.values()).indexOf(s.family);
      seed[1] = (byte) s.key.length;
      System.arraycopy(s.key, 0, seed, 2, s.key.length);
      System.arraycopy(s.value, 0, seed, 2 + s.key.length, s.value.length - 4);
      seeds.add(seed);
    }
    return seeds;
  }

  /// Prints what belongs in the golden file, for a layout that gets its first version.
  public static void main(String[] args) {
    samples().forEach((name, s) -> System.out.println(name + " " + s.line()));
  }
}
