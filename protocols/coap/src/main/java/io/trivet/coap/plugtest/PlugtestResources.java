package io.trivet.coap.plugtest;

import io.trivet.base.Bytes;
import io.trivet.broker.Timers;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.link.LinkAttribute;
import io.trivet.coap.plugtest.PlugtestSite.Held;
import io.trivet.coap.resource.Answers;
import io.trivet.coap.resource.Observers;
import io.trivet.coap.resource.Resources;
import io.trivet.coap.resource.Traits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The plugtest resources on one loop (ETSI CoAP Plugtests, cases CORE, LINK, BLOCK and OBS). They hold nothing of the
/// server's own, and take writes from anybody: to be mounted only where somebody asks for a plugtest.
public final class PlugtestResources {
  /// How often what is observed changes.
  static final Duration PERIOD = Duration.ofSeconds(5);

  /// After which `/separate` answers: longer than an acknowledgement may wait.
  static final Duration SEPARATE_AFTER = Duration.ofSeconds(2);

  private static final int SEPARATE_MAX = 64;
  private static final int TEXT = ContentFormat.TEXT_PLAIN;
  private static final String LARGE =
      "This is a large resource, so that it takes several blocks to hand it out; line by line it is the same. \n".repeat(16);

  private final CoapLoop loop;
  private final PlugtestSite site;
  private final Observers obs;
  private final Observers others;
  private final Observers nonConfirmable;
  private int separateOpen;
  private int observedFormat = TEXT;
  private int obsDeletions;

  public PlugtestResources(CoapLoop loop, PlugtestSite site) {
    this.loop = loop;
    this.site = site;
    this.obs = new Observers(loop, Observers.Settings.DEFAULT);
    this.others = new Observers(loop, Observers.Settings.DEFAULT);
    this.nonConfirmable = new Observers(loop, new Observers.Settings(1_000, 16, 20));
    this.obsDeletions = site.obsDeletions();
    site.listen(() -> loop.later(this::obsWritten));
    Timers.Timer tick = new Timers.Timer() {
      @Override
      protected void fire(long nowNanos) {
        loop.timers().set(this, nowNanos + PERIOD.toNanos());
        obs.changed();
        others.changed();
        nonConfirmable.changed();
      }
    };
    loop.timers().set(tick, loop.nowNanos() + PERIOD.toNanos());
  }

  /// How many observe something here.
  public int observations() {
    return obs.count() + others.count() + nonConfirmable.count();
  }

  /// Puts the resources into a tree.
  public Resources.Builder mount(Resources.Builder tree) {
    core(tree);
    links(tree);
    blocks(tree);
    return observed(tree);
  }

  private static Response text(String s) {
    return Response.content(TEXT, Bytes.utf8(s));
  }

  private static Handler says(Supplier<Response> what) {
    return e -> e.respond(what.get());
  }

  private static Traits reads() {
    return Traits.of(Code.GET);
  }

  // --- CORE ---------------------------------------------------------------------------------------------------------

  private void core(Resources.Builder tree) {
    tree.at("test", Traits.of(Code.GET, Code.PUT, Code.POST, Code.DELETE).with("rt", "test"), e -> e.respond(test(e)))
        .at("seg1/seg2/seg3", reads(), says(() -> text("Three segments deep.")))
        .at("query", reads(), e -> e.respond(text("Queries: " + e.request().options().uriQuery())))
        .at("separate", reads(), this::separate)
        .at("location-query", Traits.of(Code.POST), says(() -> Response.of(Code.CREATED).with(Options.builder()
            .add(OptionNumber.LOCATION_QUERY, "first=1").add(OptionNumber.LOCATION_QUERY, "second=2").build())))
        .at("multi-format", reads().offering(TEXT, ContentFormat.XML), e -> e.respond(
            e.request().options().uint(OptionNumber.ACCEPT, TEXT) == ContentFormat.XML
                ? Response.content(ContentFormat.XML, Bytes.utf8("<said>the same in two formats</said>"))
                : text("the same in two formats")))
        .at("validate", Traits.of(Code.GET, Code.PUT).understanding(OptionNumber.IF_MATCH, OptionNumber.IF_NONE_MATCH),
            e -> value(e, PlugtestSite.VALIDATE))
        .at("create1", Traits.of(Code.GET, Code.PUT, Code.DELETE)
            .understanding(OptionNumber.IF_MATCH, OptionNumber.IF_NONE_MATCH), e -> value(e, PlugtestSite.CREATE));
  }

