package io.trivet.coap;

import io.trivet.base.Bytes;

/// What a server answers.
public record Response(Code code, Options options, Bytes payload) {
  public static Response of(Code code) {
    return new Response(code, Options.NONE, Bytes.EMPTY);
  }

  /// An error that says in words what is wrong: a diagnostic payload (RFC 7252, section 5.5.2).
  public static Response of(Code code, String diagnostic) {
    return new Response(code, Options.NONE, Bytes.utf8(diagnostic));
  }

  public static Response content(int contentFormat, Bytes payload) {
    return new Response(Code.CONTENT, Options.builder().contentFormat(contentFormat).build(), payload);
  }

  public Response with(Options changed) {
    return new Response(code, changed, payload);
  }

  public Response with(Bytes newPayload) {
    return new Response(code, options, newPayload);
  }

  public Response with(OptionNumber o, long uint) {
    return with(options.with(o, uint));
  }
}
