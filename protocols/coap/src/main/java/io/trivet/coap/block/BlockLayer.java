package io.trivet.coap.block;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.ETag;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.WrappedExchange;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts the blocks of a request together before the resource sees it, and hands out the resource's answer in blocks
/// (RFC 7959): Block1 in order and at once, Block2 from the representation of the first block, told apart by its ETag.
public final class BlockLayer implements Handler {
  /// Header, token and options beside the payload, at the most that is planned for.
  private static final int BESIDE_PAYLOAD = 128;

  private final CoapLoop loop;
  private final BlockSettings settings;
  private final Handler next;
  private final Transfers transfers;

  public BlockLayer(CoapLoop loop, BlockSettings settings, Handler next) {
    this.loop = loop;
    this.settings = settings;
    this.next = next;
    this.transfers = new Transfers(settings);
  }

  /// Transfers under way; a moment old for whoever is not on the loop.
  public int transfers() {
    return transfers.count();
  }

  /// What they hold.
  public long transferBytes() {
    return transfers.bytes();
  }

  @Override
  public void handle(Exchange e) {
    Request r = e.request();
    Options o = r.options();
    if (!o.has(OptionNumber.BLOCK1) && !o.has(OptionNumber.BLOCK2)) {
      whole(e, r, null);
      return;
    }
    boolean streams = e.peer().isReliable();
    Optional<Parsed<Block>> block1 = Block.of(o, OptionNumber.BLOCK1, streams);
    Optional<Parsed<Block>> block2 = Block.of(o, OptionNumber.BLOCK2, streams);
    if (block1.filter(b -> b instanceof Parsed.Invalid<Block>).isPresent()
        || block2.filter(b -> b instanceof Parsed.Invalid<Block>).isPresent()) {
      e.respond(Response.of(Code.BAD_REQUEST, "a block option that cannot be"));
    } else if (block2.isPresent() && block2.get().orThrow().number() > 0 && block1.isEmpty()) {
      later(e, r, block2.get().orThrow());
    } else if (block1.isPresent()) {
      upload(e, r, block1.get().orThrow());
    } else {
      whole(e, r, null);
    }
  }

  // --- Block1 -------------------------------------------------------------------------------------------------------

  private void upload(Exchange e, Request r, Block b) {
    long now = loop.nowNanos();
    int n = r.payload().length();
    boolean fits = b.exponent() == Block.BERT ? n % b.size() == 0 : n == b.size();
    if (b.more() && !fits || !b.more() && b.exponent() != Block.BERT && n > b.size()) {
      e.respond(Response.of(Code.BAD_REQUEST, "a block of " + n + " bytes where " + b.size() + " were announced"));
      return;
    }
    Transfers.Key key = Transfers.Key.of(e.peer(), true, r);
    if (Math.max(b.offset() + n, r.options().uint(OptionNumber.SIZE1, 0)) > settings.bodyBytesMax()) {
      transfers.remove(key);
      e.respond(Response.of(Code.REQUEST_ENTITY_TOO_LARGE).with(OptionNumber.SIZE1, settings.bodyBytesMax()));
      return;
    }
    Transfers.Transfer t;
    if (b.number() == 0) {
      if (!b.more()) {
        whole(e, r.with(without(r.options())), b);
        return;
      }
      t = new Transfers.Transfer(key, null, r.payload().toArray(), n);
      transfers.put(t, now);
    } else {
      t = transfers.find(key, now);
      if (t == null || t.length != b.offset()) {
        transfers.remove(key);
        e.respond(Response.of(Code.REQUEST_ENTITY_INCOMPLETE, "begin again with block 0"));
        return;
      }
      int before = t.body.length;
      t.append(r.payload());
      transfers.grown(t, before, now);
    }
    if (b.more()) {
      int exponent = b.exponent() == Block.BERT ? Block.BERT : Math.min(b.exponent(), exponent(e.peer()));
      e.respond(Response.of(Code.CONTINUE).with(OptionNumber.BLOCK1, new Block(b.number(), true, exponent).value()));
    } else {
      transfers.remove(key);
      whole(e, r.with(without(r.options())).with(Bytes.wrap(t.body, 0, t.length)), b);
    }
  }

  private static Options without(Options o) {
    return o.where(n -> n != OptionNumber.BLOCK1.number() && n != OptionNumber.SIZE1.number()
        && n != OptionNumber.REQUEST_TAG.number());
  }

  private int exponent(CoapPeer peer) {
    return Block.exponentOf(Math.min(settings.blockBytes(), peer.messageBytesMax() - BESIDE_PAYLOAD));
  }

  // --- Block2 -------------------------------------------------------------------------------------------------------

