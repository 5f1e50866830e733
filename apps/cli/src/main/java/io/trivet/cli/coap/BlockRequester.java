package io.trivet.cli.coap;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.block.Block;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Sends what is too large for one message in blocks and puts together what comes so (RFC 7959): above it requests and
/// responses are whole.
/// ```
///   PUT  1:0/1/1024 ─▶   ◀─ 2.31 1:0/1/512     the server may want smaller ones
///   PUT  1:2/1/512  ─▶   ◀─ 2.31 1:2/1/512
///   PUT  1:3/0/512  ─▶   ◀─ 2.04 1:3/0/512 2:0/1/1024
///   PUT  2:1/0/1024 ─▶   ◀─ 2.04 2:1/0/1024
/// ```
final class BlockRequester implements Requester {
  private static final int OVERHEAD = 128; // of header and options, beside a block
  private static final int RESTARTS_MAX = 3;

  private final Requester next;
  private final CoapPeer peer;
  private final int exponent;
  private final boolean asked;
  private final int bodyBytesMax;

  /// @param blockBytes 16 to 1,024, a power of two; 0 for what the peer's messages carry
  /// @param bodyBytesMax a larger response fails
  BlockRequester(Requester next, CoapPeer peer, int blockBytes, int bodyBytesMax) {
    this.next = next;
    this.peer = peer;
    this.asked = blockBytes > 0;
    this.exponent = Block.exponentOf(asked ? blockBytes : Math.min(1_024, peer.messageBytesMax() - OVERHEAD));
    this.bodyBytesMax = bodyBytesMax;
  }

  @Override
  public Pending send(Request request, Replies replies) {
    return new Call(request, replies).begin();
  }

  private int wholeMax() {
    return asked ? 16 << exponent : peer.isReliable() ? peer.messageBytesMax() - OVERHEAD : 16 << exponent;
  }

  private final class Call implements Pending {
    private final Request request;
    private final Replies replies;
    private Pending under = () -> {};

    /// What fetches the rest of a response; a newer notification takes its place.
    private @Nullable Fetch fetch;

    private boolean cancelled;
    private int size = exponent;
    private int restarts;

    Call(Request request, Replies replies) {
      this.request = request;
      this.replies = replies;
    }

    Pending begin() {
      if (request.payload().length() > wholeMax()) {
        upload(0);
      } else {
        Options o = request.options();
        boolean small = asked && !o.has(OptionNumber.BLOCK2);
        under = next.send(small ? request.with(o.with(OptionNumber.BLOCK2, exponent)) : request, new Whole());
      }
      return this;
    }

    private void upload(int offset) {
      int bytes = 16 << size;
      int length = Math.min(bytes, request.payload().length() - offset);
      boolean more = offset + length < request.payload().length();
      Options.Builder o = request.options().toBuilder()
          .set(OptionNumber.BLOCK1, new Block(offset / bytes, more, size).value());
      if (offset == 0) {
        o.set(OptionNumber.SIZE1, request.payload().length());
      }
      if (more) {
        o.remove(OptionNumber.OBSERVE);
      }
      Request block = request.with(o.build()).with(request.payload().slice(offset, length));
      under = next.send(block, more ? new Uploading(offset) : new Whole());
    }

    @Override
    public void cancel() {
      cancelled = true;
      under.cancel();
      if (fetch != null) {
        fetch.stop();
      }
    }

    private void fail(Failure why) {
      if (!cancelled) {
        cancelled = true;
        replies.failed(why);
      }
    }

    /// A block that is not the last was sent.
    private final class Uploading implements Replies {
      private final int offset;

      Uploading(int offset) {
        this.offset = offset;
      }

      @Override
      public void response(Response response, CoapPeer from) {
        if (cancelled) {
          return;
        }
        int wanted = Block.of(response.options(), OptionNumber.BLOCK1, false)
            .map(p -> p instanceof Parsed.Valid<Block>(Block b) ? b.exponent() : size).orElse(size);
        boolean smaller = wanted < size;
        if (response.code() == Code.CONTINUE) {
          int sent = 16 << size;
          size = Math.min(size, wanted);
          upload(offset + sent);
        } else if (response.code() == Code.REQUEST_ENTITY_TOO_LARGE && smaller && offset == 0
            || response.code() == Code.REQUEST_ENTITY_INCOMPLETE && restarts++ < RESTARTS_MAX) {
          size = Math.min(size, wanted);
          upload(0);
        } else {
          replies.response(response, from); // refused, or answered without wanting the rest
        }
      }

