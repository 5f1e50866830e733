package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The client's end of OSCORE (RFC 8613, sections 8.1 and 8.4): protects each request, verifies each response. Answers a
/// challenge for freshness by itself, and makes its context by a renewal where it has none (appendix B.2).
///
/// A response is what it says it is only when it comes from a peer that is secured: an error that a server could not
/// protect is passed on too, from the peer below, so that people learn why.
public final class OscoreRequester implements Requester {
  private static final int WAITING_MAX = 64;

  private final Requester next;
  private final OscoreAssociation association;
  private final CoapLoop loop;
  private final Queue<Call> waiting = new ArrayDeque<>();
  private boolean isRenewing;
  private @Nullable OscorePeer peer;
  private @Nullable CoapPeer peerBelow;

  public OscoreRequester(Requester next, OscoreAssociation association, CoapLoop loop) {
    this.next = next;
    this.association = association;
    this.loop = loop;
  }

  @Override
  public Pending send(Request request, Replies replies) {
    if (request.options().has(OptionNumber.PROXY_URI)) {
      throw new IllegalArgumentException("Proxy-Uri: give Proxy-Scheme, Uri-Host, Uri-Path and Uri-Query instead");
    }
    Call call = new Call(request, replies);
    if (association.context().isPresent() && !isRenewing) {
      call.start();
    } else if (waiting.size() == WAITING_MAX) {
      replies.failed(Failure.BROKEN);
    } else {
      waiting.add(call);
      if (!isRenewing) {
        renew(call);
      }
    }
    return call;
  }

  private CoapPeer secured(CoapPeer below) {
    OscorePeer known = peer;
    if (known == null || peerBelow != below) {
      known = new OscorePeer(association, below);
      peer = known;
      peerBelow = below;
    }
    known.verified();
    return known;
  }

  // --- renewal ------------------------------------------------------------------------------------------------------

  private void renew(Call first) {
    isRenewing = true;
    Bytes r1 = OscoreAssociation.drawn(loop.randomness(), OscoreAssociation.NONCE_BYTES);
    OscoreKeys keys = association.secret().keys(Optional.of(r1));
    Protection.ProtectedRequest sent =
        Protection.protect(keys, 0, Optional.of(OscoreAssociation.wrapped(r1)), first.request);
    first.below = next.send(sent.request(), new Replies() {
      @Override
      public void response(Response response, CoapPeer from) {
        if (isRenewing) {
          if (offered(response, r1, sent.binding())) {
            renewalDone(null);
          } else {
            renewalDone(Failure.BROKEN);
          }
        }
      }

      @Override
      public void failed(Failure failure) {
        if (isRenewing) {
          renewalDone(failure);
        }
      }
    });
  }

  /// Step 3: response #1 verifies with the second context; then the third is ours to use.
  private boolean offered(Response response, Bytes r1, Protection.Binding request) {
    Optional<Bytes> r2 = response.options().bytes(OptionNumber.OSCORE).flatMap(OscoreOption::decode)
        .flatMap(OscoreOption::kidContext).flatMap(OscoreAssociation::unwrapped);
    if (r2.isEmpty() || r2.get().length() < OscoreAssociation.NONCE_BYTES) {
      return false;
    }
    OscoreKeys second = association.secret().keys(Optional.of(OscoreAssociation.joined(r2.get(), r1)));
    Protection.Binding binding = new Protection.Binding(request.kid(), request.partialIv(),
        second.nonce(request.kid(), request.partialIv()), request.isObserve());
    if (Protection.verify(second, binding, response).filter(v -> v.response().code() == Code.UNAUTHORIZED).isEmpty()) {
      return false;
    }
    Bytes r3 = OscoreAssociation.drawn(loop.randomness(), OscoreAssociation.NONCE_BYTES);
    association.renew(association.secret().keys(Optional.of(OscoreAssociation.joined(r2.get(), r3))), false);
    return true;
  }

  private void renewalDone(@Nullable Failure failure) {
    isRenewing = false;
    for (int n = waiting.size(); n > 0; n--) {
      Call call = waiting.remove();
      if (failure == null) {
        call.start();
      } else {
        call.fail(failure);
      }
    }
  }

  // --- one request --------------------------------------------------------------------------------------------------

  private final class Call implements Pending {
    private final Request request;
    private final Replies replies;
    private @Nullable Pending below;
    private boolean isOver;
    private boolean isEchoed;

    /// The number of the latest notification; -1 stands for one that used the nonce of its request.
    private long lastNumber = -2;

    Call(Request request, Replies replies) {
      this.request = request;
      this.replies = replies;
    }

    void start() {
      send(request);
    }

    private void send(Request inner) {
      if (isOver) {
        return;
      }
      OscoreContext context = association.context().orElseThrow();
      context.sequence().next(loop, number -> {
        if (isOver) {
          return;
        }
        if (number < 0 || context.isSpent()) {
          fail(Failure.BROKEN);
          return;
        }
        Protection.ProtectedRequest sent =
            Protection.protect(context.keys(), number, association.kidContext(), inner);
        below = next.send(sent.request(), new Replies() {
          @Override
          public void response(Response response, CoapPeer from) {
            received(response, from, context, sent.binding());
          }

          @Override
          public void failed(Failure failure) {
            fail(failure);
          }
        });
      });
    }

    private void received(Response outer, CoapPeer from, OscoreContext context, Protection.Binding binding) {
      if (isOver) {
        return;
      }
      if (!outer.options().has(OptionNumber.OSCORE)) {
        if (outer.code().isSuccess()) {
          fail(Failure.BROKEN);
        } else {
          replies.response(outer, from);
        }
        return;
      }
      Optional<Protection.VerifiedResponse> verified = Protection.verify(context.keys(), binding, outer);
      if (verified.isEmpty()) {
        context.forged();
        if (!binding.isObserve()) {
          fail(Failure.BROKEN);
        }
        return;
      }
      Response response = verified.get().response();
      Optional<Bytes> echo = response.options().bytes(OptionNumber.ECHO);
      if (response.code() == Code.UNAUTHORIZED && echo.isPresent() && !isEchoed) {
        isEchoed = true;
        Options with = request.options().with(OptionNumber.ECHO, echo.get());
        send(request.with(with));
        return;
      }
      long number = verified.get().number();
      if (response.options().has(OptionNumber.OBSERVE)) {
        if (number <= lastNumber) {
          // A notification from before one already told, or the same again (section 7.4.1).
          return;
        }
        lastNumber = number;
      }
      replies.response(response, secured(from));
    }

    private void fail(Failure failure) {
      if (!isOver) {
        isOver = true;
        replies.failed(failure);
      }
    }

    @Override
    public void cancel() {
      isOver = true;
      // A request that is to renew the context for others goes on.
      if (below != null && !isRenewing) {
        below.cancel();
      }
    }
  }
}
