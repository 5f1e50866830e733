package io.trivet.coap.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The initiator's side (RFC 8323, sections 3.3 and 7).
class StreamRequesterTest {
  private static final StreamLimits LIMITS = StreamLimits.DEFAULT;

  private static final class Heard implements Requester.Replies {
    final List<String> texts = new ArrayList<>();
    final List<Requester.Failure> failures = new ArrayList<>();

    @Override
    public void response(Response response, CoapPeer from) {
      texts.add(response.payload().asUtf8());
    }

    @Override
    public void failed(Requester.Failure failure) {
      failures.add(failure);
    }
  }

  private final Heard heard = new Heard();

  private static void answer(Wire w, Bytes token, Options options, String text) {
    w.say(new StreamMessage(Code.CONTENT, token, options, Bytes.utf8(text)));
  }

  private static Request observe() {
    return Request.of(Code.GET, "t")
        .with(Options.builder().path("t").add(OptionNumber.OBSERVE, 0).build());
  }

  private static final Options OBSERVED = Options.builder().add(OptionNumber.OBSERVE, 5).build();

  @Test
  void matchesResponsesByTheirTokens() {
    Wire w = Wire.open();
    Heard other = new Heard();
    w.machine.requester().send(Request.of(Code.GET, "a"), heard);
    w.machine.requester().send(Request.of(Code.GET, "b"), other);
    StreamMessage a = w.hear(Code.GET);
    StreamMessage b = w.hear(Code.GET);
    assertThat(a.token()).isNotEqualTo(b.token());
    answer(w, b.token(), Options.NONE, "of b");
    answer(w, a.token(), Options.NONE, "of a");
    answer(w, a.token(), Options.NONE, "a second time");
    assertThat(heard.texts).containsExactly("of a");
    assertThat(other.texts).containsExactly("of b");
    assertThat(w.loop.timers().size()).isEqualTo(1);
  }

  @Test
  void needNotWaitForThePeersFirstMessage() {
    Wire w = new Wire(LIMITS);
    w.hear(Code.CSM);
    w.machine.requester().send(Request.of(Code.GET, "a"), heard);
    w.hear(Code.GET);
  }

  @Test
  void failsWhereNoResponseComesInTime() {
    Wire w = Wire.open();
    w.machine.requester().send(Request.of(Code.GET, "a"), heard);
    w.loop.advance(LIMITS.responseDeadline());
    assertThat(heard.failures).containsExactly(Requester.Failure.TIMED_OUT);
    answer(w, w.hear(Code.GET).token(), Options.NONE, "late");
    assertThat(heard.texts).isEmpty();
  }

  @Test
  void failsWhereTheConnectionEndsOrIsAboutTo() {
    Wire w = Wire.open();
    w.machine.requester().send(Request.of(Code.GET, "a"), heard);
    w.machine.closed();
    w.machine.requester().send(Request.of(Code.GET, "a"), heard);
    assertThat(heard.failures).containsExactly(Requester.Failure.CLOSED, Requester.Failure.CLOSED);
    Wire released = Wire.open();
    released.machine.requester().send(Request.of(Code.GET, "a"), new Heard());
    released.say(StreamMessage.of(Code.RELEASE));
    Heard late = new Heard();
    released.machine.requester().send(Request.of(Code.GET, "b"), late);
    assertThat(late.failures).containsExactly(Requester.Failure.CLOSED);
    assertThat(released.closed).isFalse();
    answer(released, released.hear(Code.GET).token(), Options.NONE, "still");
    assertThat(released.closed).isTrue();
  }

  @Test
  void boundsTheRequestsThatWait() {
    Wire w = Wire.open();
    for (int i = 0; i < LIMITS.ownRequestsMax(); i++) {
      w.machine.requester().send(Request.of(Code.GET, "a"), new Heard());
    }
    w.machine.requester().send(Request.of(Code.GET, "a"), heard);
    assertThat(heard.failures).containsExactly(Requester.Failure.CLOSED);
  }

  @Test
  void refusesARequestThatThePeerCannotTake() {
    Wire w = Wire.open();
    assertThatThrownBy(() -> w.machine.requester()
        .send(Request.of(Code.PUT, "a").with(Bytes.wrap(new byte[1_200])), heard))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1152");
    assertThat(w.isSilent()).isTrue();
  }

  @Test
  void hearsNotificationsUntilItCancelsByARequest() {
    Wire w = Wire.open();
    Requester.Pending pending = w.machine.requester().send(observe(), heard);
    Bytes token = w.hear(Code.GET).token();
    answer(w, token, OBSERVED, "0");
    answer(w, token, OBSERVED, "1");
    // The option counts nothing here: the stream keeps the order (section 7.1).
    answer(w, token, Options.builder().add(OptionNumber.OBSERVE).build(), "2");
    w.loop.advance(LIMITS.responseDeadline());
    assertThat(heard.texts).containsExactly("0", "1", "2");
    pending.cancel();
    StreamMessage cancel = w.hear(Code.GET);
    assertThat(cancel.token()).isEqualTo(token);
    assertThat(cancel.options().uint(OptionNumber.OBSERVE, -1)).isEqualTo(1);
    assertThat(cancel.options().uriPath()).containsExactly("t");
    answer(w, token, Options.NONE, "answer to that");
    pending.cancel();
    assertThat(heard.texts).hasSize(3);
    assertThat(heard.failures).isEmpty();
    assertThat(w.isSilent()).isTrue();
  }

  @Test
  void observesNoMoreAfterAnErrorOrWithoutTheOption() {
    Wire w = Wire.open();
    Requester.Pending pending = w.machine.requester().send(observe(), heard);
    Bytes token = w.hear(Code.GET).token();
    answer(w, token, OBSERVED, "0");
    w.say(new StreamMessage(Code.NOT_FOUND, token, Options.NONE, Bytes.EMPTY));
    answer(w, token, OBSERVED, "after the end");
    assertThat(heard.texts).containsExactly("0", "");
    pending.cancel();
    assertThat(w.isSilent()).isTrue();
  }
}
