package io.trivet.coap.plugtest;

import static io.trivet.coap.plugtest.PlugtestClient.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Response;
import io.trivet.coap.TestExchange;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// ETSI CoAP Plugtests, TD_COAP_CORE. The cases 15, 16 (loss) and 31 (ping) are the message layer's alone, whose own tests
/// have them; 24 to 30 were for proxies.
class PlugtestCoreTest {
  private final PlugtestClient client = new PlugtestClient();

  @ParameterizedTest
  @CsvSource({"true, 01", "false, 05"})
  @DisplayName("TD_COAP_CORE_01, 05")
  void gets(boolean confirmable, String id) {
    Response r = client.send(confirmable, Code.GET, path("test").build(), Bytes.EMPTY, id).response();
    assertEquals(Code.CONTENT, r.code());
    assertEquals(0, r.options().contentFormat());
    assertFalse(r.payload().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"true, DELETE, 2.02", "true, PUT, 2.04", "true, POST, 2.01", "false, DELETE, 2.02", "false, PUT, 2.04",
    "false, POST, 2.01"})
  @DisplayName("TD_COAP_CORE_02, 03, 04, 06, 07, 08")
  void deletesPutsAndPosts(boolean confirmable, String method, String code) {
    Code m = method.equals("DELETE") ? Code.DELETE : method.equals("PUT") ? Code.PUT : Code.POST;
    Bytes payload = m == Code.DELETE ? Bytes.EMPTY : Bytes.utf8("anything");
    Options.Builder o = path("test");
    Response r = client.send(confirmable, m, m == Code.DELETE ? o.build() : o.contentFormat(0).build(), payload, "01")
        .response();
    assertTrue(r.code().toString().startsWith(code), r.code().toString());
  }

  @ParameterizedTest
  @CsvSource({"true, c1c2", "true, c1c2c3c4c5c6c7c8", "false, c1"})
  @DisplayName("TD_COAP_CORE_09, 11, 17")
  void answersSeparatelyAfterAWhile(boolean confirmable, String token) {
    TestExchange e = client.send(confirmable, Code.GET, path("separate").build(), Bytes.EMPTY, token);
    client.elapse(Duration.ofMillis(1_900));
    assertTrue(e.responses.isEmpty());
    client.elapse(Duration.ofMillis(200));
    assertEquals(Code.CONTENT, e.response().code());
    assertFalse(e.response().payload().isEmpty());
  }

  @Test
  void letsOnlySoManyWaitForASeparateAnswer() {
    for (int i = 0; i < 64; i++) {
      client.send(true, Code.GET, path("separate").build(), Bytes.EMPTY, "01");
    }
    assertEquals(Code.SERVICE_UNAVAILABLE, client.get("separate").code());
    client.elapse(Duration.ofSeconds(3));
    assertTrue(client.send(true, Code.GET, path("separate").build(), Bytes.EMPTY, "01").responses.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "c1", "c1c2c3c4c5c6c7c8"})
  @DisplayName("TD_COAP_CORE_10, 12")
  void takesTokensOfAnyLength(String token) {
    assertEquals(Code.CONTENT, client.send(true, Code.GET, path("test").build(), Bytes.EMPTY, token).response().code());
  }

  @Test
  @DisplayName("TD_COAP_CORE_13")
  void findsAPathOfThreeSegments() {
    assertEquals(Code.CONTENT, client.get("seg1/seg2/seg3").code());
    assertEquals(Code.NOT_FOUND, client.get("seg1/seg2").code());
  }

  @Test
  @DisplayName("TD_COAP_CORE_14")
  void seesSeveralQueries() {
    Options o = path("query").query("first", "1").query("second", "2").query("third", "3").build();
    assertEquals("Queries: [first=1, second=2, third=3]", client.ask(Code.GET, o, "").payload().asUtf8());
  }

  @Test
  @DisplayName("TD_COAP_CORE_18")
  void tellsOfALocationOfThreeSegments() {
    Response r = client.ask(Code.POST, path("test").contentFormat(0).build(), "anything");
    assertEquals(Code.CREATED, r.code());
    assertEquals(List.of("location1", "location2", "location3"), r.options().texts(OptionNumber.LOCATION_PATH));
  }

