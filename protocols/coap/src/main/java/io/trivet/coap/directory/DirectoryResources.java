package io.trivet.coap.directory;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.ETag;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.link.Link;
import io.trivet.coap.link.LinkAttribute;
import io.trivet.coap.link.LinkFormat;
import io.trivet.coap.resource.Answers;
import io.trivet.coap.resource.Observers;
import io.trivet.coap.resource.Resources;
import io.trivet.coap.resource.Traits;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The directory's resources on one loop: `/rd` and what is below it, `/rd-lookup/res` and `/rd-lookup/ep`
/// (RFC 9176, sections 5 and 6).
public final class DirectoryResources {
  static final String FORBIDDEN = "the endpoint is another's: register under the name of your credential";
  private static final long LIFETIME_DEFAULT = 90_000;

  private final CoapLoop loop;
  private final Directory directory;
  private final DirectoryPolicy policy;
  private final Observers resourceObservers;
  private final Observers endpointObservers;
  private boolean changeAhead;

  public DirectoryResources(
      CoapLoop loop, Directory directory, DirectoryPolicy policy, Observers.Settings observers) {
    this.loop = loop;
    this.directory = directory;
    this.policy = policy;
    this.resourceObservers = new Observers(loop, observers);
    this.endpointObservers = new Observers(loop, observers);
    directory.listen(() -> loop.later(this::changed));
  }

  /// Puts the resources into a tree.
  public Resources.Builder mount(Resources.Builder tree) {
    Traits lookup = Traits.of(Code.GET).offering(ContentFormat.LINK_FORMAT).flagged("obs");
    return tree
        .at("rd", Traits.of(Code.POST).taking(ContentFormat.LINK_FORMAT).with("rt", "core.rd")
            .with(LinkAttribute.number("ct", ContentFormat.LINK_FORMAT)), this::register)
        .below("rd", Traits.of(Code.POST, Code.DELETE).unlisted(), this::change)
        .at("rd-lookup/res", lookup.with("rt", "core.rd-lookup-res"), e -> lookUp(e, resourceObservers, Lookup::resources))
        .at("rd-lookup/ep", lookup.with("rt", "core.rd-lookup-ep"), e -> lookUp(e, endpointObservers, Lookup::endpoints));
  }

  /// How many observe lookups.
  public int observations() {
    return resourceObservers.count() + endpointObservers.count();
  }

  /// Many changes in one cycle are one.
  private void changed() {
    if (!changeAhead) {
      changeAhead = true;
      loop.later(() -> {
        changeAhead = false;
        resourceObservers.changed();
        endpointObservers.changed();
      });
    }
  }

  private static Response denied(CoapPeer peer) {
    return peer.principal().isAnonymous()
        ? Response.of(Code.UNAUTHORIZED, "the directory is for peers with a credential")
        : Response.of(Code.FORBIDDEN, FORBIDDEN);
  }

  // --- registering --------------------------------------------------------------------------------------------------

  private void register(Exchange e) {
    Response refusal = formatRefusal(e);
    e.respond(refusal != null ? refusal
        : registered(e.peer(), e.request().options().uriQuery(), e.request().payload(), Code.CREATED));
  }

  private static @Nullable Response formatRefusal(Exchange e) {
    return e.request().payload().isEmpty() || e.request().options().contentFormat() == ContentFormat.LINK_FORMAT ? null
        : Response.of(Code.UNSUPPORTED_CONTENT_FORMAT, "give Content-Format " + ContentFormat.LINK_FORMAT);
  }

  /// Registers and says so.
  ///
  /// @param done the code for success; with [Code#CREATED] goes the place
  Response registered(CoapPeer peer, List<String> query, Bytes document, Code done) {
    Parsed<RegistrationQuery> parsed = RegistrationQuery.parse(query);
    if (!(parsed instanceof Parsed.Valid<RegistrationQuery>(RegistrationQuery q))) {
      return Response.of(Code.BAD_REQUEST, what(parsed));
    }
    String endpoint = q.endpoint().isEmpty() ? peer.principal().device() : q.endpoint();
    if (endpoint.isEmpty()) {
      return Response.of(Code.BAD_REQUEST, "ep is missing");
    }
    if (!policy.may(peer.principal(), DirectoryPolicy.Action.REGISTER, endpoint)) {
      return denied(peer);
    }
    if (document.length() > directory.limits().links().bytesMax()) {
      return Response.of(Code.REQUEST_ENTITY_TOO_LARGE)
          .with(OptionNumber.SIZE1, directory.limits().links().bytesMax());
    }
    Parsed<List<Link>> links = LinkFormat.parse(document, directory.limits().links());
    if (!(links instanceof Parsed.Valid<List<Link>>(List<Link> told))) {
      return Response.of(Code.BAD_REQUEST, what(links));
    }
    long lifetime = q.lifetimeSeconds() == 0 ? LIFETIME_DEFAULT : q.lifetimeSeconds();
    Registration wanted = new Registration("", endpoint, q.sector(), peer.principal().device(),
        q.base().isEmpty() ? baseOf(peer) : q.base(), !q.base().isEmpty(), lifetime,
        loop.wallMillis() + lifetime * 1_000, q.attributes(), told);
    return switch (directory.register(wanted, loop.randomness(), loop.wallMillis())) {
      case Directory.Result.Taken() -> Response.of(Code.FORBIDDEN, FORBIDDEN);
      case Directory.Result.Full(String what) ->
          Response.of(Code.SERVICE_UNAVAILABLE, what).with(OptionNumber.MAX_AGE, 60);
      case Directory.Result.Registered(Registration r) -> done != Code.CREATED ? Response.of(done)
          : Response.of(done).with(Options.builder().add(OptionNumber.LOCATION_PATH, "rd")
              .add(OptionNumber.LOCATION_PATH, r.id()).build());
    };
  }

