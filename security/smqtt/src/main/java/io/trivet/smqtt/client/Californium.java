package io.trivet.smqtt.client;

import io.trivet.smqtt.Opened;
import io.trivet.smqtt.Publication;
import io.trivet.smqtt.Smqtt;
import io.trivet.smqtt.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.Endpoint;
import org.eclipse.californium.elements.exception.ConnectorException;

/// Eclipse Californium's client for CoAP, before a server whose topics are resources below one path, as Trivet's are at
/// `coaps://host/ps`.
public final class Californium {
  /// RFC 9175, section 2.2.1.
  private static final int ECHO = 252;

  private final Endpoint endpoint;
  private final String topics;

  /// @param endpoint with the client's keys and identity
  /// @param topics where topics are, such as `coaps://host/ps`
  public Californium(Endpoint endpoint, String topics) {
    this.endpoint = endpoint;
    this.topics = topics.endsWith("/") ? topics.substring(0, topics.length() - 1) : topics;
  }

  /// Publishes by confirmable requests: headers, and messages where `retained` says so, by PUT, which keeps them, other
  /// messages by POST.
  public Smqtt.Transport<IOException> over(boolean retained) {
    return p -> publish(p, retained);
  }

  private void publish(Publication p, boolean retained) throws IOException {
    CoapResponse response = answer(() -> request(p, retained), p.topic());
    if (!response.isSuccess()) {
      throw new IOException(p.topic() + ": the server answered " + response.getCode() + " " + response.getResponseText());
    }
  }

  private Request request(Publication p, boolean retained) {
    Request r = p.header() || retained ? Request.newPut() : Request.newPost();
    r.setURI(at(p.topic()) + (p.expirySeconds() > 0 ? "?expiry=" + p.expirySeconds() : ""));
    r.setPayload(p.payload().toArray());
    return r;
  }

  /// The response. Without security a server may first want to see that the address is the client's own: then the Echo
  /// option is brought back (RFC 9175, section 2.4), which Californium leaves to others.
  private CoapResponse answer(Supplier<Request> request, String what) throws IOException {
    try {
      CoapResponse response = client(topics).advanced(request.get());
      if (response != null && response.getCode() == CoAP.ResponseCode.UNAUTHORIZED) {
        Option echo = response.getOptions().getOthers().stream().filter(o -> o.getNumber() == ECHO).findFirst().orElse(null);
        if (echo != null) {
          Request again = request.get();
          again.getOptions().addOtherOption(echo);
          response = client(topics).advanced(again);
        }
      }
      if (response == null) {
        throw new IOException(what + ": the server did not answer");
      }
      return response;
    } catch (ConnectorException e) {
      throw new IOException(what + ": " + e.getMessage(), e);
    }
  }

  private static Request get(String uri) {
    Request r = Request.newGet();
    r.setURI(uri);
    return r;
  }

  private CoapClient client(String uri) {
    return new CoapClient(uri).setEndpoint(endpoint);
  }

  private String at(String topic) {
    StringBuilder uri = new StringBuilder(topics);
    for (String level : topic.split("/", -1)) {
      uri.append('/').append(encoded(level));
    }
    return uri.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Observes every sender's keys, then the topic or what the filter matches. The receiver is called on Californium's
  /// threads.
  ///
  /// @return both observations, to be cancelled
  /// @throws IOException where the server lets one of them not be observed
  public List<CoapObserveRelation> subscribe(Smqtt opening, String filter, Consumer<Opened> receiver) throws IOException {
    // Something large: who has not shown that its address is its own gets no keys either.
    answer(() -> get(URI.create(topics).resolve("/.well-known/core").toString()), topics);
    boolean several = filter.contains("+") || filter.contains("#");
    CoapObserveRelation keys = observe(several(Topics.ALL_KEYS), "", opening, receiver);
    return List.of(keys, observe(several ? several(filter) : at(filter), several ? "" : filter, opening, receiver));
  }

  private String several(String filter) {
    return topics + "?filter=" + encoded(filter);
  }

  private CoapObserveRelation observe(String uri, String topic, Smqtt opening, Consumer<Opened> receiver) throws IOException {
    CoapHandler handler = new CoapHandler() {
      @Override
      public void onLoad(CoapResponse r) {
        String of = r.getOptions().getLocationPathCount() > 1
            ? String.join("/", r.getOptions().getLocationPath().subList(1, r.getOptions().getLocationPathCount())) : topic;
        if (r.isSuccess() && r.getPayloadSize() > 0 && !of.isEmpty()) {
          opening.open(of, r.getPayload()).forEach(receiver);
        }
      }

      @Override
      public void onError() {} // of the first request it is thrown below; Californium observes anew by itself
    };
    try {
      CoapObserveRelation relation = client(uri).observeAndWait(handler);
      if (relation.isCanceled()) {
        CoapResponse r = relation.getCurrent();
        throw new IOException(uri + ": cannot be observed" + (r == null ? "" : ": " + r.getCode() + " " + r.getResponseText()));
      }
      return relation;
    } catch (ConnectorException e) {
      throw new IOException(uri + ": " + e.getMessage(), e);
    }
  }

  /// The retained message of a topic.
  ///
  /// @return nothing where none is kept; what waits for its key comes by [#subscribe]
  public List<Opened> read(Smqtt opening, String topic) throws IOException {
    CoapResponse r = answer(() -> get(at(topic)), topic);
    return r.isSuccess() ? opening.open(topic, r.getPayload()) : List.of();
  }
}