  /// The request as the resource is to see it.
  private void whole(Exchange e, Request r, @Nullable Block block1) {
    Options o = r.options();
    Optional<Block> wanted = Block.of(o, OptionNumber.BLOCK2, e.peer().isReliable()).map(Parsed::orThrow);
    Options seen = wanted.isEmpty() && !o.has(OptionNumber.SIZE2) ? o
        : o.where(n -> n != OptionNumber.BLOCK2.number() && n != OptionNumber.SIZE2.number());
    next.handle(new Sliced(e, r.with(seen), wanted.orElse(null), block1, 0));
  }

  /// A block but the first.
  private void later(Exchange e, Request r, Block wanted) {
    Transfers.Transfer t = transfers.find(Transfers.Key.of(e.peer(), false, r), loop.nowNanos());
    if (t != null && t.response != null) {
      int exponent = exponent(e.peer(), wanted);
      e.respond(slice(t.response, Bytes.wrap(t.body, 0, t.length), number(wanted, exponent), exponent));
    } else if (r.method().isRead()) {
      // Forgotten meanwhile: the resource is asked again; who has blocks of another state sees it by the ETag.
      Options seen = r.options().where(n -> n != OptionNumber.BLOCK2.number() && n != OptionNumber.SIZE2.number()
          && n != OptionNumber.OBSERVE.number());
      next.handle(new Sliced(e, r.with(seen), wanted, null, number(wanted, exponent(e.peer(), wanted))));
    } else {
      e.respond(Response.of(Code.REQUEST_ENTITY_INCOMPLETE, "the answer is not kept any more: ask again"));
    }
  }

  private int exponent(CoapPeer peer, @Nullable Block wanted) {
    int ours = exponent(peer);
    return wanted == null || wanted.exponent() == Block.BERT ? ours : Math.min(ours, wanted.exponent());
  }

  /// The block of our size that begins where the wanted one does: who asks in larger blocks than we send counts in those
  /// (RFC 7959, section 2.4).
  private static int number(Block wanted, int exponent) {
    return (int) Math.min(wanted.offset() >> exponent + 4, (1 << 20) - 1);
  }

  private static Response slice(Response whole, Bytes body, int number, int exponent) {
    int size = 1 << exponent + 4;
    long offset = (long) number * size;
    if (offset >= body.length() && number > 0) {
      return Response.of(Code.BAD_REQUEST, "the body has " + body.length() + " bytes");
    }
    int n = (int) Math.min(size, body.length() - offset);
    Options.Builder b = whole.options().toBuilder()
        .set(OptionNumber.BLOCK2, new Block(number, offset + n < body.length(), exponent).value());
    if (number == 0) {
      b.set(OptionNumber.SIZE2, body.length());
    } else {
      b.remove(OptionNumber.OBSERVE);
    }
    return new Response(whole.code(), b.build(), body.slice((int) offset, n));
  }

  /// Hands out what is answered in blocks where it is too large for one message.
  private final class Sliced extends WrappedExchange {
    private final Request request;
    private final @Nullable Block wanted;
    private final @Nullable Block block1;
    private final int first;

    Sliced(Exchange outer, Request request, @Nullable Block wanted, @Nullable Block block1, int first) {
      super(outer);
      this.request = request;
      this.wanted = wanted;
      this.block1 = block1;
      this.first = first;
    }

    @Override
    public Request request() {
      return request;
    }

    @Override
    public void respond(Response response) {
      Response r = sliced(response, first);
      outer.respond(block1 == null ? r
          : r.with(OptionNumber.BLOCK1, new Block(block1.number(), false, block1.exponent()).value()));
    }

    @Override
    public void notify(Response response, boolean confirmable, Fate.Listener fate) {
      outer.notify(sliced(response, 0), confirmable, fate);
    }

    private Response sliced(Response r, int number) {
      int exponent = exponent(peer(), wanted);
      int most = peer().isReliable() && wanted == null
          ? Math.max(1 << exponent + 4, peer().messageBytesMax() - BESIDE_PAYLOAD) : 1 << exponent + 4;
      if (r.payload().length() <= most && wanted == null) {
        return r;
      }
      if (!r.code().isSuccess()) {
        return r; // a diagnostic is no body
      }
      Response whole = r.options().has(OptionNumber.ETAG) || r.payload().length() <= 1 << exponent + 4
          ? r : r.with(r.options().with(OptionNumber.ETAG, ETag.of(r.payload())));
      if (r.payload().length() > 1 << exponent + 4) {
        Transfers.Key key = Transfers.Key.of(peer(), false, request);
        Bytes body = r.payload().compact();
        transfers.put(new Transfers.Transfer(key, whole.with(Bytes.EMPTY), body.toArray(), body.length()), loop.nowNanos());
      }
      return slice(whole, r.payload(), number, exponent);
    }
  }
}
