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
  /// Block options in one request; what they ask for is bounded by a burst.
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
    List<Block> first = blocks(o, OptionNumber.Q_BLOCK1);
    List<Block> wanted = blocks(o, OptionNumber.Q_BLOCK2);
    if (o.has(OptionNumber.BLOCK1) || o.has(OptionNumber.BLOCK2)) {
      e.respond(Response.of(Code.BAD_OPTION, "Block and Q-Block in one request"));
    } else if (up && first.size() != 1 || down && wanted.isEmpty() || !isAscending(wanted)) {
      e.respond(Response.of(Code.BAD_REQUEST, "a block option that cannot be"));
    } else if (e.isMulticast()) {
      toGroup(e, up);
    } else if (up) {
      uploads.receive(e, first.getFirst());
    } else {
      fetch(e, wanted);
    }
  }

  /// Nobody sends bursts to a group, nor gets one from all of it (RFC 9177, section 4.1).
  private void toGroup(Exchange e, boolean up) {
    if (up) {
      e.respond(Response.of(Code.BAD_OPTION, "Q-Block1 to a group"));
    } else {
      others.handle(new Seen(e, seen(e.request())));
    }
  }

  private void fetch(Exchange e, List<Block> wanted) {
    Request r = seen(e.request());
    Block first = wanted.getFirst();
    boolean isFirst = wanted.size() == 1 && first.number() == 0;
    // What was done is not done again for a block that was lost; what is read may be read again.
    boolean asksAnew = isFirst && (first.more() || r.method().isRead() || !r.payload().isEmpty());
    if (!asksAnew && downloads.resume(e, r, wanted)) {
      return;
    }
    if (isFirst || r.method().isRead()) {
      whole(e, e.request());
    } else {
      e.respond(Response.of(Code.REQUEST_ENTITY_INCOMPLETE, "the answer is not kept any more: ask again"));
    }
  }

  /// Section 4.4: each number greater than the one before.
  private static boolean isAscending(List<Block> wanted) {
    for (int i = 1; i < wanted.size(); i++) {
      if (wanted.get(i).number() <= wanted.get(i - 1).number()) {
        return false;
      }
    }
    return wanted.size() <= REPAIRS_MAX;
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
    boolean wantsOne = wanted.size() == 1 && wanted.getFirst().number() == 0 && !wanted.getFirst().more();
    resources.handle(new InBursts(e, seen(r), exponent, !wantsOne));
  }

  /// An exchange whose request is seen without what this layer took out of it.
  private static class Seen extends WrappedExchange {
    final Request request;

    Seen(Exchange outer, Request request) {
      super(outer);
      this.request = request;
    }

    @Override
    public Request request() {
      return request;
    }

    @Override
    public void respond(Response response) {
      outer.respond(response);
    }

    @Override
    public void notify(Response response, boolean confirmable, Fate.Listener fate) {
      outer.notify(response, confirmable, fate);
    }
  }

  /// Sends in bursts what is too large for one message.
  private final class InBursts extends Seen {
    private final int exponent;
    private final boolean wantsAll;

    InBursts(Exchange outer, Request request, int exponent, boolean wantsAll) {
      super(outer, request);
      this.exponent = exponent;
      this.wantsAll = wantsAll;
    }

    private boolean isWhole(Response r) {
      return r.payload().length() <= 1 << exponent + 4 || !r.code().isSuccess();
    }

    @Override
    public void respond(Response response) {
      if (isWhole(response)) {
        downloads.forget(outer, request);
        outer.respond(response);
      } else if (!wantsAll || !peer().isProven()) {
        // Who has not shown that its address is its own gets no burst: the gate before this layer asks it to.
        outer.respond(first(tagged(response)));
      } else {
        downloads.begin(outer, request, tagged(response), exponent, QDownloads.way(outer));
      }
    }

    @Override
    public void notify(Response response, boolean confirmable, Fate.Listener fate) {
      if (isWhole(response) || !peer().isProven()) {
        downloads.forget(outer, request);
        outer.notify(isWhole(response) ? response : first(tagged(response)), confirmable, fate);
      } else {
        downloads.begin(outer, request, tagged(response), exponent, (block, isFirst, told) ->
            outer.notify(block, isFirst && confirmable, isFirst ? both(fate, told) : told));
      }
    }

    private static Fate.Listener both(Fate.Listener one, Fate.Listener other) {
      return fate -> {
        other.told(fate);
        one.told(fate);
      };
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
