package io.trivet.smqtt;

import static io.trivet.smqtt.Ward.TOPIC;
import static io.trivet.smqtt.Ward.give;
import static io.trivet.smqtt.Ward.payload;
import static io.trivet.smqtt.Ward.sealed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationTest {
  private final Ward ward = new Ward();

  private static void refused(Opened opened, Refusal reason) {
    assertThat(opened).isInstanceOfSatisfying(Opened.Refused.class, r -> assertThat(r.reason()).isEqualTo(reason));
  }

  private static void refused(HeaderTaken taken, Refusal reason) {
    assertThat(taken).isInstanceOfSatisfying(HeaderTaken.Refused.class, r -> assertThat(r.reason()).isEqualTo(reason));
  }

  private static Opened.Message message(Opened opened) {
    assertThat(opened).isInstanceOf(Opened.Message.class);
    return (Opened.Message) opened;
  }

  @ParameterizedTest
  @CsvSource({
    "AES_128_GCM,COSE,PER_HEADER,36", "AES_128_GCM,COMPACT,PER_HEADER,24", "CHACHA20_POLY1305,COSE,PER_HEADER,37",
    "CHACHA20_POLY1305,COMPACT,PER_HEADER,24", "AES_128_GCM,COSE,PER_MESSAGE,111", "AES_128_GCM,COMPACT,PER_MESSAGE,99"})
  void opensWhatWasSealedWithinTheBytesPromised(Algorithm a, Form f, Signing s, int overheadMax) {
    Sealer sealer = ward.sealer(Ward.options().algorithm(a).form(f).signing(s));
    Opener opener = ward.opener();
    for (int n : new int[] {0, 1, 7, 8, 64, 239, 240, 1024}) {
      Sealing.Sealed one = sealed(sealer, TOPIC, payload(n));
      Opened.Message m = message(give(opener, one));
      assertThat(m.payload()).isEqualTo(Bytes.wrap(payload(n)));
      assertThat(m.signed()).isEqualTo(s == Signing.PER_MESSAGE);
      assertThat(m.sender()).isEqualTo("pump-1");
      assertThat(one.message().payload().length() - n).isLessThanOrEqualTo(overheadMax + (n < 240 ? 0 : 1));
    }
    assertThat(ward.decapsulated).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({"COSE,PER_HEADER", "COMPACT,PER_HEADER", "COSE,PER_MESSAGE", "COMPACT,PER_MESSAGE"})
  void refusesEveryAlteredByteOfAMessage(Form f, Signing s) {
    Sealer sealer = ward.sealer(Ward.options().form(f).signing(s));
    Opener opener = ward.opener();
    Sealing.Sealed one = sealed(sealer, TOPIC, payload(20));
    give(opener, one.header().orElseThrow());
    byte[] bytes = one.message().payload().toArray();
    for (int i = 0; i < bytes.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] altered = bytes.clone();
        altered[i] ^= (byte) (1 << bit);
        assertThat(opener.open(TOPIC, altered)).as("byte %d bit %d", i, bit).isNotInstanceOf(Opened.Message.class);
      }
    }
    message(opener.open(TOPIC, bytes));
  }

  @Test
  void refusesEveryAlteredByteOfAHeaderBeforeItsCiphertextIsTouched() {
    Opener opener = ward.opener();
    Publication header = sealed(ward.sealer(), TOPIC, payload(1)).header().orElseThrow();
    byte[] bytes = header.payload().toArray();
    for (int i = 0; i < bytes.length; i++) {
      byte[] altered = bytes.clone();
      altered[i] ^= 1;
      assertThat(opener.header(header.topic(), altered)).as("byte %d", i).isInstanceOf(HeaderTaken.Refused.class);
    }
    assertThat(ward.decapsulated).hasValue(0);
    assertThat(give(opener, header)).isInstanceOf(HeaderTaken.Accepted.class);
  }

  @Test
  void bindsTopicAndProperties() {
    Sealer sealer = ward.sealer();
    Opener opener = ward.opener();
    Properties given = new Properties(Optional.of("text/plain"), Optional.of("r"), Optional.of(Bytes.hex("01")));
    Sealing.Sealed s = (Sealing.Sealed) sealer.seal(TOPIC, payload(3), given);
    give(opener, s.header().orElseThrow());
    byte[] bytes = s.message().payload().toArray();
    refused(opener.open("ward/7/other", bytes, given), Refusal.ALTERED);
    refused(opener.open("ward/8/pulse", bytes, given), Refusal.OUT_OF_SCOPE);
    refused(opener.open(TOPIC, bytes), Refusal.ALTERED);
    refused(opener.open(TOPIC, bytes,
        new Properties(Optional.of("text/plain"), Optional.of("x"), Optional.of(Bytes.hex("01")))), Refusal.ALTERED);
    message(opener.open(TOPIC, bytes, given));
  }

  @Test
  void takesReorderedMessagesOnceAndFlagsTheNewestThatComesAgain() {
    Sealer sealer = ward.sealer();
    Opener opener = ward.opener();
    List<Sealing.Sealed> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(sealed(sealer, TOPIC, payload(i)));
    }
    give(opener, all.getFirst().header().orElseThrow());
    for (Sealing.Sealed s : all.reversed()) {
      assertThat(message(give(opener, s)).repeat()).isFalse();
    }
    assertThat(message(give(opener, all.getLast())).repeat()).isTrue();
    refused(give(opener, all.get(7)), Refusal.REPLAYED);
  }

  @Test
  void takesWhatWasRetainedForAQuietTopicThoughNewerMessagesCameFirst() {
    Sealer sealer = ward.sealer();
    Opener opener = ward.opener();
    Sealing.Sealed quiet = sealed(sealer, "ward/7/name", payload(4));
    give(opener, quiet.header().orElseThrow());
    Sealing.Sealed early = sealed(sealer, TOPIC, payload(4));
    for (int i = 0; i < 2 * ReplayWindow.SIZE; i++) {
      message(give(opener, sealed(sealer, TOPIC, payload(1))));
    }
    refused(give(opener, early), Refusal.TOO_OLD);
    assertThat(message(give(opener, quiet)).repeat()).isFalse();
    assertThat(message(give(opener, quiet)).repeat()).isTrue();
  }

  @Test
  void letsMessagesWaitForTheirHeaderWithinBounds() {
    OpenerOptions two = new OpenerOptions(8, 8, 8, 2, 1 << 20, Duration.ofSeconds(5), Duration.ofSeconds(60));
    Opener opener = ward.opener("nurse", two, ReaderState.fresh());
    Sealer sealer = ward.sealer();
    Sealing.Sealed first = sealed(sealer, TOPIC, payload(1));
    byte[] bytes = first.message().payload().toArray();
    assertThat(opener.open(TOPIC, bytes)).isInstanceOf(Opened.Waiting.class);
    assertThat(opener.open(TOPIC, sealed(sealer, TOPIC, payload(2)).message().payload().toArray()))
        .isInstanceOf(Opened.Waiting.class);
    refused(opener.open(TOPIC, bytes), Refusal.WAITING_FULL);
    assertThat(opener.late()).isEmpty();
    give(opener, first.header().orElseThrow());
    assertThat(opener.late()).hasSize(2).allMatch(Opened.Message.class::isInstance);
    sealer.rotate();
    opener.open(TOPIC, sealed(sealer, TOPIC, payload(3)).message().payload().toArray());
    ward.millis += 5_000;
    assertThat(opener.late()).singleElement().satisfies(o -> refused(o, Refusal.UNKNOWN_KEY));
  }

  @Test
  void namesWhatIsWrongAtTheEdgesOfTimeAndEpoch() {
    Sealer sealer = ward.sealer();
    Sealing.Sealed s = sealed(sealer, TOPIC, payload(1));
    Publication header = s.header().orElseThrow();
    ward.millis -= 60_000;
    assertThat(give(ward.opener(), header)).isInstanceOf(HeaderTaken.Accepted.class);
    ward.millis -= 1_000;
    refused(give(ward.opener(), header), Refusal.NOT_YET_VALID);
    ward.millis += 61_000 + 86_400_000L + 60_000;
    Opener opener = ward.opener();
    assertThat(give(opener, header)).isInstanceOf(HeaderTaken.Accepted.class);
    ward.millis += 1_000;
    refused(give(ward.opener(), header), Refusal.EXPIRED);
    refused(give(opener, s), Refusal.EXPIRED);
    ward.millis = 1_800_000_000_000L;
    opener.epochFloor(1);
    refused(give(opener, s), Refusal.EPOCH_OVER);
    refused(give(ward.opener("doctor", OpenerOptions.DEFAULT, ReaderState.fresh()), s), Refusal.NOT_FOR_THIS_KEY);
  }

  @Test
  void shutsOutAReaderFromTheNextEpoch() {
    Sealer sealer = ward.sealer(SealerOptions.of("nurse@1", "ward/#").epoch(1));
    Opener revoked = ward.opener("nurse@1", OpenerOptions.DEFAULT, ReaderState.fresh());
    message(give(revoked, sealed(sealer, TOPIC, payload(1))));
    sealer.use(SealerOptions.of("nurse@2", "ward/#").epoch(2));
    Sealing.Sealed next = sealed(sealer, TOPIC, payload(2));
    refused(give(revoked, next), Refusal.NOT_FOR_THIS_KEY);
    refused(give(revoked, next.header().orElseThrow()), Refusal.NOT_FOR_THIS_KEY);
    revoked.use(ward.reader("nurse@2"));
    message(give(revoked, next));
  }

  @Test
  void keepsWhatItHasTakenOverARestart() {
    Sealer sealer = ward.sealer();
    Opener before = ward.opener();
    Sealing.Sealed one = sealed(sealer, TOPIC, payload(1));
    Sealing.Sealed two = sealed(sealer, TOPIC, payload(2));
    Sealing.Sealed three = sealed(sealer, TOPIC, payload(3));
    give(before, one);
    give(before, two);
    before.epochFloor(0);
    Opener after = ward.opener("nurse", OpenerOptions.DEFAULT, ReaderState.decode(before.state()).orThrow());
    refused(give(after, one), Refusal.REPLAYED);
    assertThat(message(give(after, two)).repeat()).isTrue();
    message(give(after, three));
    assertThat(ReaderState.decode(after.state()).orThrow().windows()).hasSize(1);
    Opener idle = ward.opener("nurse", OpenerOptions.DEFAULT, ReaderState.decode(after.state()).orThrow());
    ward.millis += 2 * 86_400_000L;
    assertThat(ReaderState.decode(idle.state()).orThrow().windows()).isEmpty();
  }

  @Test
  void makesAFreshHeaderAtEveryStartSoThatNoNonceComesTwice() {
    Set<Bytes> seen = new HashSet<>();
    Opener opener = ward.opener();
    for (int start = 0; start < 5; start++) {
      Sealing.Sealed s = sealed(ward.sealer(), TOPIC, payload(9));
      assertThat(message(give(opener, s)).counter()).isZero();
      assertThat(seen.add(s.message().payload())).isTrue();
    }
  }

  @Test
  void rotatesUnderLoadWithoutLosingAMessage() throws InterruptedException {
    Sealer sealer = ward.sealer(Ward.options().rotation(100, Duration.ofHours(1), Duration.ofDays(1)));
    Opener opener = ward.opener("nurse", new OpenerOptions(1024, 1024, 64, 256, 1 << 20, Duration.ofSeconds(5),
        Duration.ofSeconds(60)), ReaderState.fresh());
    ConcurrentLinkedQueue<Opened> results = new ConcurrentLinkedQueue<>();
    Runnable publisher = () -> {
      for (int i = 0; i < 2_000; i++) {
        Sealing.Sealed s = (Sealing.Sealed) sealer.seal(TOPIC, payload(8));
        s.header().ifPresent(h -> {
          give(opener, h);
          sealer.published(h);
        });
        Opened opened = opener.open(TOPIC, s.message().payload().toArray());
        // The other thread's header may be at its decapsulation: then the message comes out late.
        if (!(opened instanceof Opened.Waiting)) {
          results.add(opened);
        }
      }
    };
    Thread a = Thread.ofPlatform().start(publisher);
    Thread b = Thread.ofPlatform().start(publisher);
    a.join(60_000);
    b.join(60_000);
    results.addAll(opener.late());
    assertThat(results).hasSize(4_000).allMatch(Opened.Message.class::isInstance);
    assertThat(ward.encapsulated.get()).isEqualTo(40);
  }

  @Test
  void boundsAFloodOfHeaders() {
    OpenerOptions small = new OpenerOptions(8, 4, 4, 4, 1000, Duration.ofSeconds(5), Duration.ofSeconds(60));
    Opener opener = ward.opener("nurse", small, ReaderState.fresh());
    Sealing.Sealed first = sealed(ward.sealer(), TOPIC, payload(1));
    message(give(opener, first));
    for (int i = 0; i < 20; i++) {
      ward.millis += 1000;
      give(opener, sealed(ward.sealer(), TOPIC, payload(1)));
    }
    refused(give(opener, first.header().orElseThrow()), Refusal.KEY_RETIRED);
    refused(opener.header("smqtt/keys/x/y", new byte[KeyHeader.BYTES_MAX + 1]), Refusal.TOO_LARGE);
    int before = ward.decapsulated.get();
    SenderKey stranger = Ward.senderKey("stranger", 9);
    Sealer foreign = new Sealer(ward.encapsulator(), Ward.AUTHORITY, stranger, Ward.options(), ward);
    refused(give(opener, sealed(foreign, TOPIC, payload(1)).header().orElseThrow()), Refusal.UNKNOWN_SENDER);
    Sealer elsewhere = new Sealer(ward.encapsulator(), Bytes.wrap(new byte[16]), ward.pump, Ward.options(), ward);
    refused(give(opener, sealed(elsewhere, TOPIC, payload(1)).header().orElseThrow()), Refusal.UNKNOWN_AUTHORITY);
    assertThat(ward.decapsulated.get()).isEqualTo(before);
    refused(opener.header("smqtt/keys/other/00", first.header().orElseThrow().payload().toArray()),
        Refusal.SENDER_MISMATCH);
  }

  @Test
  void tellsTheBrokerWhatIsSealed() {
    EnvelopeCheck check = new EnvelopeCheck(Map.of(Ward.AUTHORITY, 0L), Senders.of(ward.pump.identity()), 100);
    long now = ward.millis / 1000;
    Sealing.Sealed s = sealed(ward.sealer(), TOPIC, payload(5));
    Publication header = s.header().orElseThrow();
    byte[] bytes = s.message().payload().toArray();
    assertThat(check.check(TOPIC, bytes, now)).isEqualTo(new Checked.Refused(Refusal.UNKNOWN_KEY));
    assertThat(check.check(header.topic(), header.payload().toArray(), now)).isEqualTo(new Checked.Header("pump-1"));
    assertThat(check.check(TOPIC, bytes, now)).isEqualTo(new Checked.Message("pump-1"));
    assertThat(check.check(TOPIC, payload(9), now)).isEqualTo(new Checked.Refused(Refusal.NOT_SEALED));
    assertThat(check.check("ward/8", bytes, now)).isEqualTo(new Checked.Refused(Refusal.OUT_OF_SCOPE));
    assertThat(check.check(TOPIC, bytes, now + 90_000)).isEqualTo(new Checked.Refused(Refusal.EXPIRED));
    check.epochFloor(Ward.AUTHORITY, 3);
    assertThat(check.check(TOPIC, bytes, now)).isEqualTo(new Checked.Refused(Refusal.EPOCH_OVER));
  }

  @Test
  void refusesToSealOutsideItsScope() {
    assertThat(ward.sealer().seal("x", payload(1))).isInstanceOfSatisfying(
        Sealing.Refused.class, r -> assertThat(r.reason()).isEqualTo(Refusal.OUT_OF_SCOPE));
    assertThatThrownBy(() -> Smqtt.of(ward.sealer()).seal("x", payload(1))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void opensUnderTheRightOneOfTwoHeadersWhoseKidsCoincide() {
    // Two headers whose first four bytes coincide take 2^16 of them to find; so the table is given two whose
    // hashes are set by hand, and the messages are sealed as under these.
    Opener opener = ward.opener();
    KeyHeader a = KeyHeader.parse(sealed(ward.sealer(), TOPIC, payload(1)).header().orElseThrow().payload().toArray()).orThrow();
    KeyHeader b = KeyHeader.parse(sealed(ward.sealer(), TOPIC, payload(1)).header().orElseThrow().payload().toArray()).orThrow();
    byte[] hash = b.kid().toArray();
    a.kid().slice(0, 4).copyTo(hash, 0);
    KeyHeader same = new KeyHeader(b.terms(), b.ciphertext(), b.map(), Bytes.wrap(hash), b.signature());
    for (KeyHeader h : List.of(a, same)) {
      opener.admit(h, new ContentKey(h, new byte[32]));
    }
    for (KeyHeader h : List.of(same, a)) {
      ContentKey key = new ContentKey(h, new byte[32]);
      byte[] message = key.sealed(Form.COSE, 5, key.external(TOPIC, Properties.NONE), payload(3));
      assertThat(message(opener.open(TOPIC, message)).kid()).isEqualTo(h.kid());
    }
  }

  @Test
  void boundsTheBrokersTableBySenderAndInAll() {
    EnvelopeCheck check = new EnvelopeCheck(Map.of(Ward.AUTHORITY, 0L), (name, _) ->
        Optional.of(Ward.senderKey(name, name.charAt(0)).identity()), 20);
    long now = ward.millis / 1000;
    Sealing.Sealed first = null;
    for (int i = 0; i < 17; i++) {
      Sealing.Sealed s = ofSender("a");
      first = first == null ? s : first;
      Publication h = s.header().orElseThrow();
      assertThat(check.check(h.topic(), h.payload().toArray(), now)).isEqualTo(new Checked.Header("a"));
    }
    assertThat(check.check(TOPIC, java.util.Objects.requireNonNull(first).message().payload().toArray(), now))
        .isEqualTo(new Checked.Refused(Refusal.UNKNOWN_KEY));
    List<Checked> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Publication h = ofSender("b").header().orElseThrow();
      answers.add(check.check(h.topic(), h.payload().toArray(), now));
    }
    assertThat(answers).endsWith(new Checked.Refused(Refusal.TABLE_FULL)).startsWith(
        new Checked.Header("b"), new Checked.Header("b"), new Checked.Header("b"), new Checked.Header("b"));
  }

  private Sealing.Sealed ofSender(String name) {
    SenderKey key = Ward.senderKey(name, name.charAt(0));
    return sealed(new Sealer(ward.encapsulator(), Ward.AUTHORITY, key, Ward.options(), ward), TOPIC, payload(1));
  }
}
