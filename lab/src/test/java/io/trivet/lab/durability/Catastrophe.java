package io.trivet.lab.durability;

import java.util.Random;

/// What happens to a running server.
interface Catastrophe {
  String name();

  /// Before each start.
  void prepare(BrokerProcess broker);

  /// The process has been killed; now to what is left of its data.
  void strike(BrokerProcess broker, Random random);

  /// SIGKILL alone: what the process wrote is in the hands of the operating system, which lives on.
  Catastrophe KILL = sparingData("kill -9");

  /// For a server that lives on as well: see [Immortal].
  Catastrophe DESERTION = sparingData("all connections cut");

  private static Catastrophe sparingData(String name) {
    return new Catastrophe() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void prepare(BrokerProcess broker) {}

      @Override
      public void strike(BrokerProcess broker, Random random) {}
    };
  }
}
