package io.trivet.cli.smqtt;

import io.trivet.base.Bytes;
import io.trivet.cli.coap.CoapUri;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.smqtt.Publication;
import io.trivet.smqtt.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A topic as a resource of CoAP, `coap://host/ps/{topic}`, and the resources of keys beside it (docs/coap.md).
///
/// @param root the first segment, such as `ps`
/// @param topic empty where a filter names several
record TopicResource(CoapUri uri, String root, String topic) {
  /// @throws IllegalArgumentException where the URI names none
  static TopicResource of(CoapUri uri) {
    List<String> path = uri.path();
    boolean several = uri.query().stream().anyMatch(q -> q.startsWith("filter="));
    if (path.isEmpty() || path.size() < 2 && !several) {
      throw new IllegalArgumentException(
          "sealing is for topics: give a resource such as coaps://host/ps/ward/7/pulse");
    }
    return new TopicResource(uri, path.getFirst(), String.join("/", path.subList(1, path.size())));
  }

  private Options.Builder at(List<String> path, List<String> query) {
    Options.Builder o = Options.builder();
    new CoapUri(uri.scheme(), uri.host(), uri.port(), path, query).into(o);
    return o;
  }

  private List<String> path(String of) {
    List<String> path = new ArrayList<>(List.of(root));
    path.addAll(List.of(of.split("/", -1)));
    return path;
  }

  /// Publishes a key header, to be kept until it is over.
  Request header(Publication h) {
    Options o = at(path(h.topic()), List.of("expiry=" + h.expirySeconds())).build();
    return new Request(true, Code.PUT, o, h.payload());
  }

  /// Observes the headers of all senders.
  Request keys() {
    Options o = at(List.of(root), List.of("filter=" + Topics.ALL_KEYS)).add(OptionNumber.OBSERVE, 0).build();
    return new Request(true, Code.GET, o, Bytes.EMPTY);
  }

  /// The topic that a notification says it is about; nothing where it says none.
  Optional<String> topicOf(Response r) {
    List<String> path = new ArrayList<>();
    for (Bytes segment : r.options().all(OptionNumber.LOCATION_PATH)) {
      path.add(segment.asUtf8());
    }
    return path.size() < 2 || !path.getFirst().equals(root) ? Optional.empty()
        : Optional.of(String.join("/", path.subList(1, path.size())));
  }
}
