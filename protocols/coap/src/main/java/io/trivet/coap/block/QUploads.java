package io.trivet.coap.block;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.WrappedExchange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Bodies of requests that come in bursts of blocks, in any order (RFC 9177, section 4.3). Of the requests that carry them
/// only the latest is answered: 2.31 when a burst is whole, 4.08 with the numbers of what is missing, or the resource's
/// answer to all. Confirmable blocks are acknowledged one by one, and get only that last answer.
///
/// A block far beyond those that came is passed over, so that a body takes no more memory than twice what was sent for it.
/// A body that came whole is remembered for a while, so that a late block of it does not begin it again.
final class QUploads {
  private static final int MISSING_BYTES_MAX = 512;
  private static final int FINISHED_PER_PEER = 16;
  private static final long FINISHED_BYTES_MAX = 4 << 20;
  private static final int FINISHED_BYTES = 256;

  private final CoapLoop loop;
  private final BlockSettings settings;
  private final QBlockSettings bursts;
  private final BiConsumer<Exchange, Request> whole;
  private final Bodies<Upload> all;
  private final Bodies<Finished> finished;

  /// @param whole given the latest exchange and the request with all of its body
  QUploads(CoapLoop loop, BlockSettings settings, QBlockSettings bursts, BiConsumer<Exchange, Request> whole) {
    this.loop = loop;
    this.settings = settings;
    this.bursts = bursts;
    this.whole = whole;
    this.all = new Bodies<>(loop, settings.bodiesPerPeer(), settings.keptBytesMax());
    this.finished = new Bodies<>(loop, FINISHED_PER_PEER, FINISHED_BYTES_MAX);
  }

  int count() {
    return all.count();
  }

  long bytes() {
    return all.bytes() + finished.bytes();
  }

  void receive(Exchange e, Block b) {
    Request r = e.request();
    int n = r.payload().length();
    if (!r.options().has(OptionNumber.REQUEST_TAG) || !r.options().has(OptionNumber.SIZE1)) {
      e.respond(Response.of(Code.BAD_REQUEST, "Q-Block1 needs Request-Tag and Size1"));
      return;
    }
    Transfers.Key key = Transfers.Key.of(e.peer(), true, r);
    long length = r.options().uint(OptionNumber.SIZE1, 0);
    if (length > settings.bodyBytesMax()) {
      all.drop(all.find(key));
      e.respond(Response.of(Code.REQUEST_ENTITY_TOO_LARGE).with(OptionNumber.SIZE1, settings.bodyBytesMax()));
      return;
    }
    if (b.more() ? n != b.size() || b.offset() + n >= length : b.offset() + n != length || n > b.size()) {
      e.respond(Response.of(Code.BAD_REQUEST, "block " + b.number() + " of " + n + " bytes in a body of " + length));
      return;
    }
    Finished before = finished.find(key);
    if (before != null && before.length == length) {
      before.again(e, b);
      return;
    }
    Upload u = all.find(key);
    if (u != null && (u.exponent != b.exponent() || u.length != length)) {
      all.drop(u);
      e.respond(Response.of(Code.BAD_REQUEST, "a block of another body under the same Request-Tag"));
      return;
    }
    if (u == null) {
      u = new Upload(key, b, (int) length);
      if (!all.put(u)) {
        e.dismiss();
        return;
      }
    }
    u.take(e, b);
  }

  private final class Upload extends Bodies.Body {
    private final int exponent;
    private final int length;
    private final int blocks;
    private final BitSet come = new BitSet();
    private byte[] body = new byte[0];
    private int asked;
    private int askedBurst;
    private int continued;
    private @Nullable Exchange latest;
    private boolean isAnswered;

    Upload(Transfers.Key key, Block first, int length) {
      super(key);
      this.exponent = first.exponent();
      this.length = length;
      this.blocks = Math.max(1, (length + first.size() - 1) / first.size());
    }

    @Override
    void dropped() {
      if (latest != null && !isAnswered) {
        isAnswered = true;
        latest.dismiss();
      }
    }

    void take(Exchange e, Block b) {
      dropped(); // the one before is answered by what this one is
      latest = e;
      isAnswered = false;
      Request r = e.request();
      if (b.number() / bursts.maxPayloads() <= come.nextClearBit(0) / bursts.maxPayloads() + 1 && !come.get(b.number())) {
        keep(b, r.payload());
        asked = 0;
      }
      if (come.cardinality() == blocks) {
        finish(e, r);
      } else {
        goOn(b, r.confirmable());
      }
    }

