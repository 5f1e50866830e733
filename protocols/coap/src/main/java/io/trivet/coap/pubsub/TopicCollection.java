package io.trivet.coap.pubsub;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.BrokerLoop;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.Session;
import io.trivet.broker.TopicName;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The topic collection and its topics as resources (draft-ietf-core-coap-pubsub-21, sections on topic collection and
/// topic interactions): POST creates a topic, GET and FETCH list them; a topic is read, replaced, patched and deleted at a
/// resource of its own. Its data lives where topics live anyway, so that other protocols see it too.
///
/// Whoever may publish and retain a topic may configure it; whoever may subscribe to it may see its configuration.
public final class TopicCollection implements Handler {
  private static final int ID_BYTES = 5;

  private final CoapLoop loop;
  private final BrokerLoop broker;
  private final PubSubSettings settings;
  private final TopicConfigurations configurations;
  private final String path;
  private final String data;

  /// @param path the segment of the collection, such as `pubsub`
  /// @param data the segment below which topics are, such as `ps`
  public TopicCollection(CoapLoop loop, BrokerLoop broker, PubSubSettings settings, TopicConfigurations configurations,
      String path, String data) {
    this.loop = loop;
    this.broker = broker;
    this.settings = settings;
    this.configurations = configurations;
    this.path = path;
    this.data = data;
  }

  @Override
  public void handle(Exchange e) {
    Options o = e.request().options();
    int unknown = o.firstUnknownCritical(n -> n == OptionNumber.URI_HOST.number() || n == OptionNumber.URI_PORT.number()
        || n == OptionNumber.URI_PATH.number() || n == OptionNumber.URI_QUERY.number() || n == OptionNumber.ACCEPT.number());
    List<String> segments = o.uriPath();
    if (unknown != 0) {
      e.respond(Response.of(Code.BAD_OPTION, "option " + unknown + " is not understood here"));
    } else if (e.isMulticast() || segments.size() > 2) {
      e.respond(Response.of(Code.NOT_FOUND));
    } else if (!e.request().method().isRead() && !settings.insecureWrites() && !e.peer().peer().secured()) {
      e.respond(Response.of(Code.UNAUTHORIZED, "without security this server is only read: use coaps, coaps+tcp or OSCORE"));
    } else if (segments.size() < 2 || segments.get(1).isEmpty()) {
      e.respond(collection(e));
    } else {
      e.respond(configurations.find(segments.get(1))
          .map(TopicConfigurations.Configured::configuration)
          .filter(c -> maySee(session(e), c.topic()))
          .map(c -> topic(e, c))
          .orElseGet(() -> Response.of(Code.NOT_FOUND)));
    }
  }

  private Session session(Exchange e) {
    String device = e.peer().principal().device();
    return broker.sessions().unlisted(new ClientId(device.isEmpty() ? "coap-anonymous" : device), e.peer().principal());
  }

  private boolean maySee(Session who, TopicName topic) {
    return broker.router().maySubscribe(who, topic);
  }

  private boolean mayConfigure(Session who, TopicName topic) {
    return broker.router().mayPublish(who,
        new Message(topic, Bytes.EMPTY, QoS.AT_LEAST_ONCE, true, MessageProperties.NONE, Message.NEVER, who.clientId()));
  }

  // --- collection ---------------------------------------------------------------------------------------------------

  private Response collection(Exchange e) {
    Request r = e.request();
    if (r.method() == Code.GET) {
      boolean wantsData = r.options().query("rt").filter(TopicConfiguration.DATA::equals).isPresent();
      return links(session(e), Map.of(), wantsData);
    }
    if (r.method() == Code.FETCH) {
      return properties(r) instanceof Parsed.Valid<Map<Integer, Object>>(Map<Integer, Object> wanted)
          ? links(session(e), wanted, false) : badFormat(r);
    }
    return r.method() == Code.POST ? create(e) : Response.of(Code.METHOD_NOT_ALLOWED);
  }

  private Response links(Session who, Map<Integer, Object> wanted, boolean wantsData) {
    StringBuilder out = new StringBuilder();
    for (TopicConfiguration c : configurations.all()) {
      if (maySee(who, c.topic()) && describe(c).entrySet().containsAll(wanted.entrySet())) {
        out.append(out.isEmpty() ? "<" : ",<").append(wantsData ? dataPath(c) : "/" + path + "/" + c.id()).append('>');
      }
    }
    return Response.content(ContentFormat.LINK_FORMAT, Bytes.utf8(out.toString()));
  }

  private String dataPath(TopicConfiguration c) {
    return "/" + data + "/" + c.topic();
  }

  private Response create(Exchange e) {
    Request r = e.request();
    if (!(properties(r) instanceof Parsed.Valid<Map<Integer, Object>>(Map<Integer, Object> given))) {
      return badFormat(r);
    }
    Parsed<TopicConfiguration> asked = configuration(newId(), given);
    if (asked instanceof Parsed.Invalid<TopicConfiguration>(_, String what)) {
      return Response.of(Code.BAD_REQUEST, what);
    }
    TopicConfiguration c = asked.orThrow();
    Session who = session(e);
    if (!mayConfigure(who, c.topic())) {
      return Topics.denied(e.peer());
    }
    Object first = given.get(TopicProperties.INITIALIZE);
    if (first != null && c.contentFormat() < 0) {
      return Response.of(Code.BAD_REQUEST, "a first value needs its topic-content-format");
    }
    return switch (configurations.add(c)) {
      case TOPIC_IN_USE -> Response.of(Code.BAD_REQUEST, "the topic-name is in use");
      case FULL -> Response.of(Code.SERVICE_UNAVAILABLE, "no more topics can be configured (coap.topics-max)");
      case YES -> {
        if (first instanceof Bytes value && !value.isEmpty()) {
          publish(who, c, value);
        }
        yield described(Code.CREATED, c).with(Options.builder().add(OptionNumber.LOCATION_PATH, path)
            .add(OptionNumber.LOCATION_PATH, c.id()).contentFormat(ContentFormat.PUBSUB_CBOR).build());
      }
    };
  }

  private void publish(Session who, TopicConfiguration c, Bytes value) {
    MessageProperties p = new MessageProperties(-1, Mapping.mediaType(c.contentFormat()), null, null, List.of());
    broker.router().publish(who,
        new Message(c.topic(), value.compact(), QoS.AT_LEAST_ONCE, true, p, Message.NEVER, who.clientId()), (_, _) -> {}, 1);
  }

  private String newId() {
    byte[] id = new byte[ID_BYTES];
    loop.randomness().fill(id);
    return HexFormat.of().formatHex(id);
  }

  // --- one topic ----------------------------------------------------------------------------------------------------

  private Response topic(Exchange e, TopicConfiguration c) {
    Request r = e.request();
    Code m = r.method();
    if (m == Code.GET) {
      return described(Code.CONTENT, c);
    }
    if (m == Code.FETCH) {
      return part(r, c);
    }
    if (m != Code.POST && m != Code.PUT && m != Code.IPATCH && m != Code.DELETE) {
      return Response.of(Code.METHOD_NOT_ALLOWED);
    }
    Session who = session(e);
    if (!mayConfigure(who, c.topic())) {
      return Topics.denied(e.peer());
    }
    if (m == Code.DELETE) {
      configurations.remove(c.id());
      clear(who, c.topic());
      return Response.of(Code.DELETED);
    }
    return change(r, c, m == Code.IPATCH);
  }

  private void clear(Session who, TopicName topic) {
    broker.router().publish(who, new Message(topic, Bytes.EMPTY, QoS.AT_LEAST_ONCE, true, MessageProperties.NONE,
        Message.NEVER, who.clientId()), (_, _) -> {}, 1);
  }

  private Response part(Request r, TopicConfiguration c) {
    if (!(properties(r) instanceof Parsed.Valid<Map<Integer, Object>>(Map<Integer, Object> asked))) {
      return badFormat(r);
    }
    if (asked.size() != 1 || !(asked.get(TopicProperties.CONF_FILTER) instanceof List<?> keys)) {
      return Response.of(Code.BAD_REQUEST, "give a conf-filter and nothing else");
    }
    Map<Integer, Object> all = describe(c);
    Map<Integer, Object> part = new LinkedHashMap<>();
    for (Object key : keys) {
      Object value = key instanceof Long k ? all.get(k.intValue()) : null;
      if (value != null) {
        part.put(((Long) key).intValue(), value);
      }
    }
    return Response.content(ContentFormat.PUBSUB_CBOR, TopicProperties.write(part));
  }

  private Response change(Request r, TopicConfiguration c, boolean patch) {
    if (!(properties(r) instanceof Parsed.Valid<Map<Integer, Object>>(Map<Integer, Object> given))) {
      return badFormat(r);
    }
    Map<Integer, Object> now = describe(c);
    for (int fixed : new int[] {TopicProperties.TOPIC_NAME, TopicProperties.TOPIC_DATA, TopicProperties.RESOURCE_TYPE}) {
      if (given.containsKey(fixed) && !given.get(fixed).equals(now.get(fixed))) {
        return Response.of(Code.BAD_REQUEST, "topic-name, topic-data and resource-type stay as they were created");
      }
    }
    if (given.containsKey(TopicProperties.INITIALIZE)) {
      return Response.of(Code.BAD_REQUEST, "a first value is for the creation");
    }
    Map<Integer, Object> wanted = new LinkedHashMap<>(patch ? now : Map.of());
    wanted.putAll(given);
    wanted.put(TopicProperties.TOPIC_NAME, c.topic().toString());
    wanted.put(TopicProperties.RESOURCE_TYPE, c.resourceType());
    return switch (configuration(c.id(), wanted)) {
      case Parsed.Invalid<TopicConfiguration>(_, String what) -> Response.of(Code.BAD_REQUEST, what);
      case Parsed.Valid<TopicConfiguration>(TopicConfiguration changed) -> {
        if (!configurations.replace(changed)) {
          yield Response.of(Code.NOT_FOUND);
        }
        configurations.changed(changed.topic());
        yield described(Code.CHANGED, changed);
      }
    };
  }

  // --- representation -----------------------------------------------------------------------------------------------

  private static Parsed<Map<Integer, Object>> properties(Request r) {
    int format = r.options().contentFormat();
    return format >= 0 && format != ContentFormat.PUBSUB_CBOR
        ? Parsed.invalid("content-format", "") : TopicProperties.read(r.payload());
  }

  private static Response badFormat(Request r) {
    int format = r.options().contentFormat();
    if (format >= 0 && format != ContentFormat.PUBSUB_CBOR) {
      return Response.of(Code.UNSUPPORTED_CONTENT_FORMAT, "give " + ContentFormat.PUBSUB_CBOR);
    }
    return TopicProperties.read(r.payload()) instanceof Parsed.Invalid<?>(_, String what)
        ? Response.of(Code.BAD_REQUEST, what) : Response.of(Code.BAD_REQUEST);
  }

  private Parsed<TopicConfiguration> configuration(String id, Map<Integer, Object> given) {
    Object name = given.get(TopicProperties.TOPIC_NAME);
    Object type = given.get(TopicProperties.RESOURCE_TYPE);
    if (!(name instanceof String topicName) || !(type instanceof String resourceType)) {
      return Parsed.invalid("properties", "topic-name and resource-type are needed");
    }
    byte[] utf8 = Bytes.utf8(topicName).toArray();
    Parsed<TopicName> topic = TopicName.parse(utf8, 0, utf8.length, broker.limits().topic());
    if (!(topic instanceof Parsed.Valid<TopicName>(TopicName t)) || topicName.startsWith("$")) {
      return Parsed.invalid("topic-name", "the topic-name is no topic: no wildcards, no $ at its beginning");
    }
    Object place = given.get(TopicProperties.TOPIC_DATA);
    if (place != null && !place.equals("/" + data + "/" + t)) {
      return Parsed.invalid("topic-data", "the data of this topic is at /" + data + "/" + t);
    }
    if (given.containsKey(TopicProperties.CONF_FILTER)) {
      return Parsed.invalid("conf-filter", "a conf-filter is for FETCH");
    }
    long format = number(given, TopicProperties.CONTENT_FORMAT);
    if (format > 0xFFFF || number(given, TopicProperties.OBSERVER_CHECK) == 0) {
      return Parsed.invalid("properties", "topic-content-format up to 65535 and observer-check from 1 are taken");
    }
    return Parsed.valid(new TopicConfiguration(id, t, resourceType, (int) format,
        given.get(TopicProperties.TOPIC_TYPE) instanceof String s ? s : "", number(given, TopicProperties.EXPIRATION_DATE),
        number(given, TopicProperties.MAX_SUBSCRIBERS), number(given, TopicProperties.OBSERVER_CHECK)));
  }

  private static long number(Map<Integer, Object> given, int key) {
    return given.get(key) instanceof Long n ? n : -1;
  }

  private Map<Integer, Object> describe(TopicConfiguration c) {
    Map<Integer, Object> all = new LinkedHashMap<>();
    all.put(TopicProperties.TOPIC_NAME, c.topic().toString());
    all.put(TopicProperties.TOPIC_DATA, dataPath(c));
    all.put(TopicProperties.RESOURCE_TYPE, c.resourceType());
    putUnless(all, TopicProperties.CONTENT_FORMAT, c.contentFormat());
    if (!c.topicType().isEmpty()) {
      all.put(TopicProperties.TOPIC_TYPE, c.topicType());
    }
    putUnless(all, TopicProperties.EXPIRATION_DATE, c.expiresSeconds());
    putUnless(all, TopicProperties.MAX_SUBSCRIBERS, c.subscribersMax());
    putUnless(all, TopicProperties.OBSERVER_CHECK, c.observerCheckSeconds());
    return all;
  }

  private static void putUnless(Map<Integer, Object> all, int key, long value) {
    if (value >= 0) {
      all.put(key, value);
    }
  }

  private Response described(Code code, TopicConfiguration c) {
    return new Response(code, Options.builder().contentFormat(ContentFormat.PUBSUB_CBOR).build(),
        TopicProperties.write(describe(c)));
  }

  /// Deletes what is over; called now and then, on one loop.
  public void expire() {
    for (TopicConfiguration c : configurations.expired(loop.wallMillis())) {
      Optional<TopicConfiguration> gone = configurations.remove(c.id());
      gone.ifPresent(g -> broker.router().publishOwn(new Message(g.topic(), Bytes.EMPTY, QoS.AT_LEAST_ONCE, true,
          MessageProperties.NONE, Message.NEVER, new ClientId("$trivet"))));
    }
  }
}
