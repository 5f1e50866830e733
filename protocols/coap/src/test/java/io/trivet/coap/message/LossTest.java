package io.trivet.coap.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.Counter;
import io.trivet.broker.Counters;
import io.trivet.broker.Principal;
import io.trivet.broker.Timers;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.SteppedLoop;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two endpoints with a network between that loses, doubles, delays and reorders, all from a seed: a request is executed
/// once at most; once exactly where it was answered; each comes to an end, and nothing is left of it.
class LossTest {
  private static final int CLIENTS = 25;
  private static final int REQUESTS_EACH = 100;
  private static final double LOST = 0.2;
  private static final double DOUBLED = 0.1;
  private static final int DELAY_MILLIS_MAX = 400;

  /// What a run came to.
  private static final class Run {
    final SteppedLoop loop;
    final Random random;
    final Counters counters = new Counters();
    final Map<String, Integer> executed = new HashMap<>();
    final Set<String> answered = new HashSet<>();
    final Map<String, Requester.Failure> failed = new HashMap<>();
    final DatagramEndpoint server;
    final DatagramEndpoint[] clients = new DatagramEndpoint[CLIENTS];
    final DatagramPeer[] serverAtClient = new DatagramPeer[CLIENTS];
    final DatagramPeer[] clientAtServer = new DatagramPeer[CLIENTS];
    int lost;

    Run(long seed) {
      loop = new SteppedLoop(seed);
      random = new Random(seed * 31 + 7);
      server = new DatagramEndpoint(loop, Transmission.DEFAULT, DatagramLimits.DEFAULT, counters, this::execute,
          (to, d) -> carry(d, copy -> {
            int i = (Integer) to.carrier();
            clients[i].receive(serverAtClient[i], copy, copy.length, false);
          }));
      for (int i = 0; i < CLIENTS; i++) {
        int at = i;
        clients[i] = new DatagramEndpoint(loop, Transmission.DEFAULT, DatagramLimits.DEFAULT, counters, e -> {
          throw new AssertionError("a server that asks: " + e.request());
        }, (_, d) -> carry(d, copy -> server.receive(clientAtServer[at], copy, copy.length, false)));
        serverAtClient[i] = clients[i].peer(Ladder.at(5_683), Principal.ANONYMOUS, false, 1_152, i);
        clientAtServer[i] = server.peer(Ladder.at(40_000 + i), Principal.ANONYMOUS, false, 1_152, i);
      }
    }

    private interface Delivery {
      void to(byte[] copy);
    }

    private void after(long millis, Runnable work) {
      loop.timers().set(new Timers.Timer() {
        @Override
        protected void fire(long nowNanos) {
          work.run();
        }
      }, loop.nowNanos() + millis * 1_000_000);
    }

    private void carry(byte[] datagram, Delivery d) {
      if (random.nextDouble() < LOST) {
        lost++;
        return;
      }
      int copies = random.nextDouble() < DOUBLED ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        after(random.nextInt(DELAY_MILLIS_MAX), () -> d.to(datagram.clone()));
      }
    }

    private void execute(Exchange e) {
      executed.merge(e.request().payload().asUtf8(), 1, Integer::sum);
      Response r = new Response(Code.CHANGED, Options.NONE, e.request().payload());
      switch (random.nextInt(3)) {
        case 0 -> e.respond(r);
        case 1 -> after(random.nextInt(400), () -> e.respond(r));
        default -> after(random.nextInt(4_000), () -> e.respond(r));
      }
    }

    private void ask(int client, int n) {
      boolean confirmable = random.nextDouble() < 0.7;
      String what = (confirmable ? "CON " : "NON ") + client + "/" + n;
      clients[client].requester(serverAtClient[client]).send(
          new Request(confirmable, Code.POST, Options.NONE, Bytes.utf8(what)), new Requester.Replies() {
            @Override
            public void response(Response response, CoapPeer from) {
              if (!response.payload().asUtf8().equals(what) || !answered.add(what) || failed.containsKey(what)) {
                throw new AssertionError(what + " got " + response.payload().asUtf8());
              }
            }

            @Override
            public void failed(Requester.Failure failure) {
              if (answered.contains(what) || failed.put(what, failure) != null) {
                throw new AssertionError(what + " failed after its end");
              }
            }
          });
      if (n + 1 < REQUESTS_EACH) {
        after(1_000 + random.nextInt(4_000), () -> ask(client, n + 1));
      }
    }

    void play() {
      for (int i = 0; i < CLIENTS; i++) {
        ask(i, 0);
      }
      loop.advance(Duration.ofHours(1));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void executesEachRequestOnceOverABadNetwork(long seed) {
    Run run = new Run(seed);
    run.play();
    assertThat(run.executed.values()).allMatch(n -> n == 1);
    assertThat(run.executed.keySet()).containsAll(run.answered);
    assertThat(run.answered.size() + run.failed.size()).isEqualTo(CLIENTS * REQUESTS_EACH);
    assertThat(run.failed.values()).containsOnly(Requester.Failure.TIMED_OUT);
    long conFailed = run.failed.keySet().stream().filter(w -> w.startsWith("CON")).count();
    // One in 160 loses all of its five transmissions, and takes along what waited behind it for a minute.
    assertThat(conFailed).isLessThan(CLIENTS * REQUESTS_EACH / 8);
    assertThat(run.lost).isGreaterThan(CLIENTS * REQUESTS_EACH / 5);
    assertThat(run.counters.get(Counter.COAP_DUPLICATES)).isPositive();
    assertThat(run.counters.get(Counter.COAP_RETRANSMISSIONS)).isPositive();
    // Nothing is left: no timer, and no peer with anything under way.
    assertThat(run.loop.timers().size()).isZero();
    assertThat(run.serverAtClient).noneMatch(DatagramPeer::isBusy);
    assertThat(run.clientAtServer).noneMatch(DatagramPeer::isBusy);
  }
}
