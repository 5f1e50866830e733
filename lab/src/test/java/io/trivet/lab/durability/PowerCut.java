package io.trivet.lab.durability;

import io.trivet.lab.durability.power.Damage;
import io.trivet.lab.durability.power.EntryRule;
import io.trivet.lab.durability.power.Journal;
import io.trivet.lab.durability.power.PowerLoss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The whole machine loses its power: of what the server wrote, only what it synced is certain to be found
/// again. The server runs under the shim, and SIGKILL is the moment of the cut, so that nothing is
/// acknowledged after it.
final class PowerCut implements Catastrophe {
  private final Path journal;
  private final EntryRule rule;
  private @Nullable PowerLoss loss;
  private int cuts;
  private int sectors;
  private int sectorsLost;
  private int names;
  private int namesLost;

  /// @param journal where the shim writes
  PowerCut(Path journal, EntryRule rule) {
    this.journal = journal;
    this.rule = rule;
  }

  @Override
  public String name() {
    return "power cut";
  }

  @Override
  public void prepare(BrokerProcess broker) {
    try {
      Files.deleteIfExists(journal);
      // RocksDB's LOG is for people to read.
      loss = new PowerLoss(broker.data(), rule, name -> name.startsWith("LOG"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void strike(BrokerProcess broker, Random random) {
    PowerLoss running = loss;
    if (running == null) {
      throw new AssertionError("a power cut before the first start");
    }
    if (!Files.exists(journal)) {
      return; // cut before the server did anything
    }
    try {
      Damage d = running.follow(Journal.read(journal)).strike(broker.data(), random);
      cuts++;
      sectors += d.sectors();
      sectorsLost += d.sectorsLost();
      names += d.names();
      namesLost += d.namesLost();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int namesAndSectorsLost() {
    return namesLost + sectorsLost;
  }

  /// What the cuts took, in one line.
  @Override
  public String toString() {
    return cuts + " power cuts under the rule " + rule + ": of " + sectors + " sectors not yet synced " + sectorsLost
        + " lost something, of " + names + " names " + namesLost + " were lost";
  }
}
