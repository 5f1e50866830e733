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
import java.util.ArrayList;
import java.util.List;

/// Block-wise transfer in bursts for those who ask for it by Q-Block1 or Q-Block2 (RFC 9177), over datagrams; everything
/// else goes on to the layer for Block1 and Block2. Over streams the options are left for the resource to refuse.
public final class QBlockLayer implements Handler {
  private static final int BESIDE_PAYLOAD = 128;
  private static final int REPAIRS_MAX = 64;

  private final BlockSettings settings;
  private final Handler resources;
  private final Handler others;
  private final QUploads uploads;
  private final QDownloads downloads;

  /// @param resources what a body put together is for
  /// @param others what is asked for without these options
  public QBlockLayer(CoapLoop loop, BlockSettings settings, QBlockSettings bursts, Handler resources, Handler others) {
    this.settings = settings;
    this.resources = resources;
    this.others = others;
    this.uploads = new QUploads(loop, settings, bursts, this::whole);
    this.downloads = new QDownloads(loop, settings, bursts);
  }

  /// Bodies that come or go.
  public int transfers() {
    return uploads.count() + downloads.count();
  }

  /// What they hold.
  public long transferBytes() {
    return uploads.bytes() + downloads.bytes();
  }

  @Override
  public void handle(Exchange e) {
    Options o = e.request().options();
    boolean up = o.has(OptionNumber.Q_BLOCK1);
    boolean down = o.has(OptionNumber.Q_BLOCK2);
    if (!up && !down || e.peer().isReliable()) {
      others.handle(e);
      return;
    }
    if (o.has(OptionNumber.BLOCK1) || o.has(OptionNumber.BLOCK2)) {
      e.respond(Response.of(Code.BAD_REQUEST, "Block and Q-Block in one request"));
      return;
    }
    List<Block> first = blocks(o, OptionNumber.Q_BLOCK1);
    List<Block> wanted = blocks(o, OptionNumber.Q_BLOCK2);
    if (up && first.size() != 1 || down && wanted.isEmpty() || wanted.size() > REPAIRS_MAX) {
      e.respond(Response.of(Code.BAD_REQUEST, "a block option that cannot be"));
    } else if (up) {
      uploads.receive(e, first.getFirst());
    } else if (wanted.getFirst().number() == 0 && wanted.size() == 1) {
      whole(e, e.request());
    } else if (!downloads.resume(Transfers.Key.of(e.peer(), false, seen(e.request())), wanted, e)) {
      e.respond(Response.of(Code.REQUEST_ENTITY_INCOMPLETE, "the answer is not kept any more: ask again"));
    }
  }

  /// None where one of them is malformed.
  private static List<Block> blocks(Options o, OptionNumber which) {
    List<Block> all = new ArrayList<>();
    for (Bytes value : o.all(which)) {
      Options one = Options.builder().add(which, value).build();
      if (!(Block.of(one, which, false).orElseThrow() instanceof Parsed.Valid<Block>(Block b))) {
        return List.of();
      }
      all.add(b);
    }
    return all;
  }

  private static Request seen(Request r) {
    return r.with(r.options().where(n -> n != OptionNumber.Q_BLOCK2.number() && n != OptionNumber.SIZE2.number()));
  }

  private void whole(Exchange e, Request r) {
    List<Block> wanted = blocks(r.options(), OptionNumber.Q_BLOCK2);
    int ours = Block.exponentOf(Math.min(settings.blockBytes(), e.peer().messageBytesMax() - BESIDE_PAYLOAD));
    int exponent = wanted.isEmpty() ? ours : Math.min(ours, wanted.getFirst().exponent());
    resources.handle(new InBursts(e, seen(r), exponent, wanted.isEmpty() || wanted.getFirst().more()));
  }

  /// Sends in bursts what is too large for one message.
  private final class InBursts extends WrappedExchange {
    private final Request request;
    private final int exponent;
    private final boolean wantsAll;

    InBursts(Exchange outer, Request request, int exponent, boolean wantsAll) {
      super(outer);
      this.request = request;
      this.exponent = exponent;
      this.wantsAll = wantsAll;
    }

    @Override
    public Request request() {
      return request;
    }

    private boolean isWhole(Response r) {
      return r.payload().length() <= 1 << exponent + 4 || !r.code().isSuccess();
    }

    @Override
    public void respond(Response response) {
      if (isWhole(response)) {
        outer.respond(response);
      } else if (!wantsAll || !peer().isProven()) {
        // Who has not shown that its address is its own gets no burst: the gate before this layer asks it to.
        outer.respond(first(tagged(response)));
      } else {
        begin(response, QDownloads.way(outer));
      }
    }

    @Override
    public void notify(Response response, boolean confirmable, Fate.Listener fate) {
      if (isWhole(response) || !peer().isProven()) {
        outer.notify(isWhole(response) ? response : first(tagged(response)), confirmable, fate);
      } else {
        begin(response, (block, isFirst) ->
            outer.notify(block, isFirst && confirmable, isFirst ? fate : Fate.Listener.NONE));
      }
    }

    private void begin(Response response, QDownloads.Way way) {
      downloads.begin(Transfers.Key.of(peer(), false, request), tagged(response), exponent, way);
    }

    private Response tagged(Response r) {
      return r.options().has(OptionNumber.ETAG) ? r : r.with(r.options().with(OptionNumber.ETAG, ETag.of(r.payload())));
    }

    private Response first(Response r) {
      Options o = r.options().toBuilder().set(OptionNumber.Q_BLOCK2, new Block(0, true, exponent).value())
          .set(OptionNumber.SIZE2, r.payload().length()).build();
      return new Response(r.code(), o, r.payload().slice(0, 1 << exponent + 4));
    }
  }
}
