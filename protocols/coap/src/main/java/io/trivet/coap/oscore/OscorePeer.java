package io.trivet.coap.oscore;

import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.coap.CoapPeer;
import java.util.ArrayList;
import java.util.List;

/// The other end of an association at one address. Belongs to the loop of that address.
final class OscorePeer implements CoapPeer {
  /// Option, kid context, partial IV, tag and the code inside.
  private static final int OVERHEAD_BYTES = 64;

  private final OscoreAssociation association;
  private final CoapPeer below;
  private final Peer peer;
  private final List<Runnable> whenGone = new ArrayList<>();
  private boolean verified;
  private boolean gone;
  private int holds;

  OscorePeer(OscoreAssociation association, CoapPeer below) {
    this.association = association;
    this.below = below;
    Peer b = below.peer();
    String protection = "OSCORE " + association.secret().aead();
    this.peer = new Peer(b.address(), b.listener(), true, protection, association.identity());
    below.whenGone(this::leave);
  }

  /// A fresh request, or a response to ours, came from there.
  void verified() {
    if (!verified) {
      verified = true;
      below.proved();
    }
  }

  void leave() {
    if (!gone) {
      gone = true;
      whenGone.forEach(Runnable::run);
      whenGone.clear();
    }
  }

  boolean isGone() {
    return gone;
  }

  boolean isHeld() {
    return holds > 0;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public Principal principal() {
    return association.principal();
  }

  @Override
  public boolean isProven() {
    return verified || below.isProven();
  }

  @Override
  public boolean isReliable() {
    return below.isReliable();
  }

  @Override
  public int messageBytesMax() {
    return Math.max(0, below.messageBytesMax() - OVERHEAD_BYTES);
  }

  @Override
  public boolean takesBert() {
    return below.takesBert();
  }

  @Override
  public void whenGone(Runnable listener) {
    if (gone) {
      listener.run();
    } else {
      whenGone.add(listener);
    }
  }

  @Override
  public void hold() {
    holds++;
    below.hold();
  }

  @Override
  public void release() {
    holds--;
    below.release();
  }

  @Override
  public void proved() {
    verified();
  }
}