  /// Keeps nothing: each method by itself is what is tested.
  private static Response test(Exchange e) {
    Code m = e.request().method();
    return m == Code.GET ? text((e.request().confirmable() ? "CON" : "NON") + " GET, token " + e.token())
        : m == Code.PUT ? Response.of(Code.CHANGED)
        : m == Code.DELETE ? Response.of(Code.DELETED)
        : Response.of(Code.CREATED).with(Options.builder().add(OptionNumber.LOCATION_PATH, "location1")
            .add(OptionNumber.LOCATION_PATH, "location2").add(OptionNumber.LOCATION_PATH, "location3").build());
  }

  private void separate(Exchange e) {
    if (separateOpen >= SEPARATE_MAX) {
      e.respond(Response.of(Code.SERVICE_UNAVAILABLE, "so many wait already").with(OptionNumber.MAX_AGE, 2));
      return;
    }
    separateOpen++;
    loop.timers().set(new Timers.Timer() {
      @Override
      protected void fire(long nowNanos) {
        separateOpen--;
        e.respond(text("This took a while."));
      }
    }, loop.nowNanos() + SEPARATE_AFTER.toNanos());
  }

  /// Reads, puts or deletes under the conditions of the request.
  private void value(Exchange e, String name) {
    Request r = e.request();
    Optional<Held> now = site.held(name);
    if (r.method() == Code.GET) {
      e.respond(now.map(v -> Answers.content(r, v.etag(), v.contentFormat(), v.bytes()))
          .orElse(Response.of(Code.NOT_FOUND)));
      return;
    }
    Optional<Response> unmet = Answers.unmet(r, now.map(Held::etag));
    e.respond(unmet.orElseGet(() -> written(r, name, now.isPresent())));
  }

  private Response written(Request r, String name, boolean exists) {
    if (r.method() == Code.DELETE) {
      return site.remove(name) ? Response.of(Code.DELETED) : Response.of(Code.NOT_FOUND);
    }
    if (r.payload().length() > PlugtestSite.BYTES_MAX) {
      return tooLarge();
    }
    site.put(name, held(r));
    return Response.of(exists ? Code.CHANGED : Code.CREATED);
  }

  private static Held held(Request r) {
    return new Held(Math.max(r.options().contentFormat(), TEXT), r.payload().compact());
  }

  private static Response tooLarge() {
    return Response.of(Code.REQUEST_ENTITY_TOO_LARGE).with(OptionNumber.SIZE1, PlugtestSite.BYTES_MAX);
  }

  // --- LINK ---------------------------------------------------------------------------------------------------------

  private static void links(Resources.Builder tree) {
    tree.at("link1", reads().with("rt", "Type1 Type2").with("if", "If1"), says(() -> text("link 1")))
        .at("link2", reads().with("rt", "Type2 Type3").with("if", "If2"), says(() -> text("link 2")))
        .at("link3", reads().with("rt", "Type1 Type3").with("if", "foo"), says(() -> text("link 3")))
        .at("path", reads().offering(ContentFormat.LINK_FORMAT), says(() -> Response.content(ContentFormat.LINK_FORMAT,
            Bytes.utf8("</path/sub1>;title=\"first\",</path/sub2>;title=\"second\",</path/sub3>;title=\"third\""))))
        .at("path/sub1", reads().unlisted(), says(() -> text("sub 1")))
        .at("path/sub2", reads().unlisted(), says(() -> text("sub 2")))
        .at("path/sub3", reads().unlisted(), says(() -> text("sub 3")));
  }

  // --- BLOCK --------------------------------------------------------------------------------------------------------

