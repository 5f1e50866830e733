package io.trivet.coap.message;

import io.trivet.base.Bytes;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange.Fate;
import io.trivet.coap.TokenBucket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One peer as the message layer knows it: what it sent of late, what is on its way to it.
public final class DatagramPeer implements CoapPeer {
  private static final int RECENT_NON = 8;

  private final DatagramEndpoint endpoint;
  private final Peer peer;
  private final Principal principal;
  private final Object carrier;
  private final int messageBytesMax;
  private final TokenBucket bucket = new TokenBucket();
  private final @Nullable Provenance provenance;
  private long provenUntilNanos;
  private boolean gone;
  private int holds;
  private int underWay;
  private int nextMessageId;

  /// A ring, the latest before `last`.
  private @Nullable Remembered[] remembered = new @Nullable Remembered[1];

  private int last;

  private @Nullable Outgoing outgoing;
  private @Nullable Map<Bytes, Requests.Open> requests;
  private int @Nullable [] recentNon;
  private Fate.@Nullable Listener @Nullable [] recentNonFate;
  private int recentNonCount;
  private @Nullable List<Runnable> goneListeners;

  /// Neighbours in [PeerTable]'s order of silence.
  @Nullable DatagramPeer older;

  @Nullable DatagramPeer newer;

  DatagramPeer(
      DatagramEndpoint endpoint, Peer peer, Principal principal, @Nullable Provenance provenance, int messageBytesMax,
      Object carrier) {
    this.endpoint = endpoint;
    this.peer = peer;
    this.principal = principal;
    this.provenance = provenance;
    this.messageBytesMax = messageBytesMax;
    this.carrier = carrier;
    this.nextMessageId = endpoint.randomMessageId();
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public Principal principal() {
    return principal;
  }

  /// What the host reaches it by, such as a DTLS association.
  public Object carrier() {
    return carrier;
  }

  /// Where something below knows whether the address is the peer's own, such as a DTLS association.
  public interface Provenance {
    boolean isProven();

    /// The layers above have seen it proved.
    void proved();

    /// Of an address that was proved from the beginning.
    Provenance KNOWN = new Provenance() {
      @Override
      public boolean isProven() {
        return true;
      }

      @Override
      public void proved() {
        // It is known already.
      }
    };
  }

  @Override
  public boolean isProven() {
    return provenance != null ? provenance.isProven() : provenUntilNanos != 0 && provenUntilNanos - endpoint.loop().nowNanos() > 0;
  }

  @Override
  public void proved() {
    if (provenance != null) {
      provenance.proved();
    }
    provenUntilNanos = endpoint.loop().nowNanos() + DatagramEndpoint.PROVEN_NANOS | 1;
  }

  @Override
  public boolean isReliable() {
    return false;
  }

  @Override
  public int messageBytesMax() {
    return messageBytesMax;
  }

  @Override
  public void whenGone(Runnable listener) {
    if (gone) {
      listener.run();
      return;
    }
    if (goneListeners == null) {
      goneListeners = new ArrayList<>(1);
    }
    goneListeners.add(listener);
  }

  @Override
  public TokenBucket bucket() {
    return bucket;
  }

  @Override
  public void hold() {
    holds++;
  }

  @Override
  public void release() {
    holds--;
  }

  /// Whether something is kept for it or under way with it.
  boolean isBusy() {
    return holds > 0 || underWay > 0 || outgoing != null && outgoing.isBusy()
        || requests != null && !requests.isEmpty();
  }

  boolean isGone() {
    return gone;
  }

  /// The association ended or the address is forgotten: nothing more is sent.
  public void leave() {
    if (gone) {
      return;
    }
    gone = true;
    for (Remembered r : remembered) {
      if (r != null) {
        endpoint.memory().forgotten(r);
      }
    }
    remembered = new @Nullable Remembered[1];
    if (outgoing != null) {
      outgoing.end(Fate.DROPPED);
    }
    if (requests != null) {
      List.copyOf(requests.values()).forEach(Requests.Open::closed);
    }
    if (goneListeners != null) {
      List<Runnable> told = goneListeners;
      goneListeners = null;
      told.forEach(Runnable::run);
    }
  }

  int takeMessageId() {
    int id = nextMessageId;
    nextMessageId = id + 1 & 0xFFFF;
    return id;
  }

  // --- de-duplication -----------------------------------------------------------------------------------------------

  /// The message of that id if it came before, and not too long ago.
  @Nullable Remembered find(int messageId, long nowNanos) {
    for (Remembered r : remembered) {
      if (r != null && r.messageId == messageId && r.untilNanos - nowNanos > 0) {
        return r;
      }
    }
    return null;
  }

  Remembered remember(int messageId, long untilNanos) {
    int most = endpoint.limits().exchangesPerPeer();
    if (remembered[last] != null && remembered.length < most) {
      grow(most);
    }
    Remembered before = remembered[last];
    if (before != null) {
      endpoint.memory().forgotten(before);
    }
    Remembered r = new Remembered(this, messageId, untilNanos);
    remembered[last] = r;
    last = (last + 1) % remembered.length;
    endpoint.memory().add(r);
    return r;
  }

  private void grow(int most) {
    int size = remembered.length;
    @Nullable Remembered[] larger = Arrays.copyOf(remembered, Math.min(most, size * 2));
    // The oldest stands at `last`: to keep the order, the ring is turned so that it stands first.
    for (int i = 0; i < size; i++) {
      larger[i] = remembered[(last + i) % size];
    }
    remembered = larger;
    last = size;
  }

  void forget(Remembered r) {
    for (int i = 0; i < remembered.length; i++) {
      if (remembered[i] == r) {
        remembered[i] = null;
      }
    }
    endpoint.memory().forgotten(r);
  }

  // --- under way ----------------------------------------------------------------------------------------------------

  /// @return false where as many requests wait for their response as may
  boolean begin() {
    if (underWay >= endpoint.limits().underWayPerPeer()) {
      return false;
    }
    underWay++;
    return true;
  }

  /// For one that is refused at once.
  void beginAnyway() {
    underWay++;
  }

  void finished() {
    underWay--;
  }

  Outgoing outgoing() {
    Outgoing o = outgoing;
    if (o == null) {
      o = new Outgoing(endpoint, this);
      outgoing = o;
    }
    return o;
  }

  Map<Bytes, Requests.Open> requests() {
    Map<Bytes, Requests.Open> r = requests;
    if (r == null) {
      r = new HashMap<>(4);
      requests = r;
    }
    return r;
  }

  Requests.@Nullable Open request(Bytes token) {
    return requests == null ? null : requests.get(token);
  }

  /// A notification was sent that the peer may refuse by a reset (RFC 7641, section 3.6).
  void sentNon(int messageId, Fate.Listener fate) {
    if (recentNon == null || recentNonFate == null) {
      recentNon = new int[RECENT_NON];
      recentNonFate = new Fate.Listener[RECENT_NON];
    }
    int at = recentNonCount++ % RECENT_NON;
    recentNon[at] = messageId;
    recentNonFate[at] = fate;
  }

  /// The peer acknowledges or refuses the message of that id.
  ///
  /// @return whether a confirmable message of that id waited for it
  boolean answered(int messageId, Fate fate) {
    if (outgoing != null && outgoing.answered(messageId, fate)) {
      return true;
    }
    if (fate == Fate.RESET) {
      refused(messageId);
    }
    return false;
  }

  private void refused(int messageId) {
    if (recentNon == null || recentNonFate == null) {
      return;
    }
    for (int i = 0; i < RECENT_NON; i++) {
      Fate.Listener listener = recentNonFate[i];
      if (listener != null && recentNon[i] == messageId) {
        recentNonFate[i] = null;
        listener.told(Fate.RESET);
        return;
      }
    }
  }

  @Override
  public String toString() {
    return peer.listener() + " " + peer.address();
  }
}
