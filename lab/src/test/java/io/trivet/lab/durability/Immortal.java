package io.trivet.lab.durability;

import java.nio.file.Path;
import java.time.Duration;

/// A server that does not die when it is killed: its clients lose their connections, and no more. What the
/// harness finds with it would be the harness's own fault, or that of a server that cannot even resume a
/// session.
final class Immortal implements BrokerProcess {
  private final BrokerProcess broker;
  private boolean started;

  Immortal(BrokerProcess broker) {
    this.broker = broker;
  }

  @Override
  public String name() {
    return broker.name() + ", alive";
  }

  @Override
  public Path data() {
    return broker.data();
  }

  @Override
  public void start() {
    if (!started) {
      broker.start();
      started = true;
    }
  }

  @Override
  public void startAndKill(Duration after) {}

  @Override
  public String said() {
    return broker.said();
  }

  @Override
  public int port() {
    return broker.port();
  }

  @Override
  public void kill() {}

  @Override
  public void close() {
    broker.close();
  }
}
