package io.trivet.coap.oscore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// RFC 8613, appendix C, byte for byte from the code to the end of the payload.
class Rfc8613VectorsTest {
  private static final Bytes SECRET = Bytes.hex("0102030405060708090a0b0c0d0e0f10");
  private static final Bytes SALT = Bytes.hex("9e7ca92223786340");
  private static final Optional<Bytes> ID_CONTEXT = Optional.of(Bytes.hex("37cbf3210017a2d3"));

  static OscoreSecret secret(Bytes salt, String sender, String recipient) {
    return new OscoreSecret(SECRET, salt, Bytes.hex(sender), Bytes.hex(recipient), Aead.AES_CCM_16_64_128);
  }

  static OscoreKeys c1() {
    return secret(SALT, "", "01").keys(Optional.empty());
  }

  private static void derives(OscoreSecret secret, Optional<Bytes> context, String sender, String recipient,
      String iv, String senderNonce, String recipientNonce) {
    OscoreKeys keys = secret.keys(context);
    assertEquals(Bytes.hex(sender), keys.senderKey());
    assertEquals(Bytes.hex(recipient), keys.recipientKey());
    assertEquals(Bytes.hex(iv), keys.commonIv());
    assertEquals(Bytes.hex(senderNonce), keys.nonce(keys.senderId(), OscoreOption.partialIv(0)));
    assertEquals(Bytes.hex(recipientNonce), keys.nonce(keys.recipientId(), OscoreOption.partialIv(0)));
    OscoreKeys mirrored = secret.mirrored().keys(context);
    assertEquals(keys.senderKey(), mirrored.recipientKey());
    assertEquals(keys.recipientKey(), mirrored.senderKey());
    assertEquals(keys.commonIv(), mirrored.commonIv());
  }

  @Test
  void c1DerivesKeysWithASalt() {
    derives(secret(SALT, "", "01"), Optional.empty(), "f0910ed7295e6ad4b54fc793154302ff",
        "ffb14e093c94c9cac9471648b4f98710", "4622d4dd6d944168eefb54987c", "4622d4dd6d944168eefb54987c",
        "4722d4dd6d944169eefb54987c");
    assertEquals(Bytes.hex("8540f60a634b657910"),
        OscoreKeys.info(Bytes.EMPTY, Optional.empty(), Aead.AES_CCM_16_64_128, "Key", 16));
    assertEquals(Bytes.hex("8540f60a6249560d"),
        OscoreKeys.info(Bytes.EMPTY, Optional.empty(), Aead.AES_CCM_16_64_128, "IV", 13));
  }

  @Test
  void c2DerivesKeysWithoutASalt() {
    derives(secret(Bytes.EMPTY, "00", "01"), Optional.empty(), "321b26943253c7ffb6003b0b64d74041",
        "e57b5635815177cd679ab4bcec9d7dda", "be35ae297d2dace910c52e99f9", "bf35ae297d2dace910c52e99f9",
        "bf35ae297d2dace810c52e99f9");
  }

  @Test
  void c3DerivesKeysWithAnIdContext() {
    derives(secret(SALT, "", "01"), ID_CONTEXT, "af2a1300a5e95788b356336eeecd2b92",
        "e39a0c7c77b43f03b4b39ab9a268699f", "2ca58fb85ff1b81c0b7181b85e", "2ca58fb85ff1b81c0b7181b85e",
        "2da58fb85ff1b81d0b7181b85e");
    assertEquals(Bytes.hex("8541014837cbf3210017a2d30a634b657910"),
        OscoreKeys.info(Bytes.hex("01"), ID_CONTEXT, Aead.AES_CCM_16_64_128, "Key", 16));
  }

  private static Request get() {
    return Request.of(Code.GET, "tv1")
        .with(Options.builder().add(OptionNumber.URI_HOST, "localhost").path("tv1").build());
  }

  private static Bytes wire(Options options, Bytes payload) {
    byte[] out = new byte[OptionsCodec.size(options, payload.length())];
    OptionsCodec.write(options, payload, out, 0);
    return Bytes.wrap(out);
  }

  private static void requests(OscoreSecret secret, Optional<Bytes> context, boolean sent, String wire) {
    OscoreKeys client = secret.keys(context);
    Protection.ProtectedRequest p = Protection.protect(client, 20, sent ? context : Optional.empty(), get());
    assertEquals(Code.POST, p.request().method());
    assertEquals(Bytes.hex(wire), wire(p.request().options(), p.request().payload()));
    OscoreOption option = p.request().options().bytes(OptionNumber.OSCORE).flatMap(OscoreOption::decode).orElseThrow();
    Protection.ProtectedRequest back =
        Protection.verify(secret.mirrored().keys(context), option, p.request()).orElseThrow();
    assertEquals(get(), back.request());
    assertEquals(p.binding(), back.binding());
  }

  @Test
  void c4ProtectsARequest() {
    requests(secret(SALT, "", "01"), Optional.empty(), false,
        "396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e");
    Protection.Binding binding = new Protection.Binding(Bytes.EMPTY, Bytes.hex("14"), Bytes.EMPTY, false);
    assertEquals(Bytes.hex("8368456e63727970743040488501810a40411440"),
        Protection.aad(Aead.AES_CCM_16_64_128, binding));
  }

  @Test
  void c5ProtectsARequestWithAnotherSenderId() {
    requests(secret(Bytes.EMPTY, "00", "01"), Optional.empty(), false,
        "396c6f63616c686f737463091400ff4ed339a5a379b0b8bc731fffb0");
  }

  @Test
  void c6ProtectsARequestWithAKidContext() {
    requests(secret(SALT, "", "01"), ID_CONTEXT, true,
        "396c6f63616c686f73746b19140837cbf3210017a2d3ff72cd7273fd331ac45cffbe55c3");
  }

  private static void responds(long number, String wire) {
    OscoreKeys server = secret(SALT, "01", "").keys(Optional.empty());
    Protection.ProtectedRequest request = Protection.protect(c1(), 20, Optional.empty(), get());
    Response inside = new Response(Code.CONTENT, Options.NONE, Bytes.utf8("Hello World!"));
    Response outside = Protection.protect(server, request.binding(), number, Optional.empty(), inside);
    assertEquals(Code.CHANGED, outside.code());
    assertEquals(Bytes.hex(wire), wire(outside.options(), outside.payload()));
    assertEquals(new Protection.VerifiedResponse(inside, number),
        Protection.verify(c1(), request.binding(), outside).orElseThrow());
  }

  @Test
  void c7ProtectsAResponseWithTheNonceOfItsRequest() {
    responds(-1, "90ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106");
  }

  @Test
  void c8ProtectsAResponseWithAPartialIvOfItsOwn() {
    responds(0, "920100ff4d4c13669384b67354b2b6175ff4b8658c666a6cf88e");
  }
}