  private static String what(Parsed<?> p) {
    return p instanceof Parsed.Invalid<?>(_, String what) ? what : "";
  }

  /// Where the request came from, as the base of its links (section 5, on `base`).
  static String baseOf(CoapPeer peer) {
    InetSocketAddress a = peer.peer().address();
    boolean secured = peer.peer().secured();
    String scheme = (secured ? "coaps" : "coap") + (peer.isReliable() ? "+tcp" : "");
    String address = a.getAddress().getHostAddress();
    int zone = address.indexOf('%'); // means something on this host only
    String bare = zone < 0 ? address : address.substring(0, zone);
    String host = a.getAddress() instanceof Inet6Address ? "[" + bare + "]" : bare;
    return scheme + "://" + host + (a.getPort() == (secured ? 5684 : 5683) ? "" : ":" + a.getPort());
  }

  // --- a registration -----------------------------------------------------------------------------------------------

  private void change(Exchange e) {
    List<String> rest = Resources.rest(e.request(), 1);
    Registration r = rest.size() == 1 ? directory.find(rest.getFirst(), loop.wallMillis()).orElse(null) : null;
    if (r == null) {
      e.respond(Response.of(Code.NOT_FOUND));
      return;
    }
    boolean removes = e.request().method() == Code.DELETE;
    boolean may = policy.may(e.peer().principal(),
        removes ? DirectoryPolicy.Action.REMOVE : DirectoryPolicy.Action.UPDATE, r.endpoint());
    if (!may || !r.owner().equals(e.peer().principal().device())) {
      e.respond(denied(e.peer()));
    } else if (removes) {
      e.respond(Response.of(directory.remove(r.id()) ? Code.DELETED : Code.NOT_FOUND));
    } else {
      e.respond(updated(e, r));
    }
  }

  private Response updated(Exchange e, Registration r) {
    if (!e.request().payload().isEmpty()) {
      return Response.of(Code.BAD_REQUEST, "links are changed by registering anew");
    }
    Parsed<RegistrationQuery> parsed = RegistrationQuery.parse(e.request().options().uriQuery());
    if (!(parsed instanceof Parsed.Valid<RegistrationQuery>(RegistrationQuery q))) {
      return Response.of(Code.BAD_REQUEST, what(parsed));
    }
    if (!q.endpoint().isEmpty() || !q.sector().isEmpty()) {
      return Response.of(Code.BAD_REQUEST, "neither ep nor d can be changed");
    }
    long lifetime = q.lifetimeSeconds() == 0 ? r.lifetimeSeconds() : q.lifetimeSeconds();
    String base = !q.base().isEmpty() ? q.base() : r.givenBase() ? r.base() : baseOf(e.peer());
    List<LinkAttribute> attributes = new ArrayList<>(r.attributes());
    for (LinkAttribute a : q.attributes()) {
      attributes.removeIf(old -> old.name().equals(a.name()));
    }
    attributes.addAll(q.attributes());
    if (attributes.size() > directory.limits().links().attributesPerLinkMax()) {
      return Response.of(Code.BAD_REQUEST, "too many attributes");
    }
    Registration changed = new Registration(r.id(), r.endpoint(), r.sector(), r.owner(), base,
        r.givenBase() || !q.base().isEmpty(), lifetime, loop.wallMillis() + lifetime * 1_000, attributes, r.links());
    return Response.of(directory.update(changed, loop.wallMillis()) ? Code.CHANGED : Code.NOT_FOUND);
  }

  // --- looking up ---------------------------------------------------------------------------------------------------

  private interface Search {
    List<Link> find(Lookup lookup, List<Registration> all, int most);
  }

  private void lookUp(Exchange e, Observers observers, Search search) {
    Parsed<Lookup> parsed = Lookup.parse(e.request().options().uriQuery());
    if (!(parsed instanceof Parsed.Valid<Lookup>(Lookup lookup))) {
      e.respond(Response.of(Code.BAD_REQUEST, what(parsed)));
      return;
    }
    Request r = e.request();
    // A notification is always whole: which one the tags of the first request meant is no longer known by then.
    Request asked = r.isObserve() ? r.with(r.options().without(OptionNumber.ETAG)) : r;
    observers.read(e, () -> found(e.peer(), asked, lookup, search));
  }

  private Response found(CoapPeer peer, Request r, Lookup lookup, Search search) {
    if (!policy.may(peer.principal(), DirectoryPolicy.Action.LOOK_UP, "")) {
      return denied(peer);
    }
    Bytes document = LinkFormat.write(search.find(lookup, directory.all(loop.wallMillis()), directory.limits().lookupMax()));
    return Answers.content(r, ETag.of(document), ContentFormat.LINK_FORMAT, document);
  }

  DirectoryPolicy policy() {
    return policy;
  }

  /// Simple registration beside: `/.well-known/rd`, which fetches the links itself (section 5.1).
  ///
  /// @param toPeer sends requests back to whoever asks, over what it came by
  public Resources.Builder mountSimple(
      Resources.Builder tree, Function<CoapPeer, Requester> toPeer) {
    return tree.at(".well-known/rd", Traits.of(Code.POST).with("rt", "core.rd-simple"),
        new SimpleRegistration(this, toPeer));
  }
}
