package io.trivet.coap.resource;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.util.List;
import java.util.Optional;

/// Answers that depend on what the client has already, and conditions that it sets (RFC 7252, sections 5.10.6 and 5.10.8).
public final class Answers {
  private Answers() {}

  /// 2.03 where the client names the tag as one it has, 2.05 with the representation otherwise.
  public static Response content(Request r, Bytes etag, int contentFormat, Bytes representation) {
    if (r.options().has(OptionNumber.ETAG) && r.options().all(OptionNumber.ETAG).contains(etag)) {
      return Response.of(Code.VALID).with(Options.builder().add(OptionNumber.ETAG, etag).build());
    }
    return new Response(Code.CONTENT,
        Options.builder().add(OptionNumber.ETAG, etag).contentFormat(contentFormat).build(), representation);
  }

  /// 4.12 where the conditions of the request do not hold for what is there: an ETag, or nothing.
  public static Optional<Response> unmet(Request r, Optional<Bytes> current) {
    if (r.options().has(OptionNumber.IF_NONE_MATCH) && current.isPresent()) {
      return Optional.of(Response.of(Code.PRECONDITION_FAILED));
    }
    List<Bytes> tags = r.options().all(OptionNumber.IF_MATCH);
    boolean holds = tags.isEmpty()
        || current.isPresent() && (tags.contains(Bytes.EMPTY) || tags.contains(current.get()));
    return holds ? Optional.empty() : Optional.of(Response.of(Code.PRECONDITION_FAILED));
  }
}
