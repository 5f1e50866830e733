package io.trivet.coap.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.QoS;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.TestExchange;
import io.trivet.coap.TestPeer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// The interactions of draft-ietf-core-coap-pubsub, in its order.
class TopicCollectionTest {
  private final BrokerStage stage = new BrokerStage();
  private final TestPeer peer = new TestPeer();
  private final List<Collection<TopicConfiguration>> kept = new ArrayList<>();
  private final TopicConfigurations configurations = new TopicConfigurations(3, List.of(), kept::add);
  private final PubSubSettings settings = new PubSubSettings(true, 100, 10, 100);
  private final TopicCollection collection =
      new TopicCollection(stage, stage.loop, settings, configurations, "pubsub", "ps");
  private final Topics topics = new Topics(stage, stage.loop, settings, configurations, "ps");

  private static Map<Integer, Object> map(Object... keysAndValues) {
    Map<Integer, Object> m = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      m.put((Integer) keysAndValues[i], keysAndValues[i + 1]);
    }
    return m;
  }

  private TestExchange ask(String token, Code method, String path, Bytes payload, Consumer<Options.Builder> more) {
    Options.Builder b = Options.builder().path(path);
    more.accept(b);
    TestExchange e = new TestExchange(peer, token, new Request(true, method, b.build(), payload));
    (path.startsWith("pubsub") ? collection : topics).handle(e);
    stage.settle();
    return e;
  }

  private Response ask(Code method, String path, Map<Integer, Object> properties) {
    return ask("01", method, path, properties.isEmpty() ? Bytes.EMPTY : TopicProperties.write(properties),
        b -> b.contentFormat(ContentFormat.PUBSUB_CBOR)).response();
  }

  private static Map<Integer, Object> read(Response r) {
    assertThat(r.options().contentFormat()).isEqualTo(ContentFormat.PUBSUB_CBOR);
    return TopicProperties.read(r.payload()).orThrow();
  }

  /// @return the path of the new topic
  private String create(Object... more) {
    Map<Integer, Object> asked = map(0, "living-room-sensor", 2, "core.ps.data");
    asked.putAll(map(more));
    Response r = ask(Code.POST, "pubsub", asked);
    assertThat(r.code()).as("%s", r).isEqualTo(Code.CREATED);
    return String.join("/", r.options().texts(OptionNumber.LOCATION_PATH));
  }

  private Response put(String payload, int format) {
    return ask("02", Code.PUT, "ps/living-room-sensor", Bytes.utf8(payload), b -> b.contentFormat(format)).response();
  }

  private TestExchange observe(String token) {
    return ask(token, Code.GET, "ps/living-room-sensor", Bytes.EMPTY, b -> b.add(OptionNumber.OBSERVE, 0));
  }

  @Test
  void createsATopicAndDescribesIt() {
    Response r = ask(Code.POST, "pubsub", map(0, "living-room-sensor", 2, "core.ps.data"));
    assertThat(r.code()).isEqualTo(Code.CREATED);
    Map<Integer, Object> expected = map(0, "living-room-sensor", 1, "/ps/living-room-sensor", 2, "core.ps.data");
    assertThat(read(r)).isEqualTo(expected);
    String path = String.join("/", r.options().texts(OptionNumber.LOCATION_PATH));
    assertThat(path).startsWith("pubsub/");
    assertThat(read(ask(Code.GET, path, map()))).isEqualTo(expected);
    assertThat(kept).hasSize(1);
  }

  @Test
  void listsTopicsAndTheirData() {
    String path = create();
    Response all = ask(Code.GET, "pubsub", map());
    assertThat(all.options().contentFormat()).isEqualTo(ContentFormat.LINK_FORMAT);
    assertThat(all.payload().asUtf8()).isEqualTo("</" + path + ">");
    Response data = ask("01", Code.GET, "pubsub", Bytes.EMPTY, b -> b.query("rt", "core.ps.data")).response();
    assertThat(data.payload().asUtf8()).isEqualTo("</ps/living-room-sensor>");
  }

  @Test
  void findsTopicsByTheirProperties() {
    String path = create(4, "temperature");
    assertThat(ask(Code.FETCH, "pubsub", map(4, "temperature", 2, "core.ps.data")).payload().asUtf8())
        .isEqualTo("</" + path + ">");
    assertThat(ask(Code.FETCH, "pubsub", map(4, "humidity")).payload().asUtf8()).isEmpty();
  }

  @Test
  void showsOnlyWhatThePeerMaySee() {
    String path = create();
    stage.denied = "subscribe living-room-sensor"::equals;
    assertThat(ask(Code.GET, "pubsub", map()).payload().asUtf8()).isEmpty();
    assertThat(ask(Code.GET, path, map()).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThat(ask(Code.POST, "pubsub", map(0, "a")).code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(Code.POST, "pubsub", map(0, "a/#", 2, "x")).code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(Code.POST, "pubsub", map(0, "$SYS/a", 2, "x")).code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(Code.POST, "pubsub", map(0, "a", 2, "x", 1, "/elsewhere")).code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(Code.POST, "pubsub", map(0, "a", 2, "x", 7, 0L)).code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(Code.POST, "pubsub", map(0, "a", 2, "x", 8, Bytes.hex("80"))).code()).isEqualTo(Code.BAD_REQUEST);
    create();
    assertThat(ask(Code.POST, "pubsub", map(0, "living-room-sensor", 2, "core.ps.data")).code())
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(ask("01", Code.POST, "pubsub", Bytes.utf8("{}"), b -> b.contentFormat(50)).response().code())
        .isEqualTo(Code.UNSUPPORTED_CONTENT_FORMAT);
    assertThat(ask("01", Code.POST, "pubsub", Bytes.hex("a1"), b -> {}).response().code()).isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void takesNoMoreThanItsLimit() {
    for (int i = 0; i < 3; i++) {
      ask(Code.POST, "pubsub", map(0, "t" + i, 2, "core.ps.data"));
    }
    assertThat(ask(Code.POST, "pubsub", map(0, "t3", 2, "core.ps.data")).code()).isEqualTo(Code.SERVICE_UNAVAILABLE);
  }

  @Test
  void asksTheDeciderWhoMayConfigure() {
    stage.denied = "publish living-room-sensor"::equals;
    assertThat(ask(Code.POST, "pubsub", map(0, "living-room-sensor", 2, "core.ps.data")).code())
        .isEqualTo(Code.UNAUTHORIZED);
  }

  @Test
  void givesPartOfATopic() {
    String path = create(3, 112L, 6, 100L);
    Response r = ask(Code.FETCH, path, map());
    assertThat(r.code()).isEqualTo(Code.BAD_REQUEST);
    Response part = ask("01", Code.FETCH, path, Bytes.hex("a1 09 82 01 03"), b -> {}).response();
    assertThat(read(part)).isEqualTo(map(1, "/ps/living-room-sensor", 3, 112L));
  }

  @Test
  void replacesByPostAndPatchesByIpatch() {
    String path = create(3, 112L, 6, 100L, 4, "temperature");
    assertThat(read(ask(Code.IPATCH, path, map(5, 1_709_164_799_000L, 6, 5L))))
        .isEqualTo(map(0, "living-room-sensor", 1, "/ps/living-room-sensor", 2, "core.ps.data", 3, 112L, 4, "temperature",
            5, 1_709_164_799_000L, 6, 5L));
    Response replaced = ask(Code.POST, path, map(0, "living-room-sensor", 4, "heat"));
    assertThat(replaced.code()).isEqualTo(Code.CHANGED);
    assertThat(read(replaced))
        .isEqualTo(map(0, "living-room-sensor", 1, "/ps/living-room-sensor", 2, "core.ps.data", 4, "heat"));
    assertThat(ask(Code.IPATCH, path, map(0, "kitchen")).code()).isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void isHalfCreatedUntilTheFirstValue() {
    create();
    assertThat(observe("07").response().code()).isEqualTo(Code.NOT_FOUND);
    assertThat(put("1", 0).code()).isEqualTo(Code.CREATED);
    assertThat(put("2", 0).code()).isEqualTo(Code.CHANGED);
    assertThat(observe("07").response().options().has(OptionNumber.OBSERVE)).isTrue();
  }

  @Test
  void beginsWithAValueWhereOneIsGiven() {
    create(3, 60L, 8, Bytes.hex("80"));
    Response r = observe("07").response();
    assertThat(r.payload()).isEqualTo(Bytes.hex("80"));
    assertThat(r.options().contentFormat()).isEqualTo(60);
    assertThat(put("x", 60).code()).isEqualTo(Code.CHANGED);
  }

  @Test
  void takesOnlyItsContentFormat() {
    create(3, 50L);
    assertThat(put("x", 60).code()).isEqualTo(Code.UNSUPPORTED_CONTENT_FORMAT);
    assertThat(put("{}", 50).code()).isEqualTo(Code.CREATED);
  }

  @Test
  void boundsItsObservers() {
    String path = create(6, 2L);
    put("x", 0);
    TestExchange first = observe("01");
    TestExchange second = observe("02");
    TestExchange third = observe("03");
    assertThat(first.response().options().has(OptionNumber.OBSERVE)).isTrue();
    assertThat(second.response().options().has(OptionNumber.OBSERVE)).isTrue();
    assertThat(third.response().options().has(OptionNumber.OBSERVE)).isFalse();
    ask(Code.IPATCH, path, map(6, 1L));
    stage.settle();
    assertThat(List.of(first.last().code(), second.last().code())).containsOnlyOnce(Code.NOT_FOUND);
    assertThat(topics.observations()).isEqualTo(1);
  }

  @Test
  void checksItsObserversAsOftenAsToldTo() {
    create(7, 60L);
    put("x", 0);
    TestExchange e = ask("01", Code.GET, "ps/living-room-sensor", Bytes.EMPTY,
        b -> b.add(OptionNumber.OBSERVE, 0).query("qos", "0"));
    stage.publish("living-room-sensor", "1", QoS.AT_MOST_ONCE, false);
    stage.advance(61);
    stage.publish("living-room-sensor", "2", QoS.AT_MOST_ONCE, false);
    stage.publish("living-room-sensor", "3", QoS.AT_MOST_ONCE, false);
    assertThat(e.confirmable).containsExactly(false, true, false);
  }

  @Test
  void tellsObserversWhenDataOrTopicIsDeleted() {
    String path = create();
    put("x", 0);
    TestExchange e = observe("01");
    assertThat(ask(Code.DELETE, "ps/living-room-sensor", map()).code()).isEqualTo(Code.DELETED);
    stage.settle();
    assertThat(e.last().code()).isEqualTo(Code.NOT_FOUND);
    assertThat(observe("02").response().code()).isEqualTo(Code.NOT_FOUND);
    put("y", 0);
    TestExchange again = observe("03");
    assertThat(ask(Code.DELETE, path, map()).code()).isEqualTo(Code.DELETED);
    stage.settle();
    assertThat(again.last().code()).isEqualTo(Code.NOT_FOUND);
    assertThat(ask(Code.GET, path, map()).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(topics.observations()).isZero();
  }

  @Test
  void deletesWhatIsOver() {
    String path = create(5, stage.wallMillis() / 1_000 + 10);
    collection.expire();
    assertThat(ask(Code.GET, path, map()).code()).isEqualTo(Code.CONTENT);
    stage.advance(11);
    collection.expire();
    assertThat(ask(Code.GET, path, map()).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void readsPropertiesAsOnTheWire() {
    Bytes wire = Bytes.hex("a3 00 6b 74 65 6d 70 65 72 61 74 75 72 65 02 6c 63 6f 72 65 2e 70 73 2e 64 61 74 61 05 c1 1a 64 28 c4 ff");
    assertThat(TopicProperties.read(wire).orThrow())
        .isEqualTo(map(0, "temperature", 2, "core.ps.data", 5, 1_680_393_471L));
    assertThat(TopicProperties.write(TopicProperties.read(wire).orThrow())).isEqualTo(wire);
  }

  @Test
  void refusesPropertiesThatAreNone() {
    for (String wire : List.of("", "80", "a1", "a1 00", "a1 00 01", "a1 0a 01", "a1 05 01", "a1 61 78 01", "a2 00 60 00 60",
        "a1 03 20", "a1 03 1b ff ff ff ff ff ff ff ff", "a1 09 01", "a1 09 81 81 01", "a0 00", "bf 00")) {
      assertThat(TopicProperties.read(Bytes.hex(wire))).as(wire).isInstanceOf(Parsed.Invalid.class);
    }
  }
}
