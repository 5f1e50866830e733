package io.trivet.coap.block;

import io.trivet.base.Bytes;
import io.trivet.broker.Timers;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Bodies of requests that come in bursts of blocks, in any order (RFC 9177, section 4.3). Of the requests that carry them
/// only the latest is answered: 2.31 when a burst is whole, 4.08 with the numbers of what is missing, or the resource's
/// answer to all.
///
/// A block far beyond those that came is passed over, so that a body takes no more memory than twice what was sent for it.
final class QUploads {
  private static final int MISSING_BYTES_MAX = 512;

  private final CoapLoop loop;
  private final BlockSettings settings;
  private final QBlockSettings bursts;
  private final BiConsumer<Exchange, Request> whole;
  private final Map<Transfers.Key, Upload> all = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<CoapPeer, Integer> perPeer = new java.util.HashMap<>();
  private long bytes;

  /// @param whole given the latest exchange and the request with all of its body
  QUploads(CoapLoop loop, BlockSettings settings, QBlockSettings bursts, BiConsumer<Exchange, Request> whole) {
    this.loop = loop;
    this.settings = settings;
    this.bursts = bursts;
    this.whole = whole;
  }

  int count() {
    return all.size();
  }

  long bytes() {
    return bytes;
  }

  void receive(Exchange e, Block b) {
    Request r = e.request();
    int n = r.payload().length();
    if (!r.options().has(OptionNumber.REQUEST_TAG)) {
      e.respond(Response.of(Code.BAD_REQUEST, "Q-Block1 needs a Request-Tag"));
      return;
    }
    if (b.more() && n != b.size() || n > b.size()) {
      e.respond(Response.of(Code.BAD_REQUEST, "a block of " + n + " bytes where " + b.size() + " were announced"));
      return;
    }
    Transfers.Key key = Transfers.Key.of(e.peer(), true, r);
    if (Math.max(b.offset() + n, r.options().uint(OptionNumber.SIZE1, 0)) > settings.bodyBytesMax()) {
      drop(all.get(key));
      e.respond(Response.of(Code.REQUEST_ENTITY_TOO_LARGE).with(OptionNumber.SIZE1, settings.bodyBytesMax()));
      return;
    }
    Upload u = all.get(key);
    if (u == null) {
      u = begin(key, b.exponent());
    }
    if (u.exponent != b.exponent() || u.blocks >= 0 && b.number() >= u.blocks) {
      drop(u);
      e.respond(Response.of(Code.BAD_REQUEST, "a block of another body under the same Request-Tag"));
      return;
    }
    u.take(e, b, r);
  }

  private Upload begin(Transfers.Key key, int exponent) {
    CoapPeer peer = key.peer();
    if (perPeer.merge(peer, 1, Integer::sum) == 1) {
      peer.whenGone(() -> gone(peer));
    }
    if (perPeer.getOrDefault(peer, 0) > settings.bodiesPerPeer()) {
      drop(all.values().stream().filter(o -> o.key.peer() == peer).findFirst().orElse(null));
    }
    Upload u = new Upload(key, exponent);
    all.put(key, u);
    return u;
  }

  private void drop(@Nullable Upload u) {
    if (u != null && all.remove(u.key, u)) {
      bytes -= u.body.length;
      perPeer.computeIfPresent(u.key.peer(), (_, n) -> n - 1);
      loop.timers().cancel(u.timer);
    }
  }

  private void gone(CoapPeer peer) {
    all.values().stream().filter(u -> u.key.peer() == peer).toList().forEach(this::drop);
    perPeer.remove(peer);
  }

  private final class Upload {
    private final Transfers.Key key;
    private final int exponent;
    private final BitSet come = new BitSet();
    private byte[] body = new byte[0];
    private int blocks = -1;
    private int length;
    private int asked;
    private int continued;
    private @Nullable Exchange latest;
    private boolean isAnswered;

    private final Timers.Timer timer = new Timers.Timer() {
      @Override
      protected void fire(long nowNanos) {
        timedOut();
      }
    };

    Upload(Transfers.Key key, int exponent) {
      this.key = key;
      this.exponent = exponent;
    }

    void take(Exchange e, Block b, Request r) {
      if (latest != null && !isAnswered) {
        latest.dismiss();
      }
      latest = e;
      isAnswered = false;
      int burst = bursts.maxPayloads();
      if (b.number() / burst > come.nextClearBit(0) / burst + 1) {
        e.dismiss(); // too far ahead to be kept; what comes before it is asked for when its time comes
        isAnswered = true;
        return;
      }
      if (!come.get(b.number())) {
        keep(b, r.payload());
        asked = 0;
      }
      if (!b.more()) {
        blocks = b.number() + 1;
        length = (int) b.offset() + r.payload().length();
      }
      if (come.length() > (blocks < 0 ? Integer.MAX_VALUE : blocks)) {
        drop(this);
        e.respond(Response.of(Code.BAD_REQUEST, "a block beyond the last"));
      } else if (blocks >= 0 && come.cardinality() == blocks) {
        drop(this);
        Options o = r.options().where(n -> n != OptionNumber.Q_BLOCK1.number() && n != OptionNumber.SIZE1.number()
            && n != OptionNumber.REQUEST_TAG.number());
        whole.accept(e, r.with(o).with(Bytes.wrap(body, 0, length)));
      } else {
        goOn(b);
      }
    }

    private void keep(Block b, Bytes payload) {
      int end = (int) b.offset() + payload.length();
      if (body.length < end) {
        int before = body.length;
        body = Arrays.copyOf(body, Math.min(settings.bodyBytesMax(), Math.max(end, before * 2)));
        bytes += body.length - before;
        while (bytes > settings.keptBytesMax() && all.size() > 1) {
          drop(all.values().iterator().next());
        }
      }
      payload.copyTo(body, (int) b.offset());
      come.set(b.number());
    }

    private void goOn(Block b) {
      int end = (b.number() / bursts.maxPayloads() + 1) * bursts.maxPayloads();
      boolean isWhole = come.nextClearBit(0) >= end;
      if (isWhole && end > continued) {
        continued = end;
        answer(Response.of(Code.CONTINUE).with(OptionNumber.Q_BLOCK1, new Block(end - 1, true, exponent).value()));
      } else if (!isWhole && (b.number() == end - 1 || !b.more())) {
        ask(); // the burst has ended, or the body
      }
      setTimer();
    }

    private void setTimer() {
      loop.timers().cancel(timer);
      loop.timers().set(timer, loop.nowNanos() + (asked >= bursts.asksMax() ? bursts.kept().toNanos()
          : bursts.patience().toNanos() << asked));
    }

    private void timedOut() {
      if (asked >= bursts.asksMax()) {
        drop(this);
        return;
      }
      ask();
      setTimer();
    }

    private void ask() {
      asked++;
      // What follows the last block that came may just not be sent yet; after a burst that was whole its first is asked for.
      int until = blocks >= 0 ? blocks : Math.max(come.length(), come.nextClearBit(0) + 1);
      List<Integer> missing = new ArrayList<>();
      for (int i = come.nextClearBit(0); i < until && missing.size() <= MISSING_BYTES_MAX; i = come.nextClearBit(i + 1)) {
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
}
