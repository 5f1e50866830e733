package io.trivet.coap.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.Limits;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Exchange.Fate;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.TestExchange;
import io.trivet.coap.TestPeer;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TopicsTest {
  private final BrokerStage stage = new BrokerStage();
  private final TestPeer peer = new TestPeer();
  private Topics topics = new Topics(stage, stage.loop, new PubSubSettings(true, 1_000, 3, 4), TopicConfigurations.none(), "ps");

  private TestExchange ask(Code method, String path, String payload, Consumer<Options.Builder> more) {
    return ask("01", true, method, path, payload, more);
  }

  private TestExchange ask(String token, boolean confirmable, Code method, String path, String payload,
      Consumer<Options.Builder> more) {
    Options.Builder b = Options.builder().path("ps/" + path);
    more.accept(b);
    TestExchange e = new TestExchange(peer, token, new Request(confirmable, method, b.build(), Bytes.utf8(payload)));
    topics.handle(e);
    stage.settle();
    return e;
  }

  private TestExchange put(String path, String payload) {
    return ask(Code.PUT, path, payload, _ -> {});
  }

  private TestExchange get(String path) {
    return ask(Code.GET, path, "", _ -> {});
  }

  private TestExchange observe(String token, String path, String... queries) {
    return ask(token, true, Code.GET, path, "", b -> {
      b.add(OptionNumber.OBSERVE, 0);
      for (String q : queries) {
        b.add(OptionNumber.URI_QUERY, q);
      }
    });
  }

  private static String text(Response r) {
    return r.payload().asUtf8();
  }

  @Test
  void createsWithTheFirstPutAndChangesWithTheNext() {
    assertThat(put("a/b", "1").response().code()).isEqualTo(Code.CREATED);
    assertThat(put("a/b", "2").response().code()).isEqualTo(Code.CHANGED);
    assertThat(text(get("a/b").response())).isEqualTo("2");
  }

  @Test
  void publishesToSubscribersOfOtherProtocols() {
    List<Message> got = stage.subscriber("a/#", QoS.AT_LEAST_ONCE);
    put("a/b", "x");
    ask("02", false, Code.POST, "a/c", "y", _ -> {});
    assertThat(got).extracting(m -> m.topic() + " " + m.qos().level() + " " + m.retain() + " " + m.payload().asUtf8())
        .containsExactly("a/b 1 true x", "a/c 0 false y");
  }

  @Test
  void postLeavesNothingBehind() {
    assertThat(ask(Code.POST, "a", "x", _ -> {}).response().code()).isEqualTo(Code.CHANGED);
    assertThat(get("a").response().code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void takesQosAndRetainFromTheQuery() {
    List<Message> got = stage.subscriber("a", QoS.AT_LEAST_ONCE);
    ask(Code.POST, "a", "x", b -> b.query("qos", "0").query("retain", "true"));
    assertThat(got.getFirst().qos()).isEqualTo(QoS.AT_MOST_ONCE);
    assertThat(text(get("a").response())).isEqualTo("x");
    assertThat(ask(Code.PUT, "a", "x", b -> b.query("qos", "3")).response().code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(text(ask(Code.PUT, "a", "x", b -> b.query("retain", "yes")).response())).contains("?retain=yes: give true or");
  }

  @Test
  void clearsByDelete() {
    put("a", "x");
    assertThat(ask(Code.DELETE, "a", "", _ -> {}).response().code()).isEqualTo(Code.DELETED);
    assertThat(get("a").response().code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void refusesAnEmptyValueToBeKept() {
    assertThat(put("a", "").response().code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(Code.PUT, "a", "", b -> b.query("retain", "false")).response().code()).isEqualTo(Code.CHANGED);
  }

  @Test
  void refusesWildcardsInThePath() {
    assertThat(put("a/+", "x").response().code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(get("#").response().code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(get("").response().code()).isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void isOnlyReadWithoutSecurityByDefault() {
    topics = new Topics(stage, stage.loop, PubSubSettings.DEFAULT, TopicConfigurations.none(), "ps");
    stage.publish("a", "x", QoS.AT_LEAST_ONCE, true);
    assertThat(put("a", "y").response().code()).isEqualTo(Code.UNAUTHORIZED);
    assertThat(ask(Code.DELETE, "a", "", _ -> {}).response().code()).isEqualTo(Code.UNAUTHORIZED);
    assertThat(text(get("a").response())).isEqualTo("x");
  }

  @Test
  void asksTheDecider() {
    put("a", "x");
    stage.denied = "publish a"::equals;
    assertThat(put("a", "y").response().code()).isEqualTo(Code.UNAUTHORIZED);
    stage.denied = "subscribe a"::equals;
    assertThat(get("a").response().code()).isEqualTo(Code.UNAUTHORIZED);
    assertThat(observe("02", "a").response().code()).isEqualTo(Code.UNAUTHORIZED);
    stage.denied = "deliver a"::equals;
    assertThat(get("a").response().code()).isEqualTo(Code.UNAUTHORIZED);
    assertThat(topics.observations()).isZero();
  }

  @Test
  void holdsBackWhatMayNotBeDelivered() {
    TestExchange e = observe("01", "a");
    stage.denied = "deliver a"::equals;
    stage.publish("a", "x", QoS.AT_MOST_ONCE, false);
    assertThat(e.responses).hasSize(1);
  }

  @Test
  void notifiesObserversInOrder() {
    put("a", "1");
    TestExchange e = observe("01", "a");
    assertThat(text(e.response())).isEqualTo("1");
    stage.publish("a", "2", QoS.AT_MOST_ONCE, false);
    stage.publish("a", "3", QoS.AT_MOST_ONCE, true);
    assertThat(e.responses).extracting(TopicsTest::text).containsExactly("1", "2", "3");
    assertThat(e.responses).extracting(r -> r.options().uint(OptionNumber.OBSERVE, -1)).isSorted().doesNotHaveDuplicates();
    assertThat(e.confirmable).containsExactly(false, false);
  }

  @Test
  void observesATopicThatHasNoValueYet() {
    TestExchange e = observe("01", "a");
    assertThat(e.response().code()).isEqualTo(Code.CONTENT);
    assertThat(e.response().options().has(OptionNumber.OBSERVE)).isTrue();
    assertThat(e.response().payload().isEmpty()).isTrue();
  }

  @Test
  void sendsConfirmablyWhatIsOwedAndWaitsForEachAcknowledgement() {
    TestExchange e = observe("01", "a", "qos=1");
    stage.publish("a", "1", QoS.AT_LEAST_ONCE, false);
    stage.publish("a", "2", QoS.AT_LEAST_ONCE, false);
    assertThat(e.responses).hasSize(2);
    assertThat(e.confirmable).containsExactly(true);
    e.fates.getFirst().told(Fate.ACKNOWLEDGED);
    stage.settle();
    assertThat(e.responses).extracting(TopicsTest::text).containsExactly("", "1", "2");
  }

  @Test
  void takesQos2ByOneAcknowledgement() {
    TestExchange e = observe("01", "a", "qos=2");
    stage.publish("a", "1", QoS.EXACTLY_ONCE, false);
    stage.publish("a", "2", QoS.EXACTLY_ONCE, false);
    e.fates.getFirst().told(Fate.ACKNOWLEDGED);
    stage.settle();
    assertThat(e.responses).extracting(TopicsTest::text).containsExactly("", "1", "2");
  }

  @Test
  void asksNowAndThenWhetherTheObserverIsStillThere() {
    TestExchange e = observe("01", "a");
    for (int i = 0; i < 8; i++) {
      stage.publish("a", "x" + i, QoS.AT_MOST_ONCE, false);
    }
    assertThat(e.confirmable).containsExactly(false, false, false, true, false, false, false, true);
  }

  @Test
  void endsAnObservationByResetTimeoutOrDeparture() {
    for (Fate fate : List.of(Fate.RESET, Fate.TIMED_OUT)) {
      TestExchange e = observe("01", "a");
      stage.publish("a", "1", QoS.AT_MOST_ONCE, false);
      e.fates.getFirst().told(fate);
      stage.settle();
      assertThat(topics.observations()).as("%s", fate).isZero();
    }
    observe("01", "a");
    peer.leave();
    assertThat(topics.observations()).isZero();
    assertThat(stage.broker.subscriptionCount()).isZero();
  }

  @Test
  void cancelsByObserveOneAndReplacesByTheSameToken() {
    TestExchange first = observe("01", "a");
    TestExchange second = observe("01", "a");
    assertThat(topics.observations()).isEqualTo(1);
    stage.publish("a", "1", QoS.AT_MOST_ONCE, false);
    assertThat(first.responses).hasSize(1);
    assertThat(second.responses).hasSize(2);
    ask("01", true, Code.GET, "a", "", b -> b.add(OptionNumber.OBSERVE, 1));
    assertThat(topics.observations()).isZero();
  }

  @Test
  void answersWithoutObserveWhereThereIsNoRoom() {
    put("a", "x");
    for (int i = 0; i < 3; i++) {
      assertThat(observe("0" + i, "a").response().options().has(OptionNumber.OBSERVE)).isTrue();
    }
    Response fourth = observe("09", "a").response();
    assertThat(fourth.options().has(OptionNumber.OBSERVE)).isFalse();
    assertThat(text(fourth)).isEqualTo("x");
  }

  @Test
  void observesByFilterAndSaysWhichTopic() {
    stage.publish("w/1/hr", "60", QoS.AT_LEAST_ONCE, true);
    Options.Builder b = Options.builder().path("ps").add(OptionNumber.OBSERVE, 0).query("filter", "w/+/hr");
    TestExchange e = new TestExchange(peer, "01", new Request(true, Code.GET, b.build(), Bytes.EMPTY));
    topics.handle(e);
    stage.settle();
    e.fates.getFirst().told(Fate.ACKNOWLEDGED);
    stage.publish("w/2/hr", "61", QoS.AT_MOST_ONCE, false);
    assertThat(e.responses).extracting(r -> r.options().texts(OptionNumber.LOCATION_PATH) + " " + text(r))
        .containsExactly("[] ", "[ps, w, 1, hr] 60", "[ps, w, 2, hr] 61");
  }

  @Test
  void refusesAFilterThatIsNone() {
    assertThat(observe("01", "", "filter=a/#/b").response().code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(Code.GET, "", "", b -> b.query("filter", "a/#")).response().code()).isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void carriesContentFormatAndPropertiesBothWays() {
    List<Message> got = stage.subscriber("a", QoS.AT_LEAST_ONCE);
    ask(Code.PUT, "a", "{}", b -> b.contentFormat(ContentFormat.JSON).query("up.room", "7").query("response-topic", "r/1")
        .query("correlation", "0aff"));
    MessageProperties p = got.getFirst().properties();
    assertThat(p.contentType()).contains("application/json");
    assertThat(p.userProperties()).containsExactly(new UserProperty("room", "7"));
    assertThat(p.responseTopic()).contains(TopicName.of("r/1"));
    assertThat(p.correlationData()).contains(Bytes.hex("0aff"));
    Response r = get("a").response();
    assertThat(r.options().contentFormat()).isEqualTo(ContentFormat.JSON);
    assertThat(r.options().texts(OptionNumber.LOCATION_QUERY))
        .containsExactly("response-topic=r/1", "correlation=0aff", "up.room=7");
  }

  @Test
  void carriesAContentFormatThatHasNoName() {
    ask(Code.PUT, "a", "x", b -> b.contentFormat(11_542));
    assertThat(get("a").response().options().contentFormat()).isEqualTo(11_542);
  }

  @Test
  void refusesAnotherFormatThanAccepted() {
    ask(Code.PUT, "a", "{}", b -> b.contentFormat(ContentFormat.JSON));
    assertThat(ask(Code.GET, "a", "", b -> b.add(OptionNumber.ACCEPT, 60)).response().code())
        .isEqualTo(Code.NOT_ACCEPTABLE);
  }

  @Test
  void letsMessagesExpireAndSaysHowLongTheyLast() {
    ask(Code.PUT, "a", "x", b -> b.query("expiry", "10"));
    assertThat(get("a").response().options().uint(OptionNumber.MAX_AGE, -1)).isEqualTo(10);
    stage.advance(4);
    assertThat(get("a").response().options().uint(OptionNumber.MAX_AGE, -1)).isEqualTo(6);
    stage.advance(6);
    assertThat(get("a").response().code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void validatesByETag() {
    put("a", "x");
    Bytes tag = get("a").response().options().bytes(OptionNumber.ETAG).orElseThrow();
    Response valid = ask(Code.GET, "a", "", b -> b.add(OptionNumber.ETAG, tag)).response();
    assertThat(valid.code()).isEqualTo(Code.VALID);
    assertThat(valid.payload().isEmpty()).isTrue();
    put("a", "y");
    assertThat(ask(Code.GET, "a", "", b -> b.add(OptionNumber.ETAG, tag)).response().code()).isEqualTo(Code.CONTENT);
  }

  @Test
  void publishesOnConditions() {
    assertThat(ask(Code.PUT, "a", "x", b -> b.add(OptionNumber.IF_MATCH, Bytes.EMPTY)).response().code())
        .isEqualTo(Code.PRECONDITION_FAILED);
    assertThat(ask(Code.PUT, "a", "x", b -> b.add(OptionNumber.IF_NONE_MATCH)).response().code()).isEqualTo(Code.CREATED);
    assertThat(ask(Code.PUT, "a", "y", b -> b.add(OptionNumber.IF_NONE_MATCH)).response().code())
        .isEqualTo(Code.PRECONDITION_FAILED);
    Bytes tag = get("a").response().options().bytes(OptionNumber.ETAG).orElseThrow();
    assertThat(ask(Code.PUT, "a", "y", b -> b.add(OptionNumber.IF_MATCH, tag)).response().code()).isEqualTo(Code.CHANGED);
    assertThat(ask(Code.PUT, "a", "z", b -> b.add(OptionNumber.IF_MATCH, tag)).response().code())
        .isEqualTo(Code.PRECONDITION_FAILED);
  }

  @Test
  void refusesOtherMethodsAndUnknownCriticalOptions() {
    assertThat(ask(Code.FETCH, "a", "", _ -> {}).response().code()).isEqualTo(Code.METHOD_NOT_ALLOWED);
    assertThat(ask(Code.GET, "a", "", b -> b.add(65_001, Bytes.EMPTY)).response().code()).isEqualTo(Code.BAD_OPTION);
  }

  @Test
  void saysWhenALimitKeepsItFromBeingTaken() {
    Limits d = Limits.DEFAULT;
    BrokerStage tight = new BrokerStage(new Limits(d.topic(), d.sessionsMax(), d.subscriptionsPerSessionMax(),
        d.inflightMax(), d.queueMessagesMax(), d.queueBytesMax(), d.queueBytesTotalMax(), d.storedMessagesMax(),
        d.storedBytesMax(), d.outputBytesMax(), d.outputBytesTotalMax(), 0, d.retainedBytesMax(),
        d.sessionExpiryMax(), d.whenFull()));
    topics = new Topics(tight, tight.loop, new PubSubSettings(true, 10, 3, 4), TopicConfigurations.none(), "ps");
    assertThat(put("a", "x").response().code()).isEqualTo(Code.SERVICE_UNAVAILABLE);
  }

  @Test
  void keepsSilentTowardsGroups() {
    TestExchange e = new TestExchange(peer, "01", Request.of(Code.GET, "ps/a"));
    e.multicast = true;
    topics.handle(e);
    assertThat(e.response().code().isSuccess()).isFalse();
  }
}
