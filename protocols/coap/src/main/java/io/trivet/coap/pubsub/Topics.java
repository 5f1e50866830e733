package io.trivet.coap.pubsub;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.BrokerLoop;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.PublishListener;
import io.trivet.broker.PublishResult;
import io.trivet.broker.Router;
import io.trivet.broker.Session;
import io.trivet.broker.SessionEnd;
import io.trivet.broker.SubscribeRequest;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicName;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Topics as resources, `coap://host/ps/{topic}`: PUT and POST publish, GET reads the retained message, GET with Observe
/// subscribes, DELETE clears. The same Decider, limits and Store as for MQTT; what each maps to stands in `docs/coap.md`.
public final class Topics implements Handler {
  private static final ClientId ANONYMOUS = new ClientId("coap-anonymous");

  private static final int RECEIVE_MAXIMUM_STREAM = 64;

  private final CoapLoop loop;
  private final BrokerLoop broker;
  private final String root;
  private final Watches watches;
  private final PubSubSettings settings;
  private final TopicConfigurations configurations;
  private final Map<CoapPeer, Session> sessions = new HashMap<>();
  private final Session anonymous;

  /// @param root the first segment of the paths, such as `ps`
  public Topics(
      CoapLoop loop, BrokerLoop broker, PubSubSettings settings, TopicConfigurations configurations, String root) {
    this.loop = loop;
    this.broker = broker;
    this.root = root;
    this.settings = settings;
    this.configurations = configurations;
    this.watches = new Watches(loop, broker, settings, root);
    configurations.listen(new TopicConfigurations.Listener() {
      @Override
      public void deleted(TopicName topic) {
        loop.later(() -> watches.endTopic(topic, Integer.MAX_VALUE));
      }

      @Override
      public void changed(TopicName topic) {
        loop.later(() -> {
          TopicConfigurations.Configured c = configurations.find(topic);
          if (c != null && c.configuration().subscribersMax() >= 0) {
            watches.endTopic(topic, c.observers.get() - c.configuration().subscribersMax());
          }
        });
      }
    });
    this.anonymous = broker.sessions().unlisted(ANONYMOUS, Principal.ANONYMOUS);
  }

  /// How many observations stand.
  public int observations() {
    return watches.count();
  }

  /// Ends the observations of certain peers: each is told why.
  public void endWhere(Predicate<CoapPeer> which, SessionEnd why) {
    watches.endWhere(which, why);
  }

  /// Ends the observations that are not allowed any more.
  public void reexamine() {
    watches.reexamine();
  }

  @Override
  public void handle(Exchange e) {
    Request r = e.request();
    if (e.isMulticast()) {
      e.respond(Response.of(Code.NOT_FOUND)); // nobody publishes or reads by shouting to all
      return;
    }
    int unknown = r.options().firstUnknownCritical(Topics::isUnderstood);
    if (unknown != 0) {
      e.respond(Response.of(Code.BAD_OPTION, "option " + unknown + " is not understood here"));
      return;
    }
    Code m = r.method();
    boolean writes = m == Code.PUT || m == Code.POST || m == Code.DELETE;
    if (!writes && m != Code.GET) {
      e.respond(Response.of(Code.METHOD_NOT_ALLOWED, "a topic takes GET, PUT, POST and DELETE"));
      return;
    }
    if (writes && !settings.insecureWrites() && !e.peer().peer().secured()) {
      e.respond(Response.of(Code.UNAUTHORIZED, "without security this server is only read: use coaps, coaps+tcp or OSCORE"));
      return;
    }
    switch (Wishes.of(r, m != Code.POST, broker.limits().topic())) {
      case Parsed.Invalid<Wishes>(_, String what) -> e.respond(Response.of(Code.BAD_REQUEST, what));
      case Parsed.Valid<Wishes>(Wishes w) -> {
        if (m == Code.GET) {
          read(e, w);
        } else {
          write(e, w, m);
        }
      }
    }
  }

  private static boolean isUnderstood(int option) {
    OptionNumber o = OptionNumber.of(option);
    return o != null && switch (o) {
      case URI_HOST, URI_PORT, URI_PATH, URI_QUERY, ACCEPT, IF_MATCH, IF_NONE_MATCH -> true;
      default -> false;
    };
  }

  // --- who and what -------------------------------------------------------------------------------------------------

  private Session publisher(CoapPeer peer) {
    if (peer.principal().isAnonymous()) {
      return anonymous;
    }
    Session s = sessions.get(peer);
    if (s == null) {
      s = broker.sessions().unlisted(clientId(peer), peer.principal());
      sessions.put(peer, s);
      peer.whenGone(() -> sessions.remove(peer));
    }
    return s;
  }

  private static ClientId clientId(CoapPeer peer) {
    String device = peer.principal().device();
    return device.isEmpty() ? ANONYMOUS : new ClientId(device);
  }

