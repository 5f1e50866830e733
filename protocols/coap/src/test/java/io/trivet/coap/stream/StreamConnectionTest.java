package io.trivet.coap.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.broker.Counter;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 8323, sections 3 to 5 and 7, as the acceptor of a connection sees it.
class StreamConnectionTest {
  private static final StreamLimits LIMITS = StreamLimits.DEFAULT;

  private static Response content(String text) {
    return Response.content(0, Bytes.utf8(text));
  }

  private static String text(StreamMessage m) {
    return m.payload().asUtf8();
  }

  private static Options option(int number, String hex) {
    return Options.builder().add(number, Bytes.hex(hex)).build();
  }

  @Test
  void saysWhatItTakesBeforeAnythingElse() {
    Wire w = new Wire(LIMITS);
    StreamMessage csm = w.hear(Code.CSM);
    assertThat(PeerSettings.BASE.changedBy(csm.options())).isEqualTo(new PeerSettings(1 << 20, true, 64));
    assertThat(w.isSilent()).isTrue();
    assertThat(w.machine.isReady()).isFalse();
    w.say(StreamMessage.of(Code.CSM));
    assertThat(w.machine.isReady()).isTrue();
    assertThat(w.machine.peer().messageBytesMax()).isEqualTo(1_152);
    assertThat(w.machine.peer().isReliable()).isTrue();
    assertThat(w.machine.peer().isProven()).isTrue();
    assertThat(w.machine.peer().takesBert()).isFalse();
  }

