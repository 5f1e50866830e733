package io.trivet.lab.durability;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.durability.power.EntryRule;
import io.trivet.lab.durability.power.Shim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// PUBACK means stored, also when the power goes.
@Tag("slow")
class PowerLossTest {
  @TempDir Path work;

  private Path data = Path.of("");
  private @Nullable Shim shim;

  @BeforeEach
  void prepare() throws IOException {
    shim = Shim.build(work);
    data = Files.createDirectory(work.resolve("data"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private TrivetProcess trivet(boolean lying, String... settings) {
    Map<String, String> environment = requireNonNull(shim).environment(data, work.resolve("journal"), lying);
    return new TrivetProcess(work, environment, settings);
  }

  private Outcome cut(int cuts, TrivetProcess trivet) {
    PowerCut powerCut = new PowerCut(work.resolve("journal"), EntryRule.STRICT);
    Outcome outcome = DurabilityHarness.run(trivet, powerCut, cuts, Seeds.next());
    System.out.println(outcome);
    System.out.println(powerCut);
    assertThat(powerCut.namesAndSectorsLost()).as("%s", powerCut).isPositive();
    return outcome;
  }

  @Test
  void keepsWhatItAcknowledgedOverPowerCuts() {
    cut(Integer.getInteger("trivet.durability.kills", 15), trivet(false)).assertEverythingKept();
  }

  /// What the test can see: the same server, told not to wait for a sync, loses messages, and no more than
  /// that. It comes up again each time.
  @Test
  void findsWhatIsLostWhereOnlyTheOperatingSystemHadIt() {
    Outcome outcome = cut(6, trivet(false, "store.durability=os"));
    assertThat(outcome.evidence().faults()).isEmpty();
    assertThat(outcome.lost()).isPositive();
  }

  /// A disk that says it has synced and has not: either messages are missing, or so much is that the server
  /// says so and does not start.
  @Test
  void findsWhatADiskLosesThatLies() {
    // What the first start makes is safe, so that the store alone is at stake.
    try (TrivetProcess first = trivet(false)) {
      first.start();
    }
    try {
      assertThat(cut(6, trivet(true)).lost()).isPositive();
    } catch (StartFailure e) {
      assertThat(e).hasMessageContaining(data.resolve("store").toString());
      System.out.println("the server found that its disk had lied: " + e.getMessage());
    }
  }
}
