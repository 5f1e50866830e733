package io.trivet.lab.durability;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// PUBACK means stored, as far as a process can be killed.
@Tag("slow")
class KillTest {
  @Test
  void keepsWhatItAcknowledgedOverFiftyKills(@TempDir Path work) {
    int kills = Integer.getInteger("trivet.durability.kills", 50);
    Outcome outcome = DurabilityHarness.run(new TrivetProcess(work, Map.of()), Catastrophe.KILL, kills, Seeds.next());
    System.out.println(outcome);
    outcome.assertEverythingKept();
  }
}
