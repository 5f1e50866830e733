package io.trivet.coap.plugtest;

import static io.trivet.coap.plugtest.PlugtestClient.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Response;
import io.trivet.coap.block.Block;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// ETSI CoAP Plugtests, TD_COAP_BLOCK.
class PlugtestBlockTest {
  private static final String BODY = "line upon line of what is put, and each is a little other than that before.\n".repeat(30);

  private final PlugtestClient client = new PlugtestClient();
  private final Options large = path("large").build();

  @Test
  @DisplayName("TD_COAP_BLOCK_01")
  void handsOutBlocksOfTheSizeAskedFor() {
    String whole = client.blocks(Code.GET, large, 0, 2, Code.CONTENT);
    assertTrue(whole.length() > 1_024);
    assertEquals(whole, client.blocks(Code.GET, large, 0, 6, Code.CONTENT));
  }

  @Test
  @DisplayName("TD_COAP_BLOCK_02")
  void handsOutBlocksToWhoDidNotExpectThem() {
    Response first = client.get("large");
    Block b = PlugtestClient.block(first, OptionNumber.BLOCK2);
    assertEquals(new Block(0, true, 6), b);
    String rest = client.blocks(Code.GET, large, 1, 6, Code.CONTENT);
    assertEquals(client.blocks(Code.GET, large, 0, 6, Code.CONTENT), first.payload().asUtf8() + rest);
  }

  @Test
  @DisplayName("TD_COAP_BLOCK_02, with a smaller size from the second block on")
  void handsOutSmallerBlocksWhenAskedLater() {
    Response first = client.get("large");
    String rest = client.blocks(Code.GET, large, 16, 2, Code.CONTENT); // 1,024 bytes are 16 blocks of 64
    assertEquals(client.blocks(Code.GET, large, 0, 6, Code.CONTENT), first.payload().asUtf8() + rest);
  }

  @Test
  @DisplayName("TD_COAP_BLOCK_03")
  void takesAPutInBlocks() {
    assertEquals(Code.CHANGED, client.upload(Code.PUT, "large-update", BODY).code());
    assertEquals(BODY, client.blocks(Code.GET, path("large-update").build(), 0, 6, Code.CONTENT));
  }

  @Test
  @DisplayName("TD_COAP_BLOCK_04")
  void createsByAPostInBlocks() {
    Response r = client.upload(Code.POST, "large-create", BODY);
    assertEquals(Code.CREATED, r.code());
    List<String> place = r.options().texts(OptionNumber.LOCATION_PATH);
    assertEquals(2, place.size());
    assertEquals("large-create", place.getFirst());
    assertEquals(BODY, client.blocks(Code.GET, path(String.join("/", place)).build(), 0, 6, Code.CONTENT));
  }

  @Test
  @DisplayName("TD_COAP_BLOCK_05")
  void answersAPostInBlocksWithBlocks() {
    Response r = client.upload(Code.POST, "large-post", BODY);
    assertEquals(Code.CHANGED, r.code());
    Block b = PlugtestClient.block(r, OptionNumber.BLOCK2);
    assertTrue(b.more());
    String rest =
        client.blocks(Code.POST, path("large-post").contentFormat(0).build(), 1, b.exponent(), Code.CHANGED);
    assertEquals(BODY.toUpperCase(Locale.ROOT), r.payload().asUtf8() + rest);
  }

  @Test
  @DisplayName("TD_COAP_BLOCK_06")
  void handsOutBlocksOfSixteenBytes() {
    assertEquals(client.blocks(Code.GET, large, 0, 6, Code.CONTENT), client.blocks(Code.GET, large, 0, 0, Code.CONTENT));
  }
}