  @Test
  @DisplayName("TD_COAP_CORE_19")
  void tellsOfALocationWithQueries() {
    Response r = client.ask(Code.POST, path("location-query").contentFormat(0).build(), "anything");
    assertEquals(Code.CREATED, r.code());
    assertEquals(List.of("first=1", "second=2"), r.options().texts(OptionNumber.LOCATION_QUERY));
  }

  @Test
  @DisplayName("TD_COAP_CORE_20")
  void answersInTheFormatAccepted() {
    for (int format : List.of(0, 41)) {
      Response r = client.ask(Code.GET, path("multi-format").add(OptionNumber.ACCEPT, format).build(), "");
      assertEquals(Code.CONTENT, r.code());
      assertEquals(format, r.options().contentFormat());
    }
    assertEquals(Code.NOT_ACCEPTABLE,
        client.ask(Code.GET, path("multi-format").add(OptionNumber.ACCEPT, 60).build(), "").code());
  }

  private static Bytes etag(Response r) {
    return r.options().bytes(OptionNumber.ETAG).orElseThrow();
  }

  @Test
  @DisplayName("TD_COAP_CORE_21")
  void saysWhatIsStillValid() {
    Response first = client.get("validate");
    Options known = path("validate").add(OptionNumber.ETAG, etag(first)).build();
    Response second = client.ask(Code.GET, known, "");
    assertEquals(Code.VALID, second.code());
    assertEquals(etag(first), etag(second));
    assertTrue(second.payload().isEmpty());
    assertEquals(Code.CHANGED, client.put("validate", "other", o -> o).code());
    Response third = client.ask(Code.GET, known, "");
    assertEquals(Code.CONTENT, third.code());
    assertNotEquals(etag(first), etag(third));
    assertEquals("other", third.payload().asUtf8());
  }

  @Test
  @DisplayName("TD_COAP_CORE_22")
  void updatesOnlyWhatIsAsItWas() {
    Bytes first = etag(client.get("validate"));
    assertEquals(Code.CHANGED,
        client.put("validate", "second", o -> o.add(OptionNumber.IF_MATCH, first)).code());
    Response second = client.get("validate");
    assertEquals("second", second.payload().asUtf8());
    assertEquals(Code.CHANGED, client.put("validate", "third", o -> o).code());
    assertEquals(Code.PRECONDITION_FAILED,
        client.put("validate", "fourth", o -> o.add(OptionNumber.IF_MATCH, etag(second))).code());
    assertEquals("third", client.get("validate").payload().asUtf8());
  }

  @Test
  @DisplayName("TD_COAP_CORE_23")
  void createsOnlyWhatIsNotThere() {
    assertEquals(Code.NOT_FOUND, client.get("create1").code());
    assertEquals(Code.CREATED, client.put("create1", "one", o -> o.add(OptionNumber.IF_NONE_MATCH)).code());
    assertEquals(Code.PRECONDITION_FAILED, client.put("create1", "two", o -> o.add(OptionNumber.IF_NONE_MATCH)).code());
    assertEquals("one", client.get("create1").payload().asUtf8());
    assertEquals(Code.DELETED, client.ask(Code.DELETE, path("create1").build(), "").code());
    assertEquals(Code.NOT_FOUND, client.get("create1").code());
  }

  @Test
  void tellsValuesApartThatAreNoText() {
    assertNotEquals(new PlugtestSite.Held(42, Bytes.hex("ff")).etag(), new PlugtestSite.Held(42, Bytes.hex("fe")).etag());
    assertNotEquals(new PlugtestSite.Held(0, Bytes.hex("ff")).etag(), new PlugtestSite.Held(42, Bytes.hex("ff")).etag());
  }

  @Test
  void keepsNoMoreThanItMay() {
    assertEquals(Code.REQUEST_ENTITY_TOO_LARGE, client.put("validate", "x".repeat(16_385), o -> o).code());
    Set<String> places = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      places.add(String.join("/", client.ask(Code.POST, path("large-create").contentFormat(0).build(), "x" + i)
          .options().texts(OptionNumber.LOCATION_PATH)));
    }
    assertEquals(40, places.size());
    assertEquals(16, places.stream().filter(p -> client.get(p).code() == Code.CONTENT).count());
  }
}
