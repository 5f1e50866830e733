package io.trivet.coap.resource;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.link.Link;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A tree of resources and the way into it by Uri-Path, with what RFC 7252, sections 5.4 to 5.10 ask of every endpoint:
/// no proxying (5.05), no unknown critical option (4.02), no other host's names (4.04), no other method (4.05), no other
/// format (4.06, 4.15). Immutable, so that any loop may use it as far as its handlers allow.
///
/// A request to a group reaches only resources that are for groups; all other answers to it are errors, which the message
/// layer keeps to itself (section 8.2).
public final class Resources implements Handler {
  private final Node root;
  private final Set<String> hosts;
  private final List<Link> links;

  private Resources(Node root, Set<String> hosts, List<Link> links) {
    this.root = root;
    this.hosts = hosts;
    this.links = List.copyOf(links);
  }

  private record Mounted(Handler handler, Traits traits) {}

  private static final class Node {
    final Map<Bytes, Node> children = new HashMap<>();
    @Nullable Mounted exact;
    @Nullable Mounted below;
  }

  public static Builder builder() {
    return new Builder();
  }

  /// What is listed, in the order added.
  public List<Link> links() {
    return links;
  }

  /// The segments of the path behind the first `depth`.
  public static List<String> rest(Request r, int depth) {
    List<String> path = r.options().uriPath();
    return path.subList(Math.min(depth, path.size()), path.size());
  }

  @Override
  public void handle(Exchange e) {
    Request r = e.request();
    Options o = r.options();
    if (o.has(OptionNumber.PROXY_URI) || o.has(OptionNumber.PROXY_SCHEME)) {
      e.respond(Response.of(Code.PROXYING_NOT_SUPPORTED, "this server is no proxy"));
      return;
    }
    Mounted m = find(o);
    if (m != null && e.isMulticast() && !m.traits.isForGroups()) {
      e.respond(Response.of(Code.NOT_FOUND));
      return;
    }
    Response refusal = refusal(r, m);
    if (refusal != null) {
      e.respond(refusal);
    } else if (m != null) {
      m.handler.handle(e);
    }
  }

  private @Nullable Mounted find(Options o) {
    Node node = root;
    Mounted found = node.below;
    int first = o.indexOf(OptionNumber.URI_PATH);
    if (first >= 0) {
      int end = first;
      while (end < o.count() && o.number(end) == OptionNumber.URI_PATH.number()) {
        end++;
      }
      boolean isRoot = end - first == 1 && o.length(first) == 0;
      for (int i = isRoot ? end : first; i < end; i++) {
        node = node.children.get(o.value(i));
        if (node == null) {
          return found;
        }
        found = node.below != null ? node.below : found;
      }
    }
    return node.exact != null ? node.exact : found;
  }

  private @Nullable Response refusal(Request r, @Nullable Mounted m) {
    Options o = r.options();
    for (int i = 0; i < o.count(); i++) {
      int n = o.number(i);
      if (OptionNumber.isCritical(n) && !isOfUri(n) && (m == null || !m.traits.understands(n))) {
        return Response.of(Code.BAD_OPTION, "option " + n + named(n) + " is not understood here");
      }
    }
    if (!hosts.isEmpty() && o.has(OptionNumber.URI_HOST)
        && !hosts.contains(o.text(OptionNumber.URI_HOST).orElseThrow().toLowerCase(Locale.ROOT))) {
      return Response.of(Code.NOT_FOUND, "no such host here");
    }
    if (m == null) {
      return Response.of(Code.NOT_FOUND);
    }
    if (!m.traits.takesMethod(r.method())) {
      return Response.of(Code.METHOD_NOT_ALLOWED); // also for methods nobody knows (section 5.8)
    }
    if (!r.payload().isEmpty() && !m.traits.takesFormat(o.contentFormat())) {
      return Response.of(Code.UNSUPPORTED_CONTENT_FORMAT, "content format " + formatted(o.contentFormat()));
    }
    int accept = (int) o.uint(OptionNumber.ACCEPT, -1);
    return m.traits.offersFormat(accept) ? null : Response.of(Code.NOT_ACCEPTABLE, "no " + formatted(accept) + " here");
  }

  private static boolean isOfUri(int option) {
    return option == OptionNumber.URI_PATH.number() || option == OptionNumber.URI_QUERY.number()
        || option == OptionNumber.URI_HOST.number() || option == OptionNumber.URI_PORT.number();
  }

  private static String named(int option) {
    OptionNumber o = OptionNumber.of(option);
    return o == null ? "" : " (" + o + ")";
  }

  private static String formatted(int contentFormat) {
    return contentFormat + ContentFormat.name(contentFormat).map(n -> " (" + n + ")").orElse("");
  }

  /// Collects resources; a path names at most one.
  public static final class Builder {
    private final Node root = new Node();
    private final List<Link> links = new ArrayList<>();
    private boolean built;
    private Set<String> hosts = Set.of();

    private Builder() {}

    /// A resource at exactly this path, such as `.well-known/core`; the empty text is the root.
    public Builder at(String path, Traits traits, Handler handler) {
      Node node = node(path);
      if (node.exact != null) {
        throw new IllegalArgumentException("two resources at /" + path);
      }
      node.exact = new Mounted(handler, traits);
      list(path, traits);
      return this;
    }

    /// A resource that serves this path and all below it which no other does.
    public Builder below(String path, Traits traits, Handler handler) {
      Node node = node(path);
      if (node.below != null) {
        throw new IllegalArgumentException("two resources at /" + path + "/");
      }
      node.below = new Mounted(handler, traits);
      list(path, traits);
      return this;
    }

    /// Other names than these in Uri-Host are answered with 4.04. Without, any is taken: devices use whatever name or
    /// address leads here. Uri-Port is not looked at, since what port the peer sees is changed on the way.
    public Builder hosts(Set<String> names) {
      Set<String> lower = new HashSet<>();
      names.forEach(n -> lower.add(n.toLowerCase(Locale.ROOT)));
      hosts = Set.copyOf(lower);
      return this;
    }

    /// `/.well-known/core`, telling of all resources here and of what else is to be told now.
    public Builder wellKnownCore(Supplier<List<Link>> others) {
      WellKnownCore core = new WellKnownCore(() -> {
        List<Link> all = new ArrayList<>(links);
        all.addAll(others.get());
        return all;
      });
      return at(WellKnownCore.PATH, WellKnownCore.TRAITS, core);
    }

    private Node node(String path) {
      Node node = root;
      if (!path.isEmpty()) {
        for (String segment : path.split("/", -1)) {
          node = node.children.computeIfAbsent(Bytes.utf8(segment), _ -> new Node());
        }
      }
      return node;
    }

    private void list(String path, Traits traits) {
      if (built) {
        throw new IllegalStateException("the tree is built");
      }
      if (traits.isListed()) {
        links.add(traits.link("/" + path));
      }
    }

    public Resources build() {
      built = true;
      return new Resources(root, hosts, links);
    }
  }
}
