package io.trivet.net.host;

import io.netty.channel.Channel;
import io.trivet.broker.Counter;
import io.trivet.broker.Principal;
import io.trivet.broker.Timers;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Handler;
import io.trivet.coap.message.DatagramEndpoint;
import io.trivet.coap.message.DatagramPeer;
import io.trivet.net.dtls.Association;
import io.trivet.net.dtls.DtlsListener;
import io.trivet.net.dtls.SecureDatagrams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// CoAP over DTLS: a share of the listener on each loop. A datagram whose connection id belongs to another loop, since the
/// peer's address has changed, is handed to that loop.
final class SecureCoap {
  private static final long TICK_NANOS = 100_000_000L;
  private static final int HANDED_OVER_MAX = 1_024;

  private final DtlsListener listener;
  private final PrincipalOf principals;
  private final List<Door> doors = new ArrayList<>();

  SecureCoap(DtlsListener listener, PrincipalOf principals) {
    this.listener = listener;
    this.principals = principals;
  }

  /// Makes a loop's share, on that loop.
  Door door(CoapOnLoop loop, Handler handler, CoapContext context, List<byte[]> saved) throws IOException {
    Door d = new Door(loop, handler, context, doors.size(), saved);
    doors.add(d);
    return d;
  }

  long associations() {
    return doors.stream().mapToLong(d -> d.dtls.associations()).sum();
  }

  List<Door> doors() {
    return doors;
  }

  /// One loop's share.
  final class Door implements SecureDatagrams.Out {
    private final CoapOnLoop loop;
    private final int index;
    private final DatagramEndpoint endpoint;
    private final SecureDatagrams dtls;
    private final AtomicInteger handedOver = new AtomicInteger();
    private @Nullable DatagramChannelMember socket;
    private boolean closed;

    private Door(CoapOnLoop loop, Handler handler, CoapContext context, int index, List<byte[]> saved)
        throws IOException {
      this.loop = loop;
      this.index = index;
      this.endpoint = new DatagramEndpoint(loop, context.transmission(), context.limits(), loop.broker().counters(),
          handler, this::send);
      List<InputStream> streams = new ArrayList<>();
      saved.forEach(s -> streams.add(new ByteArrayInputStream(s)));
      this.dtls = listener.onLoop(index, loop::later, this, streams);
      tick();
    }

    private void tick() {
      Timers.Timer t = new Timers.Timer() {
        @Override
        protected void fire(long nowNanos) {
          if (!closed) {
            dtls.tick(nowNanos);
            loop.timers().set(this, nowNanos + TICK_NANOS);
          }
        }
      };
      loop.timers().set(t, loop.nowNanos() + TICK_NANOS);
    }

    CoapOnLoop loop() {
      return loop;
    }

    DatagramChannelMember member(Channel ch) {
      DatagramChannelMember m = new DatagramChannelMember(loop.runner(), ch, this::receive);
      socket = m;
      return m;
    }

    private void receive(InetSocketAddress from, byte[] datagram) {
      if (closed) {
        return;
      }
      int owner = listener.loopOf(datagram, datagram.length);
      if (owner < 0 || owner == index || owner >= doors.size()) {
        dtls.receive(from, datagram, datagram.length);
      } else {
        doors.get(owner).handOver(from, datagram);
      }
    }

    /// Called by another loop.
    private void handOver(InetSocketAddress from, byte[] datagram) {
      if (handedOver.incrementAndGet() > HANDED_OVER_MAX) {
        handedOver.decrementAndGet(); // lost, as on a network that is too busy
        return;
      }
      loop.later(() -> {
        handedOver.decrementAndGet();
        if (!closed) {
          dtls.receive(from, datagram, datagram.length);
        }
      });
    }

    private void send(DatagramPeer to, byte[] datagram) {
      if (!closed && to.carrier() instanceof Association a) {
        dtls.send(a, datagram, datagram.length);
      }
    }

    @Override
    public void datagram(InetSocketAddress to, byte[] bytes, int length) {
      DatagramChannelMember s = socket;
      if (s != null) {
        s.send(to, bytes, length);
      }
    }

    @Override
    public void received(Association from, byte[] plaintext, int offset, int length) {
      DatagramPeer peer = from.attachment() instanceof DatagramPeer known ? known : admit(from);
      if (peer != null) {
        endpoint.receive(peer, Arrays.copyOfRange(plaintext, offset, offset + length), length, false);
      }
    }

    private @Nullable DatagramPeer admit(Association a) {
      Optional<Principal> who = principals.of(a.peer());
      if (who.isEmpty()) {
        loop.broker().counters().increment(Counter.CONNECTS_REFUSED);
        loop.broker().broker().watcher().refused(a.peer(), "", "not-authorized",
            "the key or certificate belongs to no device, or to one that is blocked");
        dtls.endWhere(x -> x == a);
        return null;
      }
      DatagramPeer p = endpoint.peer(a.peer(), who.get(), new DatagramPeer.Provenance() {
        @Override
        public boolean isProven() {
          return a.isProven();
        }

        @Override
        public void proved() {
          a.proved();
        }
      }, listener.settings().plaintextBytesMax(), a);
      a.attach(p);
      return p;
    }

    @Override
    public void ended(Association association, String why) {
      if (association.attachment() instanceof DatagramPeer p) {
        p.leave();
      }
    }

    /// Ends those of certain peers; on the loop.
    int endWhere(Predicate<CoapPeer> which) {
      return closed ? 0 : dtls.endWhere(a -> a.attachment() instanceof DatagramPeer p && which.test(p));
    }

    /// Ends without telling the peers, and says what goes on with them after a restart; on the loop.
    byte[] save(Duration quietMax) throws IOException {
      closed = true;
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      dtls.save(out, quietMax);
      return out.toByteArray();
    }

    int associations() {
      return dtls.associations();
    }
  }
}
