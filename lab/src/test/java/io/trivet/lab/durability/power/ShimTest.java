package io.trivet.lab.durability.power;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.clients.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program written in C says what it has synced; whatever is left after a power loss, that is there. Of the
/// rest some is there and some is not.
class ShimTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int FILES = 6;
  private static final int BLOCKS = 9;
  private static final int BLOCK_BYTES = 1_536;

  @TempDir Path work;

  /// What a run left behind.
  private record Run(Path image, List<Operation> journal, Map<Integer, Integer> certainBlocks) {}

  private Run run(boolean lying) throws IOException {
    Path image = Files.createDirectory(work.resolve("image"));
    Path live = Files.createDirectory(work.resolve("live"));
    Path journal = work.resolve("journal");
    Path writer = work.resolve("writer");
    try (InputStream in = ShimTest.class.getResourceAsStream("/io/trivet/lab/durability/writer.c")) {
      assertThat(in).isNotNull();
      Files.copy(in, work.resolve("writer.c"));
    }
    try (Command gcc = Command.start("gcc", "-O1", "-o", writer.toString(), work.resolve("writer.c").toString())) {
      gcc.awaitSuccess(PATIENCE);
    }
    Map<Integer, Integer> certain = new HashMap<>();
    try (Command c = Command.start(live, Shim.build(work).environment(live, journal, lying),
        List.of(writer.toString(), "" + FILES, "" + BLOCKS))) {
      assertThat(c.awaitExit(PATIENCE)).as("%s", c.output()).isEqualTo(128 + 9);
      for (String line : c.output()) {
        String[] words = line.split(" ");
        certain.put(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
      }
    }
    return new Run(image, Journal.read(journal), certain);
  }

  @Test
  void keepsWhatWasSyncedAndOnlySomeOfTheRest() throws IOException {
    Run run = run(false);
    assertThat(run.certainBlocks).hasSize(FILES).allSatisfy((_, blocks) -> assertThat(blocks).isEqualTo(BLOCKS - 1));
    PowerLoss loss = new PowerLoss(run.image, EntryRule.STRICT, _ -> false).follow(run.journal);
    Path found = Files.createDirectory(work.resolve("found"));
    int whole = 0;
    int missing = 0;
    int torn = 0;
    for (int seed = 0; seed < 100; seed++) {
      Damage damage = loss.strike(found, new Random(seed));
      assertThat(damage.sectors()).as("%s", damage).isPositive();
      for (int i = 0; i < FILES; i++) {
        byte[] content = Files.readAllBytes(found.resolve("file-" + i));
        for (int b = 0; b < BLOCKS - 1; b++) {
          assertThat(sectorsOf(content, b)).as("block %s of file %s after the power loss %s", b, i, seed).isEqualTo(3);
        }
        switch (sectorsOf(content, BLOCKS - 1)) {
          case 0 -> missing++;
          case 3 -> whole++;
          default -> torn++;
        }
      }
    }
    assertThat(List.of(whole, missing, torn)).as("blocks never synced: whole, missing, torn").doesNotContain(0);
  }

  @Test
  void losesWhatADiskThatLiesClaimedToHaveSynced() throws IOException {
    Run run = run(true);
    PowerLoss loss = new PowerLoss(run.image, EntryRule.EXT4, _ -> false).follow(run.journal);
    Path found = Files.createDirectory(work.resolve("found"));
    int lost = 0;
    for (int seed = 0; seed < 20; seed++) {
      loss.strike(found, new Random(seed));
      for (int i = 0; i < FILES; i++) {
        Path file = found.resolve("file-" + i);
        lost += Files.exists(file) && sectorsOf(Files.readAllBytes(file), 0) == 3 ? 0 : 1;
      }
    }
    assertThat(lost).isPositive();
  }

  /// At each moment of the run: where a file is, what was synced by then is whole.
  @Test
  void canCutThePowerAnywhere() throws IOException {
    Run run = run(false);
    Path found = Files.createDirectory(work.resolve("found"));
    int withoutSomeFile = 0;
    int withEveryFile = 0;
    for (int cut = 0; cut <= run.journal.size(); cut += 3) {
      List<Operation> until = run.journal.subList(0, cut);
      new PowerLoss(run.image, EntryRule.STRICT, _ -> false).follow(until).strike(found, new Random(cut));
      int there = 0;
      for (int i = 0; i < FILES; i++) {
        Path renamed = found.resolve("file-" + i);
        Path file = Files.exists(renamed) ? renamed : found.resolve("new-" + i);
        if (Files.exists(file)) {
          there++;
          byte[] content = Files.readAllBytes(file);
          for (int b = 0; b < syncedBlocks(until, "new-" + i); b++) {
            assertThat(sectorsOf(content, b)).as("block %s of file %s, cut at %s", b, i, cut).isEqualTo(3);
          }
        }
      }
      withoutSomeFile += there < FILES ? 1 : 0;
      withEveryFile += there == FILES ? 1 : 0;
    }
    assertThat(withoutSomeFile).isPositive();
    assertThat(withEveryFile).isPositive();
  }

  /// As counted from the journal: blocks written before the begin of a sync that has ended.
  private static int syncedBlocks(List<Operation> journal, String name) {
    OptionalInt opened = journal.stream()
        .mapMultiToInt((o, fds) -> {
          if (o instanceof Operation.Open open && open.path().equals(name)) {
            fds.accept(open.fd());
          }
        })
        .findFirst();
    if (opened.isEmpty()) {
      return 0;
    }
    int fd = opened.getAsInt();
    int written = 0;
    int syncing = 0;
    int synced = 0;
    for (Operation o : journal) {
      switch (o) {
        case Operation.Write w when w.fd() == fd -> written++;
        case Operation.SyncBegin b when b.fd() == fd -> syncing = written;
        case Operation.SyncEnd e when e.fd() == fd -> synced = syncing;
        default -> {}
      }
    }
    return synced;
  }

  /// How many of a block's three sectors are there.
  private static int sectorsOf(byte[] content, int block) {
    int there = 0;
    for (int from = block * BLOCK_BYTES; from < (block + 1) * BLOCK_BYTES; from += 512) {
      boolean whole = from + 512 <= content.length;
      for (int i = from; whole && i < from + 512; i++) {
        whole = content[i] == 'a' + block % 26;
      }
      there += whole ? 1 : 0;
    }
    return there;
  }
}