      @Override
      public void failed(Failure failure) {
        fail(failure);
      }
    }

    /// The request was sent as a whole, or its last block.
    private final class Whole implements Replies {
      @Override
      public void response(Response response, CoapPeer from) {
        if (cancelled) {
          return;
        }
        if (fetch != null) {
          fetch.stop();
          fetch = null;
        }
        Optional<Parsed<Block>> block = Block.of(response.options(), OptionNumber.BLOCK2, from.isReliable());
        switch (block.orElse(null)) {
          case null -> replies.response(response, from);
          case Parsed.Invalid<Block> _ -> fail(Failure.BROKEN);
          case Parsed.Valid<Block>(Block b) when !b.more() || b.number() > 0 ->
            replies.response(without(response), from);
          case Parsed.Valid<Block>(Block b) -> {
            Fetch f = new Fetch(response, from);
            fetch = f;
            f.take(b, response);
          }
        }
      }

      @Override
      public void failed(Failure failure) {
        fail(failure);
      }
    }

    private Response without(Response r) {
      return request.options().has(OptionNumber.BLOCK2) ? r : r.with(r.options().without(OptionNumber.BLOCK2));
    }

    /// The rest of one response.
    private final class Fetch implements Replies {
      private final Response first;
      private final CoapPeer from;
      private final ByteArrayOutputStream body = new ByteArrayOutputStream();
      private Pending under = () -> {};
      private boolean over;

      Fetch(Response first, CoapPeer from) {
        this.first = first;
        this.from = from;
      }

      void stop() {
        over = true;
        under.cancel();
      }

      void take(Block b, Response r) {
        if (b.offset() != body.size() || body.size() + r.payload().length() > bodyBytesMax
            || b.more() && (r.payload().isEmpty() || r.payload().length() % b.size() != 0)) {
          over = true;
          fail(Failure.BROKEN);
          return;
        }
        body.writeBytes(r.payload().toArray());
        if (!b.more()) {
          over = true;
          fetch = null;
          replies.response(first.with(first.options().without(OptionNumber.BLOCK2))
              .with(Bytes.wrap(body.toByteArray())), from);
          return;
        }
        Block wanted = new Block(body.size() / b.size(), false, Math.min(b.exponent(), 6));
        Options o = request.options().toBuilder().remove(OptionNumber.OBSERVE).remove(OptionNumber.BLOCK1)
            .remove(OptionNumber.SIZE1).set(OptionNumber.BLOCK2, wanted.value()).build();
        // What FETCH asks for is in its payload; elsewhere the server has it already (section 3.3).
        Bytes payload = request.method() == Code.FETCH ? request.payload() : Bytes.EMPTY;
        under = next.send(request.with(o).with(payload), this);
      }

      @Override
      public void response(Response r, CoapPeer who) {
        if (over) {
          return;
        }
        boolean same = r.options().bytes(OptionNumber.ETAG).equals(first.options().bytes(OptionNumber.ETAG));
        Optional<Parsed<Block>> block = Block.of(r.options(), OptionNumber.BLOCK2, who.isReliable());
        if (r.code() == first.code() && same && block.orElse(null) instanceof Parsed.Valid<Block>(Block b)) {
          take(b, r);
        } else if (!r.code().isSuccess()) {
          over = true;
          replies.response(r, who);
        } else if (!same && request.method().isRead() && !request.isObserve() && restarts++ < RESTARTS_MAX) {
          over = true;
          begin(); // it changed meanwhile: from the start (section 2.4)
        } else {
          over = true;
          fail(Failure.BROKEN);
        }
      }

      @Override
      public void failed(Failure failure) {
        if (!over) {
          over = true;
          fail(failure);
        }
      }
    }
  }
}