  /// The topic whose levels are the segments behind the root.
  private Parsed<TopicName> topic(Request r) {
    Options o = r.options();
    int first = o.indexOf(OptionNumber.URI_PATH);
    int bytes = 0;
    int end = first + 1;
    while (end < o.count() && o.number(end) == OptionNumber.URI_PATH.number()) {
      bytes += o.length(end++) + 1;
    }
    if (bytes == 0) {
      return Parsed.invalid("topic", "no topic in the path: give /" + root + "/ and its levels");
    }
    byte[] text = new byte[bytes - 1];
    int at = 0;
    for (int i = first + 1; i < end; i++) {
      if (at > 0) {
        text[at++] = '/';
      }
      Bytes level = o.value(i);
      level.copyTo(text, at);
      at += level.length();
    }
    return TopicName.parse(text, 0, text.length, broker.limits().topic());
  }

  static Response denied(CoapPeer peer) {
    return peer.principal().isAnonymous()
        ? Response.of(Code.UNAUTHORIZED, "no rule allows this to a peer without a credential")
        : Response.of(Code.FORBIDDEN, "no rule allows this to " + peer.principal().device());
  }

  // --- writing ------------------------------------------------------------------------------------------------------

  private void write(Exchange e, Wishes w, Code method) {
    if (!(topic(e.request()) instanceof Parsed.Valid<TopicName>(TopicName topic))) {
      e.respond(Response.of(Code.BAD_REQUEST, "the path names no topic: no wildcards, at most "
          + broker.limits().topic().levelsMax() + " levels and " + broker.limits().topic().bytesMax() + " bytes"));
      return;
    }
    Session from = publisher(e.peer());
    boolean clears = method == Code.DELETE;
    if (!clears && w.retain() && e.request().payload().isEmpty()) {
      e.respond(Response.of(Code.BAD_REQUEST, "an empty value cannot be kept: clear the topic by DELETE, or give ?retain=false"));
      return;
    }
    TopicConfigurations.Configured configured = configurations.find(topic);
    if (configured != null && !clears && !takes(configured.configuration(), e.request())) {
      e.respond(Response.of(Code.UNSUPPORTED_CONTENT_FORMAT,
          "this topic takes content format " + configured.configuration().contentFormat()));
      return;
    }
    boolean conditional = e.request().options().has(OptionNumber.IF_MATCH)
        || e.request().options().has(OptionNumber.IF_NONE_MATCH);
    if (conditional && !meetsConditions(e.request(), from, topic)) {
      e.respond(Response.of(Code.PRECONDITION_FAILED));
      return;
    }
    Message m = clears
        ? new Message(topic, Bytes.EMPTY, w.qos(), true, MessageProperties.NONE, Message.NEVER, from.clientId())
        : Mapping.message(e.request(), w, topic, from.clientId(), loop.wallMillis());
    Code done = clears ? Code.DELETED
        : method == Code.PUT && w.retain() && !broker.router().isRetained(topic) ? Code.CREATED : Code.CHANGED;
    Publishing p = new Publishing(this, e, topic, done);
    PublishResult result = broker.router().publish(from, m, p, 1);
    if (result != PublishResult.PENDING) {
      p.published(1, result);
    }
  }

  /// RFC 7252, section 5.10.8, judged by the retained message as the requester may see it.
  private boolean meetsConditions(Request r, Session who, TopicName topic) {
    Router.Read now = broker.router().retained(who, topic);
    boolean exists = now instanceof Router.Read.Found;
    if (r.options().has(OptionNumber.IF_NONE_MATCH) && exists) {
      return false;
    }
    List<Bytes> tags = r.options().all(OptionNumber.IF_MATCH);
    return tags.isEmpty()
        || now instanceof Router.Read.Found(Message m)
            && (tags.contains(Bytes.EMPTY) || tags.contains(Mapping.etag(m)));
  }

  private static boolean takes(TopicConfiguration c, Request r) {
    return c.contentFormat() < 0 || r.options().contentFormat() == c.contentFormat();
  }

  /// Answers once the message is stored.
  private record Publishing(Topics topics, Exchange exchange, TopicName topic, Code done) implements PublishListener {
    @Override
    public void published(int packetId, PublishResult result) {
      if (done == Code.DELETED && topics.configurations.find(topic) != null
          && (result == PublishResult.ACCEPTED || result == PublishResult.NO_SUBSCRIBERS)) {
        topics.configurations.dataDeleted(topic);
      }
      exchange.respond(switch (result) {
        case ACCEPTED, NO_SUBSCRIBERS -> Response.of(done);
        case NOT_AUTHORIZED -> denied(exchange.peer());
        case UNFIT -> Response.of(Code.BAD_REQUEST, "the payload is not of the form that this topic asks for");
        case QUOTA_EXCEEDED -> Response.of(Code.SERVICE_UNAVAILABLE, "a limit of the server keeps it from taking more")
            .with(OptionNumber.MAX_AGE, 30);
        case STORE_FAILED -> Response.of(Code.SERVICE_UNAVAILABLE, "it could not be stored").with(OptionNumber.MAX_AGE, 5);
        case PENDING -> throw new AssertionError("an answer that is none");
      });
    }
  }

