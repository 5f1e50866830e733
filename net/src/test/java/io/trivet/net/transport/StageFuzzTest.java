package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The stages whose bytes come from strangers, as they stand in a pipeline, fed in two pieces: whatever comes, nothing
/// is thrown, nothing is our own fault, and everything that was taken is given back.
class StageFuzzTest {
  private static final InetSocketAddress STRANGER = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 1);
  private static final SecretBytes KEY = SecretBytes.copyOf(Bytes.hex("00112233445566778899aabbccddeeff").toArray());

  @FuzzTest
  void presharedKey(byte[] bytes) {
    feed(TestServer.spec(ListenerSpec.Kind.PSK), bytes);
  }

  @FuzzTest
  void webSocket(byte[] bytes) {
    feed(TestServer.spec(ListenerSpec.Kind.WS), bytes);
  }

  @FuzzTest
  void proxied(byte[] bytes) {
    feed(TestServer.spec(ListenerSpec.Kind.WS).behindProxy(List.of(Cidr.of("192.0.2.0/24"))), bytes);
  }

  private static void feed(ListenerSpec spec, byte[] bytes) {
    Admission admission = new Admission(AdmissionLimits.DEFAULT, new SteppedClock(), 1);
    TransportCounters counters = new TransportCounters();
    AtomicInteger received = new AtomicInteger();
    TransportPorts ports = new TransportPorts((_, _) -> new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(io.netty.channel.ChannelHandlerContext ctx, Object msg) {
        received.addAndGet(((ByteBuf) msg).readableBytes());
        ReferenceCountUtil.release(msg);
      }

      @Override
      public void exceptionCaught(io.netty.channel.ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
      }
    }, admission, counters, SetupWatcher.SILENT, _ -> {});
    PskEndpoint psk = new PskEndpoint(name -> name.equals("lamp-1") ? Optional.of(KEY.copy()) : Optional.empty());
    Door door = new Door(spec.withHandshakeTimeout(Duration.ofMinutes(1)), ports, ports.opener(), null, psk);
    assertThat(spec.proxyProtocol().isPresent()
        ? admission.admitUnnamed()
        : admission.admit(STRANGER.getAddress(), true)).isEmpty();

    EmbeddedChannel channel = new EmbeddedChannel();
    new Arrival(door, channel, STRANGER).begin();
    int half = bytes.length / 2;
    write(channel, bytes, 0, half);
    write(channel, bytes, half, bytes.length);
    channel.finishAndReleaseAll();
    channel.checkException();

    assertThat(counters.failed(SetupFailure.INTERNAL).sum()).isZero();
    assertThat(received).hasValueLessThanOrEqualTo(bytes.length);
    assertThat(admission.connections()).isZero();
    assertThat(admission.handshakes()).isZero();
  }

  private static void write(EmbeddedChannel channel, byte[] bytes, int from, int to) {
    if (channel.isOpen()) {
      channel.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
    }
  }
}