    private void keep(Block b, Bytes payload) {
      int end = (int) b.offset() + payload.length();
      if (body.length < end) {
        body = Arrays.copyOf(body, Math.min(length, Math.max(end, body.length * 2)));
        all.holds(this, body.length);
      }
      payload.copyTo(body, (int) b.offset());
      come.set(b.number());
    }

    private void finish(Exchange e, Request r) {
      isAnswered = true;
      all.remove(this);
      Finished f = new Finished(key, length);
      finished.put(f);
      finished.holds(f, FINISHED_BYTES);
      loop.timers().set(f, loop.nowNanos() + bursts.remembered().toNanos());
      Options o = r.options().where(n -> n != OptionNumber.Q_BLOCK1.number() && n != OptionNumber.SIZE1.number()
          && n != OptionNumber.REQUEST_TAG.number());
      whole.accept(new Remembering(e, f), r.with(o).with(Bytes.wrap(body, 0, length)));
    }

    private void goOn(Block b, boolean confirmable) {
      int burst = bursts.maxPayloads();
      int missing = come.nextClearBit(0);
      int wholeUntil = missing / burst * burst;
      int begin = b.number() / burst * burst;
      if (confirmable) {
        setTimer(bursts.kept().toNanos());
        return;
      }
      if (wholeUntil > continued) {
        continued = wholeUntil;
        answer(Response.of(Code.CONTINUE)
            .with(OptionNumber.Q_BLOCK1, new Block(wholeUntil - 1, true, exponent).value()));
      } else if (missing < begin && begin > askedBurst) {
        askedBurst = begin; // the next burst has begun: what is still missing of those before was lost
        ask(begin);
      }
      setTimer();
    }

    private void setTimer() {
      setTimer(asked >= bursts.asksMax() ? bursts.kept().toNanos() : bursts.patience().toNanos() << asked);
    }

    private void setTimer(long nanos) {
      loop.timers().cancel(this);
      loop.timers().set(this, loop.nowNanos() + nanos);
    }

    @Override
    protected void fire(long nowNanos) {
      if (asked >= bursts.asksMax() || latest != null && latest.request().confirmable()) {
        all.drop(this);
        return;
      }
      // The burst of the last block that came has been sent by now; after a whole one, the next one's first is asked for.
      int sent = (come.length() + bursts.maxPayloads() - 1) / bursts.maxPayloads() * bursts.maxPayloads();
      ask(Math.min(blocks, Math.max(sent, come.nextClearBit(0) + 1)));
      setTimer();
    }

    private void ask(int until) {
      asked++;
      List<Integer> missing = new ArrayList<>();
      for (int i = come.nextClearBit(0); i < until && missing.size() < MISSING_BYTES_MAX; i = come.nextClearBit(i + 1)) {
        missing.add(i);
      }
      Options o = Options.builder().contentFormat(ContentFormat.MISSING_BLOCKS_CBOR_SEQ).build();
      answer(new Response(Code.REQUEST_ENTITY_INCOMPLETE, o, MissingBlocks.write(missing, MISSING_BYTES_MAX)));
    }

    private void answer(Response r) {
      Exchange e = latest;
      if (e == null) {
        throw new AssertionError("nobody has sent a block");
      }
      if (isAnswered) {
        e.notify(r, false, Exchange.Fate.Listener.NONE);
      } else {
        isAnswered = true;
        e.respond(r);
      }
    }
  }

  /// A body that came whole: its blocks are answered as they were the first time.
  private final class Finished extends Bodies.Body {
    private final int length;
    private @Nullable Response answer;

    Finished(Transfers.Key key, int length) {
      super(key);
      this.length = length;
    }

    void again(Exchange e, Block b) {
      if (!b.more() && answer != null) {
        e.respond(answer);
      } else {
        e.dismiss();
      }
    }

    @Override
    void dropped() {}

    @Override
    protected void fire(long nowNanos) {
      finished.remove(this);
    }
  }

  /// Keeps the answer for those who ask again.
  private final class Remembering extends WrappedExchange {
    private final Finished body;

    Remembering(Exchange outer, Finished body) {
      super(outer);
      this.body = body;
    }

    @Override
    public void respond(Response response) {
      if (body.isKept) {
        body.answer = response.with(response.payload().compact());
        finished.holds(body, FINISHED_BYTES + response.payload().length());
      }
      outer.respond(response);
    }

    @Override
    public void notify(Response response, boolean confirmable, Fate.Listener fate) {
      outer.notify(response, confirmable, fate);
    }
  }
}
