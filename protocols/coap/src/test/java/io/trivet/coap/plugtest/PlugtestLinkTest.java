package io.trivet.coap.plugtest;

import static io.trivet.coap.plugtest.PlugtestClient.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Response;
import io.trivet.coap.link.Link;
import io.trivet.coap.link.LinkFormat;
import io.trivet.coap.link.LinkLimits;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// ETSI CoAP Plugtests, TD_COAP_LINK_01 to 09: there are no others.
class PlugtestLinkTest {
  private final PlugtestClient client = new PlugtestClient();

  private static List<Link> links(Response r) {
    assertEquals(Code.CONTENT, r.code());
    assertEquals(40, r.options().contentFormat());
    return LinkFormat.parse(r.payload(), LinkLimits.DEFAULT).orThrow();
  }

  /// As a client does that takes the blocks of an answer one after another.
  private List<Link> discover(String... queries) {
    var o = path(".well-known/core");
    for (String q : queries) {
      o.add(OptionNumber.URI_QUERY, q);
    }
    String all = client.blocks(Code.GET, o.build(), 0, 2, Code.CONTENT);
    return LinkFormat.parse(Bytes.utf8(all), LinkLimits.DEFAULT).orThrow();
  }

  @Test
  @DisplayName("TD_COAP_LINK_01")
  void tellsOfItsResources() {
    List<String> targets = discover().stream().map(Link::target).toList();
    assertTrue(targets.containsAll(List.of("/test", "/separate", "/validate", "/query", "/large", "/large-update",
        "/large-create", "/large-post", "/obs", "/obs-non", "/obs-large", "/obs-pumping", "/obs-pumping-non",
        "/seg1/seg2/seg3", "/location-query", "/multi-format", "/link1", "/link2", "/link3", "/path", "/create1")),
        targets.toString());
  }

  @ParameterizedTest(name = "TD_COAP_LINK_{0}: {1}")
  @CsvSource({
    "02, rt=Type1, /link1 /link3", "04, rt=Type2, /link1 /link2", "05, if=If*, /link1 /link2",
    "06, sz=*, /large /large-update", "07, href=/link1, /link1", "08, href=/link*, /link1 /link2 /link3",
    "09, ct=40, /path",
  })
  void tellsOfWhatMeetsACriterion(String id, String query, String expected) {
    assertEquals(expected, String.join(" ", discover(query).stream().map(Link::target).toList()), id);
  }

  @Test
  @DisplayName("TD_COAP_LINK_03")
  void tellsOfAllThatHaveAType() {
    List<Link> typed = discover("rt=*");
    assertTrue(typed.size() >= 3);
    assertTrue(typed.stream().allMatch(l -> l.attribute("rt").isPresent()));
  }

  @Test
  @DisplayName("TD_COAP_LINK_09")
  void arrangesLinksInALevelBelow() {
    List<Link> below = links(client.get("path"));
    assertEquals(List.of("/path/sub1", "/path/sub2", "/path/sub3"), below.stream().map(Link::target).toList());
    for (Link l : below) {
      assertEquals(Code.CONTENT, client.get(l.target().substring(1)).code());
    }
  }
}
