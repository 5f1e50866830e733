package io.trivet.coap;

import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// A peer as a test wants it.
public final class TestPeer implements CoapPeer {
  private final List<Runnable> listeners = new ArrayList<>();
  private final Principal principal;
  private boolean gone;
  public boolean proven = true;
  public boolean reliable;
  public int messageBytesMax = 1_152;

  public TestPeer() {
    this(Principal.ANONYMOUS);
  }

  public TestPeer(Principal principal) {
    this.principal = principal;
  }

  @Override
  public Peer peer() {
    return new Peer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000), "coap", false, "",
        TransportIdentity.NONE);
  }

  @Override
  public Principal principal() {
    return principal;
  }

  @Override
  public boolean isProven() {
    return proven;
  }

  @Override
  public boolean isReliable() {
    return reliable;
  }

  @Override
  public int messageBytesMax() {
    return messageBytesMax;
  }

  @Override
  public void whenGone(Runnable listener) {
    if (gone) {
      listener.run();
    } else {
      listeners.add(listener);
    }
  }

  /// How many want to be told when it leaves.
  public int listening() {
    return listeners.size();
  }

  public void leave() {
    gone = true;
    listeners.forEach(Runnable::run);
  }
}