  private void blocks(Resources.Builder tree) {
    tree.at("large", reads().with("rt", "block").with(LinkAttribute.number("sz", LARGE.length())),
            says(() -> text(LARGE)))
        .at("large-update", Traits.of(Code.GET, Code.PUT).with("rt", "block")
            .with(LinkAttribute.number("sz", PlugtestSite.BYTES_MAX)), e -> value(e, PlugtestSite.LARGE_UPDATE))
        .at("large-create", Traits.of(Code.POST).with("rt", "block"), this::create)
        .below("large-create", Traits.of(Code.GET, Code.DELETE).unlisted(), this::created)
        .at("large-post", Traits.of(Code.POST).with("rt", "block"), e -> e.respond(
            e.request().payload().length() > PlugtestSite.BYTES_MAX ? tooLarge()
                : new Response(Code.CHANGED, Options.builder().contentFormat(TEXT).build(),
                    upper(e.request().payload()))));
  }

  private static Bytes upper(Bytes b) {
    byte[] all = b.toArray();
    for (int i = 0; i < all.length; i++) {
      all[i] = all[i] >= 'a' && all[i] <= 'z' ? (byte) (all[i] - 32) : all[i];
    }
    return Bytes.wrap(all);
  }

  private void create(Exchange e) {
    if (e.request().payload().length() > PlugtestSite.BYTES_MAX) {
      e.respond(tooLarge());
      return;
    }
    e.respond(Response.of(Code.CREATED).with(Options.builder().add(OptionNumber.LOCATION_PATH, "large-create")
        .add(OptionNumber.LOCATION_PATH, site.create(held(e.request()))).build()));
  }

  private void created(Exchange e) {
    List<String> rest = Resources.rest(e.request(), 1);
    Optional<Held> found = rest.size() == 1 ? site.created(rest.getFirst()) : Optional.empty();
    if (found.isEmpty()) {
      e.respond(Response.of(Code.NOT_FOUND));
    } else if (e.request().method() == Code.DELETE) {
      site.removeCreated(rest.getFirst());
      e.respond(Response.of(Code.DELETED));
    } else {
      Held v = found.get();
      e.respond(Answers.content(e.request(), v.etag(), v.contentFormat(), v.bytes()));
    }
  }

  // --- OBS ----------------------------------------------------------------------------------------------------------

  private Resources.Builder observed(Resources.Builder tree) {
    Traits t = reads().flagged("obs").with("rt", "observe");
    return tree
        .at("obs", Traits.of(Code.GET, Code.PUT, Code.DELETE).flagged("obs").with("rt", "observe"), this::obs)
        .at("obs-non", t, e -> nonConfirmable.read(e, () -> aged("tick " + ticks())))
        .at("obs-large", t, e -> others.read(e, () -> aged("tick " + ticks() + "\n" + LARGE)))
        .at("obs-pumping", t, e -> others.read(e, () -> aged(pumped())))
        .at("obs-pumping-non", t, e -> nonConfirmable.read(e, () -> aged(pumped())));
  }

  /// Fresh until the next change is due (RFC 7641, section 3.3.1).
  private static Response aged(String s) {
    return text(s).with(OptionNumber.MAX_AGE, PERIOD.toSeconds());
  }

  private long ticks() {
    return loop.wallMillis() / PERIOD.toMillis();
  }

  /// Now small, now of several blocks.
  private String pumped() {
    long n = ticks();
    return "tick " + n + "\n" + LARGE.substring(0, (int) (n % 8) * 200);
  }

  private void obs(Exchange e) {
    if (e.request().method() == Code.GET) {
      obs.read(e, () -> site.held(PlugtestSite.OBS)
          .map(v -> Response.content(v.contentFormat(), v.bytes()).with(OptionNumber.MAX_AGE, PERIOD.toSeconds()))
          .orElseGet(() -> aged("tick " + ticks())));
    } else if (e.request().method() == Code.DELETE) {
      site.remove(PlugtestSite.OBS);
      e.respond(Response.of(Code.DELETED));
    } else {
      e.respond(written(e.request(), PlugtestSite.OBS, true));
    }
  }

  /// Another content format is none that the observers asked for (RFC 7641, section 4.2).
  private void obsWritten() {
    if (obsDeletions != site.obsDeletions()) {
      obsDeletions = site.obsDeletions();
      obs.end(Response.of(Code.NOT_FOUND)); // it goes on with ticks for whoever asks anew
    }
    int format = site.held(PlugtestSite.OBS).map(Held::contentFormat).orElse(TEXT);
    if (format != observedFormat) {
      observedFormat = format;
      obs.end(Response.of(Code.NOT_ACCEPTABLE, "the content format is " + format + " now"));
    }
    obs.changed();
  }
}
