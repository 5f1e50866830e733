package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/// Says what a device was given and how to use it: commands that work when pasted.
final class IssuedText {
  private final PrintWriter out;
  private final Endpoints endpoints;
  private final Path data;

  IssuedText(PrintWriter out, Endpoints endpoints, Path data) {
    this.out = out;
    this.endpoints = endpoints;
    this.data = data;
  }

  /// @param issued what the server answered to `device.add` or `device.rotate`
  /// @param device what it answered to `device.show`
  void print(JsonNode issued, JsonNode device) {
    String id = issued.path("id").asText();
    JsonNode files = issued.path("files");
    if (files.isObject()) {
      out.println();
      out.println("Certificate  " + Shell.near(files.path("certificate").asText()));
      out.println("Key          " + Shell.near(files.path("key").asText()));
      out.println("Authority    " + Shell.near(files.path("authority").asText()));
      pair(id, device, endpoints.mqtts(), "--cafile " + Shell.word(Shell.near(files.path("authority").asText()))
          + " --cert " + Shell.word(Shell.near(files.path("certificate").asText()))
          + " --key " + Shell.word(Shell.near(files.path("key").asText())));
      String where = "--ca " + Shell.word(Shell.near(files.path("authority").asText())) + " --cert "
          + Shell.word(Shell.near(files.path("certificate").asText())) + " --key "
          + Shell.word(Shell.near(files.path("key").asText()));
      coap(id, endpoints.coaps(), "coaps", "coap-client-openssl -C "
          + Shell.word(Shell.near(files.path("authority").asText())) + " -c "
          + Shell.word(Shell.near(files.path("certificate").asText())) + " -j "
          + Shell.word(Shell.near(files.path("key").asText())), where);
    }
    if (issued.has("password")) {
      String password = issued.path("password").asText();
      out.println();
      out.println("Password     " + password + "   (shown once)");
      pair(id, device, endpoints.mqtts(), "--cafile " + Shell.word(Shell.near(data.resolve("ca").resolve("ca.crt").toString()))
          + " -u " + Shell.word(id) + " -P " + Shell.word(password));
    }
    JsonNode rawKey = issued.path("raw-key");
    if (rawKey.isObject()) {
      String key = Shell.near(rawKey.path("key").asText());
      out.println();
      out.println("Raw key      " + key);
      out.println("Public half  " + Shell.near(rawKey.path("public").asText()));
      out.println("Server's     " + Shell.near(data.resolve("server-rpk.pem").toString()));
      String server = Shell.word(Shell.near(data.resolve("server-rpk.pem").toString()));
      coap(id, endpoints.coaps(), "coaps", "coap-client-gnutls -M " + Shell.word(key), "--rpk-key-file " + Shell.word(key) + " --rpk-server-file " + server);
    }
    JsonNode oscore = issued.path("oscore");
    if (oscore.isObject()) {
      String file = Shell.near(oscore.path("file").asText());
      out.println();
      out.println("OSCORE       " + file);
      Optional<Endpoints.Endpoint> plain = endpoints.coap();
      coap(id, plain.isPresent() ? plain : endpoints.coaps(), plain.isPresent() ? "coap" : "coaps", "",
          "--oscore " + Shell.word(file));
    }
    JsonNode edhoc = issued.path("edhoc");
    if (edhoc.isObject()) {
      String file = Shell.near(edhoc.path("file").asText());
      out.println();
      out.println("EDHOC        " + file + (edhoc.path("has-key").asBoolean() ? "" : "   (without the private key, which the device has)"));
      if (edhoc.path("has-key").asBoolean()) {
        Optional<Endpoints.Endpoint> plain = endpoints.coap();
        coap(id, plain.isPresent() ? plain : endpoints.coaps(), plain.isPresent() ? "coap" : "coaps", "",
            "--edhoc " + Shell.word(file));
      }
    }
    JsonNode psk = issued.path("psk");
    if (psk.isObject()) {
      out.println();
      out.println("Identity     " + psk.path("identity").asText());
      out.println("Key          " + psk.path("key").asText() + "   (shown once)");
      coap(id, endpoints.coaps(), "coaps", libcoap(psk), "--psk-identity " + Shell.word(psk.path("identity").asText()) + " --psk "
          + psk.path("key").asText());
      if (endpoints.psk().isEmpty()) {
        out.println();
        out.println("No listener takes pre-shared keys yet: set listeners.psk, or start with 'trivet serve --psk *:8884'.");
      } else {
        pair(id, device, endpoints.psk(), "--psk-identity " + Shell.word(psk.path("identity").asText())
            + " --psk " + psk.path("key").asText());
      }
    }
  }

  /// libcoap takes keys as they are, so only one that is a text can be given to it.
  private static String libcoap(JsonNode psk) {
    String key = new String(HexFormat.of().parseHex(psk.path("key").asText()), StandardCharsets.ISO_8859_1);
    return !key.matches("[A-Za-z0-9_-]+") ? ""
        : "coap-client-openssl -u " + Shell.word(psk.path("identity").asText()) + " -k " + Shell.word(key);
  }

  /// The same by CoAP: with libcoap's client where it can, and with our own.
  private void coap(String id, Optional<Endpoints.Endpoint> at, String scheme, String libcoap, String own) {
    if (at.isEmpty()) {
      return;
    }
    String host = at.get().host().indexOf(':') >= 0 ? "[" + at.get().host() + "]" : at.get().host();
    String uri = scheme + "://" + host + ":" + at.get().port() + "/ps/devices/" + id + "/hello";
    out.println();
    out.println("By CoAP:");
    if (!libcoap.isEmpty()) {
      out.println("  " + libcoap + " -m put -e hello " + Shell.word(uri));
    }
    out.println("  ./trivet coap put " + Shell.word(uri) + " -m hello " + own);
    out.println("  ./trivet coap get " + Shell.word(uri) + " " + own);
  }

  private void pair(String id, JsonNode device, Optional<Endpoints.Endpoint> at, String credential) {
    if (at.isEmpty()) {
      return;
    }
    // A device that has one client identifier has one connection: the reader would lose it to the writer. So the
    // message is retained, and the order does not matter.
    boolean one = device.path("client-id").asText().equals("same");
    String where = " -V 5 -h " + Shell.word(at.get().host()) + " -p " + at.get().port() + " " + credential;
    String topic = "devices/" + id + "/hello";
    out.println();
    out.println("Send, then receive:");
    out.println("  mosquitto_pub" + where + " -i " + Shell.word(one ? id : id + "-pub") + " -q 1 -r -t "
        + Shell.word(topic) + " -m hello");
    out.println("  mosquitto_sub" + where + " -i " + Shell.word(one ? id : id + "-sub") + " -q 1 -t "
        + Shell.word("devices/" + id + "/#") + " -C 1 -v");
  }
}
