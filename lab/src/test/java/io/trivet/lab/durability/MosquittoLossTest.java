package io.trivet.lab.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The harness finds loss where there is some: mosquitto acknowledges first and saves later.
@Tag("slow")
class MosquittoLossTest {
  @ParameterizedTest
  @EnumSource(MosquittoProcess.Saving.class)
  void findsWhatAServerLosesThatSavesNowAndThen(MosquittoProcess.Saving saving, @TempDir Path work) {
    Outcome outcome = DurabilityHarness.run(new MosquittoProcess(work, saving), Catastrophe.KILL, 12, Seeds.next());
    System.out.println(outcome);
    assertThat(outcome.evidence().faults()).isEmpty();
    // The group does not count: mosquitto forgets shared subscriptions, which is another matter.
    assertThat(outcome.rows()).filteredOn(r -> !r.receiver().equals("group")).extracting(Outcome.Row::lost)
        .anyMatch(lost -> lost > 0);
  }
}
