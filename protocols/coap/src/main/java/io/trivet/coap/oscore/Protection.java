package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.base.cbor.CborWriter;
import java.util.Optional;

/// Protects messages and verifies them (RFC 8613, sections 4, 5 and 8): keys and a number in, a message out. What may be
/// used, and whether it is a replay, is for others to say.
public final class Protection {
  private static final int OPTIONS_MAX = 256;

  private Protection() {}

  /// What ties a response to its request (section 5.4).
  ///
  /// @param partialIv the request's
  /// @param isObserve whether the outer code of the request was FETCH
  public record Binding(Bytes kid, Bytes partialIv, Bytes nonce, boolean isObserve) {}

  public record ProtectedRequest(Request request, Binding binding) {}

  /// @param number the partial IV; -1 where the response used the nonce of its request
  public record VerifiedResponse(Response response, long number) {}

  // --- requests -----------------------------------------------------------------------------------------------------

  /// @param request without Proxy-Uri, which would have to be taken apart first (section 4.1.3.3)
  /// @param number a sender sequence number that was never used with these keys
  /// @param kidContext to be sent along
  public static ProtectedRequest protect(
      OscoreKeys keys, long number, Optional<Bytes> kidContext, Request request) {
    Bytes partialIv = OscoreOption.partialIv(number);
    Bytes nonce = keys.nonce(keys.senderId(), partialIv);
    boolean isObserve = request.method().isRead() && request.options().has(OptionNumber.OBSERVE);
    Binding binding = new Binding(keys.senderId(), partialIv, nonce, isObserve);
    Bytes inner = plaintext(request.method(), request.options().where(Protection::isInner), request.payload());
    Bytes sealed = keys.aead().seal(keys.senderKey(), nonce, aad(keys.aead(), binding), inner);
    Options outer = outer(request.options(), new OscoreOption(partialIv, kidContext, Optional.of(keys.senderId())),
        isObserve);
    Code code = isObserve ? Code.FETCH : Code.POST;
    return new ProtectedRequest(new Request(request.confirmable(), code, outer, sealed), binding);
  }

  /// The request inside; empty where it does not verify.
  ///
  /// @param option of the request, with a partial IV and a kid
  public static Optional<ProtectedRequest> verify(OscoreKeys keys, OscoreOption option, Request outer) {
    Bytes nonce = keys.nonce(keys.recipientId(), option.partialIv());
    Binding binding = new Binding(keys.recipientId(), option.partialIv(), nonce, outer.method() == Code.FETCH);
    return keys.aead().open(keys.recipientKey(), nonce, aad(keys.aead(), binding), outer.payload())
        .flatMap(Protection::parse)
        .filter(i -> i.code.isRequest())
        .map(i -> {
          // Somebody between may have taken the outer Observe away, and would not pass notifications (4.1.3.5.1).
          Options inside = outer.options().has(OptionNumber.OBSERVE) ? i.options : i.options.without(OptionNumber.OBSERVE);
          Options all = merged(inside, outer.options());
          return new ProtectedRequest(new Request(outer.confirmable(), i.code, all, i.payload), binding);
        });
  }

  // --- responses ----------------------------------------------------------------------------------------------------

  /// @param number a fresh sender sequence number, or -1 for the nonce of the request: for one response only, and no
  ///     notification
  /// @param kidContext to be sent along (appendix B.2); as a rule none
  public static Response protect(
      OscoreKeys keys, Binding binding, long number, Optional<Bytes> kidContext, Response response) {
    boolean isNotification = binding.isObserve && response.options().has(OptionNumber.OBSERVE);
    Bytes partialIv = number < 0 ? Bytes.EMPTY : OscoreOption.partialIv(number);
    Bytes nonce = number < 0 ? binding.nonce : keys.nonce(keys.senderId(), partialIv);
    Options inside = response.options().where(Protection::isInner);
    if (isNotification) {
      // The number outside would only repeat the partial IV (section 4.1.3.5.2).
      inside = inside.with(OptionNumber.OBSERVE, Bytes.EMPTY);
    }
    Bytes sealed = keys.aead().seal(keys.senderKey(), nonce, aad(keys.aead(), binding),
        plaintext(response.code(), inside, response.payload()));
    Options outer = outer(response.options(), new OscoreOption(partialIv, kidContext, Optional.empty()), isNotification);
    return new Response(binding.isObserve ? Code.CONTENT : Code.CHANGED, outer, sealed);
  }

