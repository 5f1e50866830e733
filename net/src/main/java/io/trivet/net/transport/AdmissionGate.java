package io.trivet.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Sits before the acceptor of a listening channel, so that a connection refused costs neither a registration nor a
/// pipeline. It is closed with a reset, which leaves nothing waiting in the system.
final class AdmissionGate extends ChannelInboundHandlerAdapter {
  private final Door door;

  AdmissionGate(Door door) {
    this.door = door;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    Channel child = (Channel) msg;
    if (!(child.remoteAddress() instanceof InetSocketAddress seen)) {
      child.unsafe().closeForcibly(); // it was gone before it was accepted
      return;
    }
    InetSocketAddress address = Addresses.plain(seen);
    Optional<Refusal> refusal = judge(address.getAddress());
    if (refusal.isPresent()) {
      Refusal why = refusal.get();
      door.ports().counters().refused(why).increment();
      door.ports().watcher().refused(address, door.spec().name(), why);
      reset(child);
      return;
    }
    door.ports().counters().accepted.increment();
    child.attr(Arrival.KEY).set(new Arrival(door, child, address));
    ctx.fireChannelRead(child);
  }

  private Optional<Refusal> judge(InetAddress from) {
    Admission admission = door.ports().admission();
    Optional<ListenerSpec.ProxyProtocol> proxy = door.spec().proxyProtocol();
    if (proxy.isEmpty()) {
      return admission.admit(from, door.spec().kind() != ListenerSpec.Kind.PLAIN);
    }
    if (proxy.get().trusted().stream().noneMatch(block -> block.contains(from))) {
      return Optional.of(Refusal.UNTRUSTED_PROXY);
    }
    return admission.admitUnnamed();
  }

  static void reset(Channel child) {
    child.config().setOption(ChannelOption.SO_LINGER, 0);
    child.unsafe().closeForcibly();
  }
}
