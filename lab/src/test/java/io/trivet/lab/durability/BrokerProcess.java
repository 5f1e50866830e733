package io.trivet.lab.durability;

import java.nio.file.Path;
import java.time.Duration;

/// An MQTT server in a process of its own, of which nothing is known but its port and its data directory.
public interface BrokerProcess extends AutoCloseable {
  String name();

  /// Where the process keeps its data; the same over all its lives.
  Path data();

  /// Starts it on the data as they stand, and returns once it accepts connections.
  ///
  /// @throws StartFailure when it does not within a minute, with all it printed
  void start();

  /// Starts it and kills it after so long, whatever it has come to by then.
  void startAndKill(Duration after);

  /// What this life has printed so far.
  String said();

  /// Where clients reach the life that [#start()] began last; another port each time, so that no other
  /// program can have taken it meanwhile.
  int port();

  /// Ends it as SIGKILL does: at once, without a word. Returns when it is gone.
  void kill();

  /// Ends what is left of it. Never fails.
  @Override
  void close();
}