  // --- reading ------------------------------------------------------------------------------------------------------

  private void read(Exchange e, Wishes w) {
    Request r = e.request();
    boolean observes = r.isObserve();
    if (!observes && r.options().has(OptionNumber.OBSERVE)) {
      watches.cancel(e.peer(), e.token());
    }
    if (w.filter() != null) {
      if (observes) {
        subscribe(e, w, w.filter());
      } else {
        e.respond(Response.of(Code.BAD_REQUEST, "?filter= is for GET with Observe"));
      }
      return;
    }
    if (!(topic(r) instanceof Parsed.Valid<TopicName>(TopicName topic))) {
      e.respond(Response.of(Code.BAD_REQUEST, "the path names no topic; several are observed by ?filter="));
      return;
    }
    TopicConfigurations.Configured configured = configurations.find(topic);
    if (observes && configured != null && !broker.router().isRetained(topic)) {
      e.respond(Response.of(Code.NOT_FOUND)); // half created: nobody observes what has no value yet
    } else if (observes && watches.hasRoom(e.peer()) && (configured == null || hasRoom(configured))) {
      subscribe(e, w, topic, configured);
    } else {
      e.respond(content(e, publisher(e.peer()), topic));
    }
  }

  private Response content(Exchange e, Session who, TopicName topic) {
    return switch (broker.router().retained(who, topic)) {
      case Router.Read.Absent _ -> Response.of(Code.NOT_FOUND);
      case Router.Read.Denied _ -> denied(e.peer());
      case Router.Read.Found(Message m) -> {
        if (!Mapping.accepts(e.request(), m)) {
          yield Response.of(Code.NOT_ACCEPTABLE);
        }
        Response content = Mapping.content(m, loop.wallMillis());
        yield e.request().options().has(OptionNumber.ETAG)
            && e.request().options().all(OptionNumber.ETAG).contains(Mapping.etag(m))
            ? new Response(Code.VALID, content.options().without(OptionNumber.CONTENT_FORMAT), Bytes.EMPTY)
            : content;
      }
    };
  }

  private static boolean hasRoom(TopicConfigurations.Configured c) {
    long most = c.configuration().subscribersMax();
    return most < 0 || c.observers.get() < most;
  }

  private void subscribe(
      Exchange e, Wishes w, TopicName topic, TopicConfigurations.@Nullable Configured configured) {
    Watch watch = new Watch(watches, e, Optional.of(topic), configured);
    subscribe(watch, w, SubscriptionFilter.parse(topic.toString(), broker.limits().topic()).orThrow(),
        SubscribeRequest.RetainHandling.DO_NOT_SEND, s -> {
          Response first = content(e, s, topic);
          // To know that it observes, an observer needs a success, also where there is nothing yet.
          return first.code() == Code.NOT_FOUND ? Response.of(Code.CONTENT) : first;
        });
  }

  private void subscribe(Exchange e, Wishes w, String filter) {
    if (!watches.hasRoom(e.peer())) {
      e.respond(Response.of(Code.SERVICE_UNAVAILABLE, "no room for another observation"));
      return;
    }
    switch (SubscriptionFilter.parse(filter, broker.limits().topic())) {
      case Parsed.Invalid<SubscriptionFilter>(_, String what) -> e.respond(Response.of(Code.BAD_REQUEST, what));
      case Parsed.Valid<SubscriptionFilter>(SubscriptionFilter f) -> subscribe(
          new Watch(watches, e, Optional.empty(), null), w, f,
          SubscribeRequest.RetainHandling.SEND, _ -> Response.of(Code.CONTENT));
    }
  }

  private void subscribe(Watch watch, Wishes w, SubscriptionFilter filter,
      SubscribeRequest.RetainHandling retained, Function<Session, Response> first) {
    Exchange e = watch.exchange();
    Session s = broker.sessions().unlisted(clientId(e.peer()), e.peer().principal(), watch,
        e.peer().isReliable() ? RECEIVE_MAXIMUM_STREAM : 1);
    watch.session(s);
    watches.add(watch);
    SubscribeRequest asked = new SubscribeRequest(filter, w.qos(), false, false, retained, 0);
    broker.sessions().subscribe(s, List.of(asked), results -> {
      Response response = switch (results.getFirst()) {
        case GRANTED_QOS_0, GRANTED_QOS_1, GRANTED_QOS_2 -> first.apply(s);
        case NOT_AUTHORIZED -> denied(e.peer());
        case QUOTA_EXCEEDED, STORE_FAILED -> Response.of(Code.SERVICE_UNAVAILABLE, "no room for another subscription");
      };
      if (response.code().isSuccess()) {
        e.respond(response.with(OptionNumber.OBSERVE, watches.nextSequence()));
      } else {
        watch.end();
        e.respond(response);
      }
    });
  }
}