  /// The response inside; empty where it does not verify. A notification's Observe is made from its partial IV, which
  /// nobody between could alter.
  public static Optional<VerifiedResponse> verify(OscoreKeys keys, Binding binding, Response outer) {
    Optional<OscoreOption> option = outer.options().bytes(OptionNumber.OSCORE).flatMap(OscoreOption::decode);
    if (option.isEmpty()) {
      return Optional.empty();
    }
    Bytes partialIv = option.get().partialIv();
    Bytes nonce = partialIv.isEmpty() ? binding.nonce : keys.nonce(keys.recipientId(), partialIv);
    long number = option.get().number();
    return keys.aead().open(keys.recipientKey(), nonce, aad(keys.aead(), binding), outer.payload())
        .flatMap(Protection::parse)
        .filter(i -> i.code.isResponse())
        .map(i -> {
          Options inside = i.options.has(OptionNumber.OBSERVE)
              ? i.options.with(OptionNumber.OBSERVE, Math.max(0, number) & 0xFFFFFF) : i.options;
          return new VerifiedResponse(new Response(i.code, merged(inside, outer.options()), i.payload), number);
        });
  }

  // --- the parts ----------------------------------------------------------------------------------------------------

  /// Class E of section 4.1: all that is not to be read or changed on the way, known or not.
  static boolean isInner(int number) {
    return !isOuter(number);
  }

  /// Class U: for those between.
  private static boolean isOuter(int number) {
    OptionNumber o = OptionNumber.of(number);
    return o == OptionNumber.URI_HOST || o == OptionNumber.URI_PORT || o == OptionNumber.PROXY_URI
        || o == OptionNumber.PROXY_SCHEME || o == OptionNumber.HOP_LIMIT || o == OptionNumber.OSCORE
        || o == OptionNumber.EDHOC;
  }

  /// What stays outside, with the option, and Observe a second time where it is asked or told.
  private static Options outer(Options given, OscoreOption option, boolean isObserve) {
    Options.Builder out = given.where(Protection::isOuter).toBuilder();
    out.remove(OptionNumber.OSCORE).add(OptionNumber.OSCORE, option.encode());
    if (isObserve) {
      out.add(OptionNumber.OBSERVE, given.uint(OptionNumber.OBSERVE, 0));
    }
    return out.build();
  }

  /// What came inside, and of what came outside only what belongs there; whatever else stands outside was put there by
  /// somebody who could not put it inside (section 8.2).
  private static Options merged(Options inside, Options outside) {
    Options.Builder all = inside.where(Protection::isInner).toBuilder();
    for (int i = 0; i < outside.count(); i++) {
      int n = outside.number(i);
      if (isOuter(n) && n != OptionNumber.OSCORE.number() && n != OptionNumber.EDHOC.number()) {
        all.add(n, outside.value(i));
      }
    }
    return all.build();
  }

  private record Inner(Code code, Options options, Bytes payload) {}

  private static Bytes plaintext(Code code, Options options, Bytes payload) {
    byte[] out = new byte[1 + OptionsCodec.size(options, payload.length())];
    out[0] = (byte) code.value();
    OptionsCodec.write(options, payload, out, 1);
    return Bytes.wrap(out);
  }

  private static Optional<Inner> parse(Bytes plaintext) {
    if (plaintext.isEmpty()) {
      return Optional.empty();
    }
    byte[] a = plaintext.toArray();
    OptionsCodec.Read read = OptionsCodec.read(a, 1, a.length, OPTIONS_MAX);
    if (read.isBroken()) {
      return Optional.empty();
    }
    Bytes payload = Bytes.wrap(a, read.payloadAt(), a.length - read.payloadAt());
    return Optional.of(new Inner(Code.of(a[0]), read.options(), payload));
  }

  /// The structure Enc_structure around aad_array (section 5.4).
  static Bytes aad(Aead aead, Binding binding) {
    Bytes external = new CborWriter().array(5).integer(1).array(1).integer(aead.cose()).bytes(binding.kid)
        .bytes(binding.partialIv).bytes(Bytes.EMPTY).bytes();
    return new CborWriter().array(3).text("Encrypt0").bytes(Bytes.EMPTY).bytes(external).bytes();
  }
}
