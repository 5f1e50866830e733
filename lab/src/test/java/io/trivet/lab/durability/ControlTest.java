package io.trivet.lab.durability;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The harness finds nothing where nothing is lost: clients are cut off in mid-exchange again and again, the
/// server lives.
@Tag("slow")
class ControlTest {
  @Test
  void findsNothingAtATrivetThatLives(@TempDir Path work) {
    check(new TrivetProcess(work, Map.of()));
  }

  @Test
  void findsNothingAtAMosquittoThatLives(@TempDir Path work) {
    check(new MosquittoProcess(work, MosquittoProcess.Saving.EACH_SECOND));
  }

  private static void check(BrokerProcess broker) {
    Outcome outcome = DurabilityHarness.run(new Immortal(broker), Catastrophe.DESERTION, 20, Seeds.next());
    System.out.println(outcome);
    outcome.assertEverythingKept();
  }
}
