package io.trivet.coap.stream;

import io.trivet.base.Bytes;
import io.trivet.broker.Timers;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Requests to the other end of a connection, told apart by their tokens.
public final class StreamRequester implements Requester {
  private final StreamConnection connection;
  private final Map<Bytes, Open> open = new HashMap<>(4);
  private int nextToken;

  StreamRequester(StreamConnection connection) {
    this.connection = connection;
  }

  /// One request until its last response.
  private final class Open extends Timers.Timer implements Pending {
    private final Request request;
    private final Bytes token;
    private final Replies replies;
    private boolean observing;

    Open(Request request, Bytes token, Replies replies) {
      this.request = request;
      this.token = token;
      this.replies = replies;
    }

    /// @return false where it was over before
    private boolean end() {
      connection.loop().timers().cancel(this);
      return open.remove(token, this);
    }

    private void fail(Failure why) {
      if (end()) {
        replies.failed(why);
        connection.requestEnded();
      }
    }

    @Override
    protected void fire(long nowNanos) {
      fail(Failure.TIMED_OUT);
    }

    private void response(Response response) {
      observing =
          request.isObserve() && response.code().isSuccess() && response.options().has(OptionNumber.OBSERVE);
      if (observing) {
        connection.loop().timers().cancel(this);
        replies.response(response, connection.peer());
      } else {
        end();
        replies.response(response, connection.peer());
        connection.requestEnded();
      }
    }

    /// Nothing is reset over a stream: an observation ends by a request of its own (RFC 8323, section 7.4).
    @Override
    public void cancel() {
      if (end()) {
        if (observing) {
          Options options = request.options().toBuilder().set(OptionNumber.OBSERVE, 1).build();
          connection.send(request.method(), token, StreamCodec.body(options, request.payload()));
        }
        connection.requestEnded();
      }
    }
  }

  /// Sends a request; it fails with [Failure#CLOSED] at once where the connection has ended or is about to, or where as
  /// many requests wait as may.
  ///
  /// @throws IllegalArgumentException where it is longer than the longest message that the peer takes, see
  ///     [io.trivet.coap.CoapPeer#messageBytesMax()]
  @Override
  public Pending send(Request request, Replies replies) {
    if (!connection.mayRequest() || open.size() >= connection.limits().ownRequestsMax()) {
      replies.failed(Failure.CLOSED);
      return () -> {};
    }
    Open o = new Open(request, freshToken(), replies);
    byte[] body = StreamCodec.body(request.options(), request.payload());
    if (!connection.send(request.method(), o.token, body)) {
      throw new IllegalArgumentException("a request of " + body.length + " bytes; the peer takes messages of "
          + connection.peer().messageBytesMax());
    }
    open.put(o.token, o);
    connection.loop().timers().set(o,
        connection.loop().nowNanos() + connection.limits().responseDeadline().toNanos());
    return o;
  }

  /// Nobody but the peer sees the stream, so a token need not be hard to guess: it counts.
  private Bytes freshToken() {
    Bytes token;
    do {
      token = PeerSettings.uint(++nextToken);
    } while (open.containsKey(token));
    return token;
  }

  boolean isIdle() {
    return open.isEmpty();
  }

  /// One whose token is not known answers what was cancelled (section 7.4), and is ignored.
  void response(StreamMessage m) {
    Open o = open.get(m.token());
    if (o != null) {
      o.response(new Response(m.code(), OptionsCodec.withoutBadElective(m.options()), m.payload()));
    }
  }

  void closed() {
    for (Open o : List.copyOf(open.values())) {
      o.fail(Failure.CLOSED);
    }
  }
}
