package io.trivet.coap.oscore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.cose.AlgorithmID;
import org.eclipse.californium.oscore.HashMapCtxDB;
import org.eclipse.californium.oscore.OSCoreCtx;
import org.eclipse.californium.oscore.RequestDecryptor;
import org.eclipse.californium.oscore.RequestEncryptor;
import org.eclipse.californium.oscore.ResponseDecryptor;
import org.eclipse.californium.oscore.ResponseEncryptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Californium's cf-oscore at the other end: each reads what the other protected.
class CaliforniumOscoreTest {
  private static final Bytes SECRET = Bytes.hex("0102030405060708090a0b0c0d0e0f10");
  private static final Bytes SALT = Bytes.hex("9e7ca92223786340");
  private static final String URI = "coap://localhost/ps/ward";
  private static final Token TOKEN = new Token(new byte[] {5});

  private final HashMapCtxDB theirs = new HashMapCtxDB();
  private OSCoreCtx context;
  private final OscoreKeys ours =
      new OscoreSecret(SECRET, SALT, Bytes.hex("02"), Bytes.hex("01"), Aead.AES_CCM_16_64_128).keys(Optional.empty());

  @BeforeEach
  void sharesAContext() throws Exception {
    context = new OSCoreCtx(SECRET.toArray(), true, AlgorithmID.AES_CCM_16_64_128, new byte[] {1}, new byte[] {2},
        AlgorithmID.HKDF_HMAC_SHA_256, 32, SALT.toArray(), null, 4_096);
    theirs.addContext(URI, context);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 300})
  void weServeTheirClient(long number) throws Exception {
    org.eclipse.californium.core.coap.Request put = org.eclipse.californium.core.coap.Request.newPut();
    put.setURI(URI);
    put.setToken(TOKEN);
    put.setPayload("21.5");
    put.getOptions().setContentFormat(60);
    put.getOptions().setOscore(new byte[0]);
    org.eclipse.californium.core.coap.Request sent = RequestEncryptor.encrypt(theirs, put);
    Bytes option = Bytes.wrap(sent.getOptions().getOscore());
    Request outer = new Request(true, Code.of(sent.getRawCode()), Options.NONE.with(OptionNumber.OSCORE, option),
        Bytes.wrap(sent.getPayload()));
    Protection.ProtectedRequest inner =
        Protection.verify(ours, OscoreOption.decode(option).orElseThrow(), outer).orElseThrow();
    assertEquals(new Request(true, Code.PUT, Options.builder().path("ps/ward").contentFormat(60).build(),
        Bytes.utf8("21.5")), inner.request());

    Response answer = Protection.protect(ours, inner.binding(), number, Optional.empty(),
        Response.content(0, Bytes.utf8("thanks")));
    org.eclipse.californium.core.coap.Response back =
        new org.eclipse.californium.core.coap.Response(CoAP.ResponseCode.valueOf(answer.code().value()));
    back.setType(CoAP.Type.ACK);
    back.setToken(TOKEN);
    back.setPayload(answer.payload().toArray());
    back.getOptions().setOscore(answer.options().bytes(OptionNumber.OSCORE).orElseThrow().toArray());
    theirs.addContext(TOKEN, context);
    org.eclipse.californium.core.coap.Response read = ResponseDecryptor.decrypt(theirs, back, 0);
    assertEquals("thanks", read.getPayloadString());
    assertEquals(CoAP.ResponseCode.CONTENT, read.getCode());
  }

  @Test
  void theirServerServesUs() throws Exception {
    Request get = Request.of(Code.GET, "ps/ward");
    Protection.ProtectedRequest sent = Protection.protect(ours, 7, Optional.empty(), get);
    org.eclipse.californium.core.coap.Request arrived =
        new org.eclipse.californium.core.coap.Request(CoAP.Code.valueOf(sent.request().method().value()));
    arrived.setToken(TOKEN);
    arrived.setPayload(sent.request().payload().toArray());
    arrived.getOptions().setOscore(sent.request().options().bytes(OptionNumber.OSCORE).orElseThrow().toArray());
    org.eclipse.californium.core.coap.Request read = RequestDecryptor.decrypt(theirs, arrived, context);
    assertEquals(CoAP.Code.GET, read.getCode());
    assertEquals("ps/ward", read.getOptions().getUriPathString());

    org.eclipse.californium.core.coap.Response answer =
        new org.eclipse.californium.core.coap.Response(CoAP.ResponseCode.CONTENT);
    answer.setToken(TOKEN);
    answer.setPayload("21.5");
    answer.getOptions().setOscore(new byte[0]);
    org.eclipse.californium.core.coap.Response sealed =
        ResponseEncryptor.encrypt(theirs, answer, context, false, false, 7);
    Response outer = new Response(Code.of(sealed.getCode().value),
        Options.NONE.with(OptionNumber.OSCORE, Bytes.wrap(sealed.getOptions().getOscore())),
        Bytes.wrap(sealed.getPayload()));
    Protection.VerifiedResponse verified = Protection.verify(ours, sent.binding(), outer).orElseThrow();
    assertEquals(new Response(Code.CONTENT, Options.NONE, Bytes.utf8("21.5")), verified.response());
  }
}
