package io.trivet.server.coap;

import io.trivet.broker.BrokerLoop;
import io.trivet.broker.SessionEnd;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Response;
import io.trivet.coap.block.BlockLayer;
import io.trivet.coap.block.BlockSettings;
import io.trivet.coap.block.QBlockLayer;
import io.trivet.coap.block.QBlockSettings;
import io.trivet.coap.directory.DirectoryPolicy;
import io.trivet.coap.directory.DirectoryResources;
import io.trivet.coap.gate.EchoGate;
import io.trivet.coap.gate.RateGate;
import io.trivet.coap.oscore.OscoreLayer;
import io.trivet.coap.plugtest.PlugtestResources;
import io.trivet.coap.pubsub.TopicCollection;
import io.trivet.coap.pubsub.Topics;
import io.trivet.coap.resource.Observers;
import io.trivet.coap.resource.Resources;
import io.trivet.coap.resource.Traits;
import io.trivet.server.config.Config;
import io.trivet.server.config.Option;
import java.util.List;
import java.util.function.Predicate;

/// What a request goes through on one loop, from the message layer to the resource.
final class CoapStack {
  private static final String WELCOME = "Trivet: topics are below /ps, /.well-known/core tells what else there is";
  static final String TOPICS = "ps";
  static final String COLLECTION = "pubsub";

  private final Topics topics;
  private final TopicCollection collection;
  private final Handler first;

  private final CoapLoop loop;

  CoapStack(Config config, CoapShared shared, CoapLoop loop, BrokerLoop broker) {
    this.loop = loop;
    var pubSub = CoapSettings.pubSub(config);
    this.topics = new Topics(loop, broker, pubSub, shared.topics(), TOPICS);
    this.collection = new TopicCollection(loop, broker, pubSub, shared.topics(), COLLECTION, TOPICS);
    Resources.Builder tree = Resources.builder()
        .below(TOPICS, Traits.own().with("rt", "core.ps.data").with("title", "topics").flagged("obs"), topics)
        .below(COLLECTION, Traits.own().with("rt", "core.ps.coll").offering(ContentFormat.LINK_FORMAT), collection)
        .at("", Traits.of(Code.GET).unlisted(), e -> e.respond(Response.of(Code.CONTENT, WELCOME)))
        .wellKnownCore(List::of);
    new DirectoryResources(loop, shared.directory(), DirectoryPolicy.OWN_NAME, Observers.Settings.DEFAULT).mount(tree);
    tree.at(".well-known/edhoc", Traits.of(Code.POST).understanding(OptionNumber.ACCEPT).with("rt", "core.edhoc"), shared.edhoc().resource(loop));
    shared.plugtest().ifPresent(site -> new PlugtestResources(loop, site).mount(tree));
    Handler resources = tree.build();
    BlockSettings bodies = CoapSettings.blocks(config);
    // One share for bodies in blocks, one for those that come and one for those that go in bursts.
    BlockSettings share = bodies.withKeptBytesMax(Math.max(bodies.bodyBytesMax(), bodies.keptBytesMax() / 3));
    Handler blocks = new QBlockLayer(loop, share, QBlockSettings.DEFAULT, resources,
        new BlockLayer(loop, share, resources));
    Handler oscore = new OscoreLayer(blocks, shared.oscore().lookup(), loop, shared.oscore().settings());
    Handler echo = new EchoGate(loop, broker.counters(), oscore);
    this.first = new RateGate(loop, broker.counters(), config.count(Option.COAP_REQUESTS_PER_SECOND),
        config.count(Option.COAP_REQUESTS_TOTAL), echo);
  }

  Handler first() {
    return first;
  }

  /// Deletes what is over, from any thread; one loop does it for all.
  void expire() {
    loop.later(collection::expire);
  }

  /// Ends observations that are not allowed any more, from any thread.
  void reexamine() {
    loop.later(topics::reexamine);
  }

  /// How many observations stand; a moment old for whoever is not on the loop.
  int observations() {
    return topics.observations();
  }

  /// Ends observations, from any thread.
  ///
  /// @param done told once they are
  void endWhere(Predicate<CoapPeer> which, SessionEnd why, Runnable done) {
    loop.later(() -> {
      topics.endWhere(which, why);
      done.run();
    });
  }
}
