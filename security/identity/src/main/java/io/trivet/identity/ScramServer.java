package io.trivet.identity;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The server's side of one SCRAM-SHA-256 exchange (RFC 5802, section 5), as MQTT 5 carries it in AUTH packets: two
/// messages of the client, two of the server. Without channel binding, which MQTT gives no access to.
final class ScramServer {
  private static final int MESSAGE_BYTES_MAX = 1_024;

  /// gs2-header `n,,` and nothing else: `p=` asks for channel binding, `y` says the client would have it.
  private static final Pattern FIRST = Pattern.compile("(n,,|y,,)(n=([^,]{1,256}),r=([\\x21-\\x2B\\x2D-\\x7E]{8,256}))");

  private static final Pattern STRAY_ESCAPE = Pattern.compile("=(?!2C|3D)");

  private static final Pattern FINAL =
      Pattern.compile("(c=([A-Za-z0-9+/=]{4,16}),r=([\\x21-\\x2B\\x2D-\\x7E]{8,512})),p=([A-Za-z0-9+/=]{44})");

  private final String serverNonce;
  private String gs2 = "";
  private String clientFirstBare = "";
  private String serverFirst = "";
  private String nonce = "";

  /// @param serverNonce printable, without commas, never used before
  ScramServer(String serverNonce) {
    this.serverNonce = serverNonce;
  }

  private static Parsed<String> text(Bytes message) {
    if (message.length() > MESSAGE_BYTES_MAX) {
      return Parsed.invalid("scram", "a message of " + message.length() + " bytes");
    }
    String t = Utf8.decode(message.backingArray(), message.backingOffset(), message.backingOffset() + message.length());
    return t == null ? Parsed.invalid("scram", "a message that is no UTF-8") : Parsed.valid(t);
  }

  /// Reads client-first-message.
  ///
  /// @return the user's name
  Parsed<String> first(Bytes message) {
    return switch (text(message)) {
      case Parsed.Invalid<String> i -> i;
      case Parsed.Valid<String>(String t) -> {
        Matcher m = FIRST.matcher(t);
        if (!m.matches()) {
          yield Parsed.invalid("scram", "no client-first-message without channel binding");
        }
        if (STRAY_ESCAPE.matcher(m.group(3)).find()) {
          yield Parsed.invalid("scram", "a user name with = that begins neither =2C nor =3D");
        }
        String name = m.group(3).replace("=2C", ",").replace("=3D", "=");
        if (name.chars().anyMatch(Character::isISOControl)) {
          yield Parsed.invalid("scram", "a user name with control characters");
        }
        gs2 = m.group(1);
        clientFirstBare = m.group(2);
        nonce = m.group(4) + serverNonce;
        yield Parsed.valid(name);
      }
    };
  }

  /// server-first-message: nonce, salt and iterations.
  Bytes challenge(ScramVerifier v) {
    serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(v.salt().toArray()) + ",i="
        + v.iterations();
    return Bytes.utf8(serverFirst);
  }

  /// Reads client-final-message and answers with server-final-message where the proof holds.
  Parsed<Bytes> last(Bytes message, ScramVerifier v) {
    return switch (text(message)) {
      case Parsed.Invalid<String> i -> i.cast();
      case Parsed.Valid<String>(String t) -> {
        Matcher m = FINAL.matcher(t);
        if (!m.matches()) {
          yield Parsed.invalid("scram", "no client-final-message");
        }
        String binding = Base64.getEncoder().encodeToString(gs2.getBytes(StandardCharsets.UTF_8));
        if (!m.group(2).equals(binding) || !m.group(3).equals(nonce)) {
          yield Parsed.invalid("scram", "another exchange's binding or nonce");
        }
        byte[] proof;
        try {
          proof = Base64.getDecoder().decode(m.group(4));
        } catch (IllegalArgumentException e) {
          yield Parsed.invalid("scram", "a proof that is no base64");
        }
        String authMessage = clientFirstBare + "," + serverFirst + "," + m.group(1);
        if (!Scram.proves(v, authMessage, proof)) {
          yield Parsed.invalid("scram", "wrong password");
        }
        yield Parsed.valid(Bytes.utf8(
            "v=" + Base64.getEncoder().encodeToString(Scram.serverSignature(v, authMessage))));
      }
    };
  }
}
