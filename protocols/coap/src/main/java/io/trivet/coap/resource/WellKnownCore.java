package io.trivet.coap.resource;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.ETag;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.Response;
import io.trivet.coap.link.Link;
import io.trivet.coap.link.LinkFilter;
import io.trivet.coap.link.LinkFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/.well-known/core`: what is here, or what of it meets the criteria of the query (RFC 6690, sections 4 and 4.1).
public final class WellKnownCore implements Handler {
  public static final String PATH = ".well-known/core";
  public static final Traits TRAITS =
      Traits.of(Code.GET).offering(ContentFormat.LINK_FORMAT).forGroups().unlisted();

  private final Supplier<List<Link>> links;
  private @Nullable Whole whole;

  /// The document of all links, kept for as long as they are the same.
  private record Whole(List<Link> links, Bytes document, Bytes etag) {}

  public WellKnownCore(Supplier<List<Link>> links) {
    this.links = links;
  }

  @Override
  public void handle(Exchange e) {
    List<String> query = e.request().options().uriQuery();
    List<Link> now = links.get();
    if (query.isEmpty()) {
      Whole w = whole;
      if (w == null || !w.links.equals(now)) {
        Bytes document = LinkFormat.write(now);
        w = new Whole(List.copyOf(now), document, ETag.of(document));
        whole = w;
      }
      e.respond(Answers.content(e.request(), w.etag, ContentFormat.LINK_FORMAT, w.document));
      return;
    }
    List<Link> found = now.stream().filter(LinkFilter.all(query)).toList();
    if (found.isEmpty() && e.isMulticast()) {
      e.respond(Response.of(Code.NOT_FOUND)); // who has nothing to say to a group is silent (RFC 6690, section 4.1)
      return;
    }
    Bytes document = LinkFormat.write(found);
    e.respond(Answers.content(e.request(), ETag.of(document), ContentFormat.LINK_FORMAT, document));
  }
}
