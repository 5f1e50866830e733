package io.trivet.coap.resource;

import io.trivet.base.Bytes;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Response;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Who observes a thing on one loop (RFC 7641, section 4). What each observer sees is computed for it when the thing
/// changes, and sent where it differs from what was sent last. To each at most one confirmable notification is under way;
/// what changes meanwhile goes as one, when that is acknowledged. Where there is no room, a request to observe is
/// answered as one to read (section 4.1).
public final class Observers {
  private final CoapLoop loop;
  private final Settings settings;
  private final Map<CoapPeer, Map<Bytes, Observer>> byPeer = new HashMap<>();
  private int count;
  private int sequence = 1;

  /// @param max so many in all
  /// @param perPeer so many of each peer
  /// @param confirmableEvery 1 for always; otherwise every so-manieth, so that a peer that left is noticed (section 4.5)
  public record Settings(int max, int perPeer, int confirmableEvery) {
    public static final Settings DEFAULT = new Settings(1_000, 16, 1);

    public Settings {
      if (max < 0 || perPeer < 0 || confirmableEvery < 1) {
        throw new IllegalArgumentException("observers: " + max + ", " + perPeer + ", " + confirmableEvery);
      }
    }
  }

  public Observers(CoapLoop loop, Settings settings) {
    this.loop = loop;
    this.settings = settings;
  }

  public int count() {
    return count;
  }

  /// Answers a read; from now on, or no longer, tells of changes, as the Observe option says.
  ///
  /// @param representation what the requester is to see, now and after each change; an error ends the observation
  public void read(Exchange e, Supplier<Response> representation) {
    Response now = representation.get();
    cancel(e.peer(), e.token());
    if (!e.request().isObserve() || !now.code().isSuccess() || e.isMulticast() || !hasRoom(e.peer())) {
      e.respond(now);
      return;
    }
    Observer o = new Observer(e, representation, now);
    add(o);
    e.respond(numbered(now));
  }

  private boolean hasRoom(CoapPeer peer) {
    Map<Bytes, Observer> its = byPeer.get(peer);
    return count < settings.max && (its == null ? 0 : its.size()) < settings.perPeer;
  }

  private void add(Observer o) {
    CoapPeer peer = o.exchange.peer();
    Map<Bytes, Observer> its = byPeer.get(peer);
    if (its == null) {
      its = new LinkedHashMap<>();
      byPeer.put(peer, its);
      peer.whenGone(() -> {
        Map<Bytes, Observer> left = byPeer.remove(peer);
        if (left != null) {
          List.copyOf(left.values()).forEach(Observer::end);
        }
      });
    }
    its.put(o.exchange.token(), o);
    count++;
    peer.hold();
  }

  private void cancel(CoapPeer peer, Bytes token) {
    Map<Bytes, Observer> its = byPeer.get(peer);
    Observer o = its == null ? null : its.get(token);
    if (o != null) {
      o.end();
    }
  }

  private Response numbered(Response r) {
    sequence = sequence + 1 & 0xFFFFFF;
    return r.with(OptionNumber.OBSERVE, sequence);
  }

  /// The thing has changed.
  public void changed() {
    for (Map<Bytes, Observer> its : List.copyOf(byPeer.values())) {
      List.copyOf(its.values()).forEach(Observer::changed);
    }
  }

  /// The thing is no more, or other: all hear this and nothing further (section 4.2).
  public void end(Response last) {
    for (Map<Bytes, Observer> its : List.copyOf(byPeer.values())) {
      List.copyOf(its.values()).forEach(o -> o.endWith(last));
    }
  }

  private final class Observer {
    final Exchange exchange;
    private final Supplier<Response> representation;
    private Response sent;
    private int notifications;
    private boolean underWay;
    private boolean changed;
    private boolean ended;

    Observer(Exchange exchange, Supplier<Response> representation, Response sent) {
      this.exchange = exchange;
      this.representation = representation;
      this.sent = sent;
    }

    void changed() {
      if (ended) {
        return;
      }
      if (underWay) {
        changed = true;
        return;
      }
      Response now = representation.get();
      if (!now.code().isSuccess()) {
        endWith(now);
      } else if (!now.equals(sent)) {
        sent = now;
        boolean confirmable = ++notifications % settings.confirmableEvery == 0;
        underWay = confirmable;
        exchange.notify(numbered(now), confirmable, fate -> told(fate, confirmable));
      }
    }

    private void told(Exchange.Fate fate, boolean confirmable) {
      if (!fate.isReceived()) {
        end();
      } else if (confirmable) {
        underWay = false;
        if (changed) {
          changed = false;
          loop.later(this::changed);
        }
      }
    }

    void endWith(Response last) {
      if (!ended) {
        end();
        exchange.notify(last.with(last.options().without(OptionNumber.OBSERVE)), true, Exchange.Fate.Listener.NONE);
      }
    }

    void end() {
      if (ended) {
        return;
      }
      ended = true;
      count--;
      Map<Bytes, Observer> its = byPeer.get(exchange.peer());
      if (its != null) {
        its.remove(exchange.token(), this); // the map stays until the peer is gone, as does the listener for that
      }
      exchange.peer().release();
    }
  }
}