  @Test
  void takesBertOfWhoTakesBlocksAndLongMessages() {
    Wire w = Wire.open();
    w.say(new StreamMessage(Code.CSM, Bytes.EMPTY, new PeerSettings(8_192, true, 8).toOptions(), Bytes.EMPTY));
    assertThat(w.machine.peer().takesBert()).isTrue();
    assertThat(w.machine.peer().messageBytesMax()).isEqualTo(8_192);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001", "0000", "00e2", "0045"})
  void abortsWhereTheFirstMessageIsNoCsm(String hex) {
    Wire w = new Wire(LIMITS);
    w.hear(Code.CSM);
    w.feed(Bytes.hex(hex).toArray());
    assertThat(text(w.hear(Code.ABORT))).contains("CSM");
    assertThat(w.closed).isTrue();
    assertThat(w.exchanges).isEmpty();
  }

  @Test
  void abortsWhereNoCsmComesInTime() {
    Wire w = new Wire(LIMITS);
    w.hear(Code.CSM);
    w.loop.advance(LIMITS.settingsDeadline().minusMillis(1));
    assertThat(w.closed).isFalse();
    w.loop.advance(Duration.ofMillis(1));
    assertThat(text(w.hear(Code.ABORT))).isEqualTo("no CSM within 10000 ms");
    assertThat(w.closed).isTrue();
  }

  @Test
  void abortsForACriticalOptionOfCsmThatItDoesNotKnowAndNamesIt() {
    Wire w = new Wire(LIMITS);
    w.hear(Code.CSM);
    w.say(new StreamMessage(Code.CSM, Bytes.EMPTY, option(7, "01"), Bytes.EMPTY));
    StreamMessage abort = w.hear(Code.ABORT);
    assertThat(abort.options().number(0)).isEqualTo(2);
    assertThat(abort.options().uint(0)).isEqualTo(7);
    assertThat(w.closed).isTrue();
  }

  @Test
  void ignoresElectiveOptionsOfSignalsThatItDoesNotKnowOrThatAreTooLong() {
    Wire w = new Wire(LIMITS);
    w.hear(Code.CSM);
    w.say(new StreamMessage(Code.CSM, Bytes.EMPTY,
        Options.builder().add(2, Bytes.hex("0102030405")).add(8, Bytes.hex("01")).build(), Bytes.EMPTY));
    assertThat(w.machine.isReady()).isTrue();
    assertThat(w.machine.settings()).isEqualTo(PeerSettings.BASE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0xE2, 0xE3, 0xE4})
  void abortsForCriticalOptionsOfOtherSignals(int code) {
    Wire w = Wire.open();
    w.say(new StreamMessage(Code.of(code), Bytes.EMPTY, option(3, ""), Bytes.EMPTY));
    assertThat(w.hear(Code.ABORT).options().count()).isZero();
    assertThat(w.closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0xE0, 0xE6, 0x20, 0x60, 0xC0})
  void abortsForCodesWithoutAMeaning(int code) {
    Wire w = Wire.open();
    w.say(StreamMessage.of(Code.of(code)));
    w.hear(Code.ABORT);
    assertThat(w.closed).isTrue();
    assertThat(w.violations).hasSize(1);
    assertThat(w.counters.get(Counter.COAP_MALFORMED)).isEqualTo(1);
  }

  @Test
  void answersRequestsInWhateverOrderTheyAreReady() {
    Wire w = Wire.open();
    w.get("01", "a");
    w.get("02", "b");
    Exchange a = w.exchange();
    Exchange b = w.exchange();
    assertThat(b.request().options().uriPath()).containsExactly("b");
    b.respond(content("second"));
    a.respond(content("first"));
    StreamMessage first = w.hear(Code.CONTENT);
    assertThat(first.token()).isEqualTo(Bytes.hex("02"));
    assertThat(text(first)).isEqualTo("second");
    assertThat(w.hear(Code.CONTENT).token()).isEqualTo(Bytes.hex("01"));
  }

  @Test
  void takesMessagesCutAnywhereAndManyAtOnce() {
    Wire w = Wire.open();
    byte[] one = StreamCodec.encode(Framing.LENGTH, new StreamMessage(Code.PUT, Bytes.hex("aa"),
        Options.builder().path("a").build(), Bytes.wrap(new byte[300])));
    byte[] three = new byte[one.length * 3];
    for (int i = 0; i < 3; i++) {
      System.arraycopy(one, 0, three, i * one.length, one.length);
    }
    for (byte b : three) {
      w.feed(new byte[] {b});
    }
    assertThat(w.exchanges).hasSize(3);
    w.feed(three);
    assertThat(w.exchanges).hasSize(6);
    assertThat(w.waitingBytes()).isZero();
  }

  @Test
  void echoesLongTokens() {
    Wire w = Wire.open();
    String token = "5a".repeat(64);
    w.get(token, "a");
    w.exchange().respond(content("x"));
    assertThat(w.hear(Code.CONTENT).token()).isEqualTo(Bytes.hex(token));
  }

  @Test
  void abortsForAMessageAboveItsLimitBeforeItHasCome() {
    Wire w = Wire.open(LIMITS.withMessageBytesMax(1_152));
    w.feed(Bytes.hex("e0ffff").toArray());
    assertThat(text(w.hear(Code.ABORT))).contains("1152 are taken");
    assertThat(w.closed).isTrue();
  }

  @Test
  void answersABadCriticalOptionAndServesOn() {
    Wire w = Wire.open();
    w.say(Code.GET, "01", option(OptionNumber.URI_PORT.number(), "010203"), "");
    assertThat(text(w.hear(Code.BAD_OPTION))).contains("option 7");
    w.get("02", "a");
    assertThat(w.exchanges).hasSize(1);
  }

  @Test
  void keepsSilentAboutWhatNobodyWants() {
    Wire w = Wire.open();
    w.say(Code.PUT, "01", Options.builder().path("a").add(OptionNumber.NO_RESPONSE, 2).build(), "x");
    w.exchange().respond(Response.of(Code.CHANGED));
    assertThat(w.isSilent()).isTrue();
    w.say(Code.PUT, "01", Options.builder().path("a").add(OptionNumber.NO_RESPONSE, 2).build(), "x");
    w.exchange().respond(Response.of(Code.NOT_FOUND));
    w.hear(Code.NOT_FOUND);
  }

  @Test
  void ignoresEmptyMessages() {
    Wire w = Wire.open();
    w.feed(new byte[] {0, 0, 0, 0});
    assertThat(w.isSilent()).isTrue();
    assertThat(w.closed).isFalse();
  }

  @Test
  void ignoresResponsesToNothing() {
    Wire w = Wire.open();
    w.say(Code.CONTENT, "77", Options.NONE, "x");
    assertThat(w.isSilent()).isTrue();
    assertThat(w.closed).isFalse();
  }

  @Test
  void saysSoInsteadOfAResponseThatThePeerCannotTake() {
    Wire w = Wire.open();
    w.get("01", "a");
    w.exchange().respond(content("x".repeat(1_200)));
    assertThat(text(w.hear(Code.INTERNAL_SERVER_ERROR))).contains("longest message");
  }

  @Test
  void answersForAHandlerThatFailsAndServesOn() {
    Wire w = Wire.open();
    w.handlerFails = true;
    w.get("01", "a");
    w.hear(Code.INTERNAL_SERVER_ERROR);
    assertThat(w.faults).hasSize(1);
    w.handlerFails = false;
    w.get("02", "a");
    w.exchange().respond(content("x"));
    assertThat(w.hear(Code.CONTENT).token()).isEqualTo(Bytes.hex("02"));
  }

  @Test
  void takesASecondResponseForOurOwnMistake() {
    Wire w = Wire.open();
    w.get("01", "a");
    Exchange e = w.exchange();
    assertThatThrownBy(() -> e.notify(content("x"), true, Exchange.Fate.Listener.NONE))
        .isInstanceOf(AssertionError.class);
    e.respond(content("x"));
    assertThatThrownBy(() -> e.respond(content("y"))).isInstanceOf(AssertionError.class);
  }

  // --- observe ------------------------------------------------------------------------------------------------------

  private static Exchange observed(Wire w) {
    w.say(Code.GET, "0b", Options.builder().path("t").add(OptionNumber.OBSERVE, 0).build(), "");
    Exchange e = w.exchange();
    e.respond(content("0").with(OptionNumber.OBSERVE, 1));
    w.hear(Code.CONTENT);
    return e;
  }

  @Test
  void notifiesUnderTheTokenOfTheRequest() {
    Wire w = Wire.open();
    Exchange e = observed(w);
    List<Exchange.Fate> fates = new ArrayList<>();
    e.notify(content("1").with(OptionNumber.OBSERVE, 2), true, fates::add);
    StreamMessage m = w.hear(Code.CONTENT);
    assertThat(m.token()).isEqualTo(Bytes.hex("0b"));
    assertThat(text(m)).isEqualTo("1");
    assertThat(fates).containsExactly(Exchange.Fate.SENT);
    assertThat(w.counters.get(Counter.COAP_NOTIFICATIONS)).isEqualTo(1);
  }

  @Test
  void dropsNotificationsWhileThePeerIsBehind() {
    Wire w = Wire.open();
    Exchange e = observed(w);
    List<Exchange.Fate> fates = new ArrayList<>();
    w.unsent = LIMITS.outputBytesMax() + 1;
    e.notify(content("1"), false, fates::add);
    assertThat(fates).containsExactly(Exchange.Fate.DROPPED);
    assertThat(w.isSilent()).isTrue();
    w.unsent = 0;
    e.notify(content("2"), false, fates::add);
    assertThat(text(w.hear(Code.CONTENT))).isEqualTo("2");
  }

  @Test
  void dropsNotificationsOnceThePeerIsGone() {
    Wire w = Wire.open();
    Exchange e = observed(w);
    List<String> gone = new ArrayList<>();
    e.peer().whenGone(() -> gone.add("gone"));
    w.machine.closed();
    assertThat(gone).containsExactly("gone");
    e.peer().whenGone(() -> gone.add("long gone"));
    assertThat(gone).containsExactly("gone", "long gone");
    List<Exchange.Fate> fates = new ArrayList<>();
    e.notify(content("1"), false, fates::add);
    assertThat(fates).containsExactly(Exchange.Fate.DROPPED);
  }

  // --- back-pressure ------------------------------------------------------------------------------------------------

  @Test
  void readsNoMoreWhileAsManyRequestsWaitAsMay() {
    Wire w = Wire.open(LIMITS.withRequestsMax(2));
    for (int i = 1; i <= 4; i++) {
      w.get("0" + i, "a");
    }
    assertThat(w.exchanges).hasSize(2);
    assertThat(w.paused).isTrue();
    assertThat(w.waitingBytes()).isGreaterThan(0);
    w.exchange().respond(content("x"));
    w.loop.run();
    assertThat(w.exchanges).hasSize(2);
    assertThat(w.paused).isTrue();
    w.exchange().respond(content("x"));
    w.exchange().respond(content("x"));
    w.loop.run();
    w.exchange().respond(content("x"));
    assertThat(w.paused).isFalse();
    assertThat(w.waitingBytes()).isZero();
  }

  @Test
  void readsNoMoreWhileThePeerTakesNoResponses() {
    Wire w = Wire.open();
    w.unsent = LIMITS.outputBytesMax() + 1;
    w.get("01", "a");
    w.get("02", "a");
    assertThat(w.exchanges).hasSize(1);
    assertThat(w.paused).isTrue();
    w.exchange().respond(content("x"));
    assertThat(w.paused).isTrue();
    w.unsent = 0;
    w.machine.roomAgain();
    w.loop.run();
    assertThat(w.exchanges).hasSize(1);
    assertThat(w.paused).isFalse();
  }

  @Test
  void givesUpOnAPeerThatTakesNoResponsesForLong() {
    Wire w = Wire.open();
    w.unsent = LIMITS.outputBytesMax() + 1;
    w.get("01", "a");
    w.loop.advance(LIMITS.idle());
    w.hear(Code.ABORT);
    assertThat(w.closed).isTrue();
  }

  // --- ping ---------------------------------------------------------------------------------------------------------

  @Test
  void answersAPingWithItsToken() {
    Wire w = Wire.open();
    w.say(Code.PING, "42", Options.NONE, "");
    StreamMessage pong = w.hear(Code.PONG);
    assertThat(pong.token()).isEqualTo(Bytes.hex("42"));
    assertThat(pong.options().count()).isZero();
  }

  @Test
  void answersAPingWithCustodyOnceAllBeforeItIsAnswered() {
    Wire w = Wire.open();
    w.get("01", "a");
    w.get("02", "a");
    w.say(Code.PING, "42", option(2, ""), "");
    w.get("03", "a");
    assertThat(w.isSilent()).isTrue();
    Exchange first = w.exchange();
    Exchange second = w.exchange();
    w.exchange().respond(content("later"));
    w.hear(Code.CONTENT);
    second.respond(content("x"));
    w.hear(Code.CONTENT);
    assertThat(w.isSilent()).isTrue();
    first.respond(content("x"));
    w.hear(Code.CONTENT);
    StreamMessage pong = w.hear(Code.PONG);
    assertThat(pong.token()).isEqualTo(Bytes.hex("42"));
    assertThat(pong.options().number(0)).isEqualTo(2);
    w.say(Code.PING, "43", option(2, ""), "");
    assertThat(w.hear(Code.PONG).options().count()).isEqualTo(1);
  }

  @Test
  void boundsThePingsThatWait() {
    Wire w = Wire.open();
    w.get("01", "a");
    for (int i = 0; i < 16; i++) {
      w.say(Code.PING, "42", option(2, ""), "");
    }
    assertThat(w.closed).isFalse();
    w.say(Code.PING, "42", option(2, ""), "");
    w.hear(Code.ABORT);
    assertThat(w.closed).isTrue();
  }

  // --- silence ------------------------------------------------------------------------------------------------------

  @Test
  void releasesASilentConnectionThatNothingIsKeptFor() {
    Wire w = Wire.open();
    w.loop.advance(LIMITS.idle());
    w.hear(Code.RELEASE);
    assertThat(w.closed).isFalse();
    w.loop.advance(LIMITS.releaseDeadline());
    assertThat(w.closed).isTrue();
  }

  @Test
  void probesASilentConnectionThatSomethingIsKeptFor() {
    Wire w = Wire.open();
    w.machine.peer().hold();
    w.loop.advance(LIMITS.idle());
    w.hear(Code.PING);
    w.loop.advance(Duration.ofSeconds(1));
    w.say(StreamMessage.of(Code.PONG));
    w.loop.advance(LIMITS.idle().minusMillis(1));
    assertThat(w.isSilent()).isTrue();
    w.loop.advance(Duration.ofMillis(1));
    w.hear(Code.PING);
    w.loop.advance(LIMITS.pongDeadline());
    assertThat(text(w.hear(Code.ABORT))).contains("Ping");
    assertThat(w.closed).isTrue();
  }

  @Test
  void leavesAConnectionThatSpeaksAlone() {
    Wire w = Wire.open();
    for (int i = 0; i < 10; i++) {
      w.loop.advance(LIMITS.idle().minusSeconds(1));
      w.feed(new byte[] {0, 0});
    }
    assertThat(w.isSilent()).isTrue();
    assertThat(w.closed).isFalse();
  }

  // --- the end ------------------------------------------------------------------------------------------------------

  @Test
  void closesOnReleaseOnceAllIsAnswered() {
    Wire w = Wire.open();
    w.get("01", "a");
    w.say(StreamMessage.of(Code.RELEASE));
    assertThat(w.closed).isFalse();
    w.exchange().respond(content("x"));
    w.hear(Code.CONTENT);
    assertThat(w.closed).isTrue();
    assertThat(w.isSilent()).isTrue();
  }

  @Test
  void takesReleaseWithItsOptions() {
    Wire w = Wire.open();
    w.say(Code.RELEASE, "", Options.builder().add(2, Bytes.utf8("other:5683")).add(4, Bytes.hex("0a")).build(), "");
    assertThat(w.closed).isTrue();
    assertThat(w.isSilent()).isTrue();
  }

  @Test
  void answersWhatWaitsAfterItsOwnRelease() {
    Wire w = Wire.open();
    w.get("01", "a");
    w.machine.release();
    w.hear(Code.RELEASE);
    w.get("02", "b"); // was on its way
    w.exchange().respond(content("x"));
    w.hear(Code.CONTENT);
    w.exchange().respond(content("x"));
    w.hear(Code.CONTENT);
    w.machine.closed();
    assertThat(w.closed).isTrue();
  }

  @Test
  void endsWithoutAWordOnAbort() {
    Wire w = Wire.open();
    w.get("01", "a");
    w.say(Code.ABORT, "", Options.NONE, "no more");
    assertThat(w.closed).isTrue();
    assertThat(w.machine.peersReason()).isEqualTo("no more");
    assertThat(w.isSilent()).isTrue();
    w.exchange().respond(content("too late"));
    assertThat(w.isSilent()).isTrue();
  }

  @Test
  void saysWhyItAborts() {
    Wire w = new Wire(LIMITS);
    w.hear(Code.CSM);
    w.machine.abort("this device is not known");
    assertThat(text(w.hear(Code.ABORT))).isEqualTo("this device is not known");
    assertThat(w.closed).isTrue();
    w.machine.abort("again");
    w.machine.closed();
    w.loop.advance(Duration.ofHours(1));
    assertThat(w.isSilent()).isTrue();
    assertThat(w.loop.timers().size()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void servesInBothFramings(Framing framing) {
    Wire w = new Wire(LIMITS.withRequestsMax(1), framing);
    w.hear(Code.CSM);
    w.say(StreamMessage.of(Code.CSM));
    w.get("01", "a");
    assertThat(w.paused).isTrue();
    w.exchange().respond(content("x"));
    w.hear(Code.CONTENT);
    assertThat(w.paused).isFalse();
    if (framing == Framing.WEB_SOCKET) {
      // A message that came before the pause took hold is served all the same: it cannot be fed again.
      w.get("02", "a");
      w.get("03", "a");
      assertThat(w.exchanges).hasSize(2);
    }
  }
}
