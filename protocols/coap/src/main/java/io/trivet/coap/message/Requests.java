package io.trivet.coap.message;

import io.trivet.base.Bytes;
import io.trivet.broker.Timers;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange.Fate;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Requests that this end sends: to one peer, or to a group.
final class Requests {
  private static final int TOKEN_BYTES = 8;

  private final DatagramEndpoint endpoint;

  /// Those to groups, whose answers come from other addresses.
  private final Map<Bytes, Open> toGroups = new HashMap<>();

  Requests(DatagramEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /// One request until its last response.
  final class Open extends Timers.Timer implements Requester.Pending {
    private final DatagramPeer peer;
    private final Bytes token;
    private final boolean group;
    private final boolean observes;
    private final Requester.Replies replies;
    private Outgoing.@Nullable Transmitted transmitted;
    private boolean over;

    Open(DatagramPeer peer, Bytes token, boolean group, boolean observes, Requester.Replies replies) {
      this.peer = peer;
      this.token = token;
      this.group = group;
      this.observes = observes;
      this.replies = replies;
    }

    private Map<Bytes, Open> table() {
      return group ? toGroups : peer.requests();
    }

    private void end() {
      over = true;
      table().remove(token);
      endpoint.loop().timers().cancel(this);
      Outgoing.Transmitted t = transmitted;
      if (t != null) {
        transmitted = null;
        t.withdraw();
      }
    }

    private void fail(Requester.Failure why) {
      if (!over) {
        end();
        replies.failed(why);
      }
    }

    void closed() {
      fail(Requester.Failure.CLOSED);
    }

    /// What came back has an option that nobody here understands but must. One odd member ends no request to a group.
    void broken() {
      if (!group) {
        fail(Requester.Failure.BROKEN);
      }
    }

    private void waitFor(long nanos) {
      endpoint.loop().timers().set(this, endpoint.loop().nowNanos() + nanos);
    }

    @Override
    protected void fire(long nowNanos) {
      fail(Requester.Failure.TIMED_OUT);
    }

    private void told(Fate fate) {
      if (over) {
        return;
      }
      transmitted = null;
      switch (fate) {
        case ACKNOWLEDGED -> {
          if (!isSet()) {
            waitFor(endpoint.transmission().exchangeLifetimeNanos());
          }
        }
        case RESET -> fail(Requester.Failure.RESET);
        case TIMED_OUT -> fail(Requester.Failure.TIMED_OUT);
        case DROPPED, SENT -> fail(Requester.Failure.CLOSED);
      }
    }

    void response(Response response, CoapPeer from) {
      if (group) {
        replies.response(response, from);
        return;
      }
      if (observes && response.code().isSuccess() && response.options().has(OptionNumber.OBSERVE)) {
        endpoint.loop().timers().cancel(this);
        Outgoing.Transmitted t = transmitted;
        if (t != null) {
          transmitted = null;
          t.withdraw();
        }
      } else {
        end();
      }
      replies.response(response, from);
    }

    @Override
    public void cancel() {
      if (!over) {
        end();
      }
    }
  }

  Requester.Pending send(DatagramPeer peer, boolean group, Request request, Requester.Replies replies) {
    byte[] random = new byte[TOKEN_BYTES];
    endpoint.loop().randomness().fill(random);
    Bytes token = Bytes.wrap(random);
    Open open = new Open(peer, token, group, request.isObserve(), replies);
    open.table().put(token, open);
    boolean confirmable = request.confirmable() && !group;
    int messageId = peer.takeMessageId();
    byte[] datagram = DatagramCodec.encode(confirmable ? Type.CON : Type.NON, request.method(), messageId, token,
        request.options(), request.payload());
    if (confirmable) {
      Outgoing.Transmitted t = peer.outgoing().send(messageId, datagram, open::told);
      if (!open.over) {
        open.transmitted = t;
      }
    } else if (peer.isGone()) {
      open.closed();
    } else {
      peer.sentNon(messageId, open::told);
      endpoint.send(peer, datagram);
      open.waitFor(endpoint.transmission().nonLifetimeNanos());
    }
    return open;
  }

  @Nullable Open find(DatagramPeer from, Bytes token) {
    Open mine = from.request(token);
    return mine != null ? mine : toGroups.get(token);
  }
}
