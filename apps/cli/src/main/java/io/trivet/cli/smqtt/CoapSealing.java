package io.trivet.cli.smqtt;

import io.trivet.base.Bytes;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.coap.CoapClient;
import io.trivet.cli.coap.CoapUri;
import io.trivet.cli.coap.Heard;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.smqtt.Publication;
import io.trivet.smqtt.Refusal;
import io.trivet.smqtt.Sealing;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Puts and posts what is sealed.
public final class CoapSealing {
  private CoapSealing() {}

  /// Seals a request's payload, and has the server keep the key header first.
  ///
  /// @throws CommandFailed where it cannot be sealed, or the server does not take the header
  public static Request sealed(SealOptions options, CoapClient client, CoapUri uri, Request plain, Duration patience)
      throws IOException, InterruptedException {
    if (!options.isUsed()) {
      options.open(""); // says what is for --encrypt alone
      return plain;
    }
    TopicResource at = TopicResource.of(uri);
    if (plain.options().has(OptionNumber.CONTENT_FORMAT)) {
      throw new IllegalArgumentException("--encrypt goes without --format: what is sealed has no form that others may know");
    }
    Optional<SealOptions.Sealing> opened = options.open(at.topic());
    if (opened.isEmpty()) {
      return plain;
    }
    try (SealOptions.Sealing s = opened.get()) {
      return switch (s.sealer().seal(at.topic(), plain.payload().toArray())) {
        case Sealing.Refused(Refusal why, String what) -> throw new CommandFailed("not sealed: " + why.text() + ": " + what);
        case Sealing.Sealed(Optional<Publication> header, Publication message) -> {
          if (header.isPresent()) {
            keep(client, at.header(header.get()), patience);
          }
          yield plain.with(Bytes.wrap(message.payload().toArray()));
        }
      };
    }
  }

  private static void keep(CoapClient client, Request header, Duration patience) throws InterruptedException {
    client.send(header);
    switch (client.await(patience)) {
      case Heard.Answer(Response r, _) -> {
        if (!r.code().isSuccess()) {
          throw new CommandFailed("the server did not take the message's key: " + r.code() + " " + r.payload().asUtf8());
        }
      }
      case Heard.Silence(String why) -> throw new CommandFailed("the message's key was not acknowledged: " + why);
      case Heard.Broken(Throwable why) -> throw new AssertionError(why);
    }
  }
}
