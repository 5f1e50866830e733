package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
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
    }
    if (issued.has("password")) {
      String password = issued.path("password").asText();
      out.println();
      out.println("Password     " + password + "   (shown once)");
      pair(id, device, endpoints.mqtts(), "--cafile " + Shell.word(Shell.near(data.resolve("ca").resolve("ca.crt").toString()))
          + " -u " + Shell.word(id) + " -P " + Shell.word(password));
    }
    JsonNode psk = issued.path("psk");
    if (psk.isObject()) {
      out.println();
      out.println("Identity     " + psk.path("identity").asText());
      out.println("Key          " + psk.path("key").asText() + "   (shown once)");
      if (endpoints.psk().isEmpty()) {
        out.println();
        out.println("No listener takes pre-shared keys yet: set listeners.psk, or start with 'trivet serve --psk *:8884'.");
      } else {
        pair(id, device, endpoints.psk(), "--psk-identity " + Shell.word(psk.path("identity").asText())
            + " --psk " + psk.path("key").asText());
      }
    }
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
