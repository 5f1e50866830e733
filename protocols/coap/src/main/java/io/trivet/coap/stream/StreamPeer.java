package io.trivet.coap.stream;

import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.coap.CoapPeer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The other end of a connection: as long as the connection lasts.
final class StreamPeer implements CoapPeer {
  private final Peer peer;
  private final Principal principal;
  private @Nullable List<Runnable> goneListeners;
  private boolean gone;
  private int holds;

  /// What it has said of itself by its latest CSM, or what holds until then.
  private PeerSettings settings = PeerSettings.BASE;

  StreamPeer(Peer peer, Principal principal) {
    this.peer = peer;
    this.principal = principal;
  }

  PeerSettings settings() {
    return settings;
  }

  void settings(PeerSettings now) {
    settings = now;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public Principal principal() {
    return principal;
  }

  /// The handshake of TCP has shown that it receives at its address.
  @Override
  public boolean isProven() {
    return true;
  }

  @Override
  public boolean isReliable() {
    return true;
  }

  @Override
  public int messageBytesMax() {
    return settings.messageBytesMax();
  }

  @Override
  public boolean takesBert() {
    return settings.blockWise() && settings.messageBytesMax() > StreamCodec.BASE_MESSAGE_BYTES;
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
  public void hold() {
    holds++;
  }

  @Override
  public void release() {
    holds--;
  }

  boolean isHeld() {
    return holds > 0;
  }

  void leave() {
    gone = true;
    List<Runnable> told = goneListeners;
    goneListeners = null;
    if (told != null) {
      told.forEach(Runnable::run);
    }
  }

  @Override
  public String toString() {
    return peer.listener() + " " + peer.address();
  }
}
