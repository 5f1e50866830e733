package io.trivet.coap.plugtest;

import static io.trivet.coap.plugtest.PlugtestClient.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange.Fate;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Response;
import io.trivet.coap.TestExchange;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// ETSI CoAP Plugtests, TD_COAP_OBS. There is no case 03.
class PlugtestObserveTest {
  private final PlugtestClient client = new PlugtestClient();

  private static long number(Response r) {
    return r.options().uint(OptionNumber.OBSERVE, -1);
  }

  /// Steps 1 to 6 of most cases: observes, and acknowledges the first notification.
  private TestExchange observed() {
    TestExchange e = client.observe(true, "obs", 0, "0a");
    assertEquals(Code.CONTENT, e.response().code());
    assertTrue(number(e.response()) >= 0);
    client.period();
    assertEquals(2, e.responses.size());
    assertNotified(e, true);
    client.fate(e, Fate.ACKNOWLEDGED);
    return e;
  }

  private static void assertNotified(TestExchange e, boolean confirmable) {
    Response before = e.responses.get(e.responses.size() - 2);
    assertEquals(Code.CONTENT, e.last().code());
    assertEquals(e.response().options().contentFormat(), e.last().options().contentFormat());
    assertTrue(number(e.last()) > number(before));
    assertNotEquals(before.payload(), e.last().payload());
    assertEquals(confirmable, e.confirmable.getLast());
  }

  private void assertQuiet(TestExchange e) {
    int before = e.responses.size();
    client.period();
    client.period();
    assertEquals(before, e.responses.size());
    assertEquals(0, client.resources.observations());
  }

  @Test
  @DisplayName("TD_COAP_OBS_01")
  void notifiesByConfirmableMessages() {
    TestExchange e = observed();
    client.period();
    assertNotified(e, true);
  }

  @Test
  @DisplayName("TD_COAP_OBS_02")
  void notifiesByNonConfirmableMessages() {
    TestExchange e = client.observe(false, "obs-non", 0, "0a");
    for (int i = 0; i < 5; i++) {
      client.period();
      assertEquals(i + 2, e.responses.size());
      assertNotified(e, false);
    }
  }

  @Test
  void asksNowAndThenWhetherTheObserverIsStillThere() {
    TestExchange e = client.observe(false, "obs-non", 0, "0a");
    for (int i = 0; i < 20; i++) {
      client.period();
    }
    assertTrue(e.confirmable.getLast());
    client.fate(e, Fate.TIMED_OUT);
    assertQuiet(e);
  }

  @Test
  @DisplayName("TD_COAP_OBS_04")
  void takesTheSameObservationAnew() {
    TestExchange e = observed();
    assertEquals(5, e.last().options().uint(OptionNumber.MAX_AGE, -1));
    client.peer.leave(); // the server forgets the peer
    assertQuiet(e);
    TestExchange again = client.observe(true, "obs", 0, "0a");
    assertEquals(Code.CONTENT, again.response().code());
    assertTrue(number(again.response()) >= 0);
  }

  @Test
  @DisplayName("TD_COAP_OBS_05")
  void stopsWhenNobodyAcknowledges() {
    TestExchange e = observed();
    client.period();
    client.period(); // not another one while that is under way
    assertEquals(3, e.responses.size());
    client.fate(e, Fate.TIMED_OUT);
    assertQuiet(e);
  }

  @Test
  @DisplayName("TD_COAP_OBS_06")
  void stopsWhenReset() {
    TestExchange e = observed();
    client.period();
    client.fate(e, Fate.RESET);
    assertQuiet(e);
  }

  @Test
  @DisplayName("TD_COAP_OBS_07")
  void saysThatTheResourceIsDeleted() {
    TestExchange e = observed();
    assertEquals(Code.DELETED, client.ask(Code.DELETE, path("obs").build(), "").code());
    assertEquals(Code.NOT_FOUND, e.last().code());
    assertFalse(e.last().options().has(OptionNumber.OBSERVE));
    assertTrue(e.confirmable.getLast());
    assertQuiet(e);
  }

  @Test
  @DisplayName("TD_COAP_OBS_08")
  void saysThatTheContentFormatIsAnother() {
    TestExchange e = observed();
    assertEquals(Code.CHANGED, client.put("obs", "<x/>", o -> o.contentFormat(41)).code());
    assertEquals(Code.NOT_ACCEPTABLE, e.last().code());
    assertFalse(e.last().options().has(OptionNumber.OBSERVE));
    assertQuiet(e);
  }

  @Test
  @DisplayName("TD_COAP_OBS_09")
  void tellsOfWhatIsPut() {
    TestExchange e = observed();
    assertEquals(Code.CHANGED, client.put("obs", "put by another", o -> o).code());
    assertNotified(e, true);
    assertEquals("put by another", e.last().payload().asUtf8());
  }

  @Test
  @DisplayName("TD_COAP_OBS_10")
  void goesOnWhenTheSameIsRead() {
    TestExchange e = observed();
    TestExchange read = client.send(true, Code.GET, path("obs").build(), Bytes.EMPTY, "0b");
    assertEquals(Code.CONTENT, read.response().code());
    assertFalse(read.response().options().has(OptionNumber.OBSERVE));
    client.period();
    assertEquals(3, e.responses.size());
    assertNotified(e, true);
    assertEquals(1, read.responses.size());
  }

  @Test
  @DisplayName("TD_COAP_OBS_11")
  void hasNeverTwoNotificationsUnderWay() {
    TestExchange e = observed();
    for (int i = 0; i < 5; i++) {
      client.period();
    }
    assertEquals(3, e.responses.size());
    client.fate(e, Fate.ACKNOWLEDGED);
    assertEquals(4, e.responses.size()); // the state of now, not of each period between
    assertNotified(e, true);
  }

  @Test
  @DisplayName("TD_COAP_OBS_12")
  void stopsWhenToldTo() {
    TestExchange e = observed();
    TestExchange end = client.observe(true, "obs", 1, "0a");
    assertEquals(Code.CONTENT, end.response().code());
    assertFalse(end.response().options().has(OptionNumber.OBSERVE));
    assertQuiet(e);
  }

  @Test
  @DisplayName("TD_COAP_OBS_13, 14")
  void notifiesOfWhatTakesSeveralBlocks() {
    for (String where : List.of("obs-large", "obs-pumping")) {
      TestExchange e = client.observe(true, where, 0, "0a");
      int large = 0;
      for (int i = 0; i < 10; i++) {
        client.period();
        Response r = e.last();
        assertNotified(e, true);
        if (r.options().has(OptionNumber.BLOCK2)) {
          large++;
          assertEquals(1_024, r.payload().length());
          assertTrue(r.options().has(OptionNumber.ETAG));
          String rest = client.blocks(Code.GET, path(where).build(), 1, 6, Code.CONTENT);
          assertTrue(!rest.isEmpty());
        }
        client.fate(e, Fate.ACKNOWLEDGED);
      }
      assertTrue(where.equals("obs-large") ? large == 10 : large > 0 && large < 10, where + ": " + large);
    }
  }
}
