package io.trivet.lab.durability.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What may be found after a power loss, for the ways in which programs try to be safe.
class PowerLossModelTest {
  private static final int SEEDS = 200;

  @TempDir Path work;
  private Path image = Path.of("");
  private Path found = Path.of("");

  @BeforeEach
  void makeDirectories() throws IOException {
    image = Files.createDirectory(work.resolve("image"));
    found = Files.createDirectory(work.resolve("found"));
  }

  /// Every directory that is found over many power losses, each as its files and their content.
  private Set<String> outcomes(EntryRule rule, Operation... operations) throws IOException {
    PowerLoss loss = new PowerLoss(image, rule, name -> name.equals("LOG")).follow(List.of(operations));
    Set<String> outcomes = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      loss.strike(found, new Random(seed));
      Map<String, String> files = new TreeMap<>();
      try (Stream<Path> all = Files.walk(found)) {
        for (Path p : all.filter(Files::isRegularFile).toList()) {
          files.put(found.relativize(p).toString(), Files.readString(p).replace("\0", "_"));
        }
      }
      outcomes.add(files.toString());
    }
    return outcomes;
  }

  private static Operation.Open create(int fd, String path) {
    return new Operation.Open(fd, path, true, false, false);
  }

  private static Operation.Open openDirectory(int fd) {
    return new Operation.Open(fd, "", false, false, true);
  }

  private static Operation.Write write(int fd, long offset, String text) {
    return new Operation.Write(fd, offset, Bytes.utf8(text));
  }

  private static Operation[] synced(int fd, long ticket) {
    return new Operation[] {new Operation.SyncBegin(fd, ticket), new Operation.SyncEnd(fd, ticket)};
  }

  private static Operation[] all(Object... parts) {
    return Arrays.stream(parts)
        .flatMap(p -> p instanceof Operation[] several ? Arrays.stream(several) : Stream.of((Operation) p))
        .toArray(Operation[]::new);
  }

  @Test
  void aNewFileMayLackItsNameOrItsContent() throws IOException {
    assertThat(outcomes(EntryRule.STRICT, create(3, "f"), write(3, 0, "ab")))
        .containsExactlyInAnyOrder("{}", "{f=}", "{f=__}", "{f=ab}");
  }

  @Test
  void aSyncOfTheFileAloneSavesItsNameUnderOneRuleOnly() throws IOException {
    Operation[] operations = all(create(3, "f"), write(3, 0, "ab"), synced(3, 1));
    assertThat(outcomes(EntryRule.STRICT, operations)).containsExactlyInAnyOrder("{}", "{f=ab}");
    assertThat(outcomes(EntryRule.EXT4, operations)).containsExactly("{f=ab}");
  }

  @Test
  void fileAndDirectorySyncedAreThere() throws IOException {
    assertThat(outcomes(EntryRule.STRICT,
        all(create(3, "f"), write(3, 0, "ab"), synced(3, 1), openDirectory(4), synced(4, 2))))
        .containsExactly("{f=ab}");
  }

  @Test
  void aSyncThatHasNotEndedPromisesNothing() throws IOException {
    assertThat(outcomes(EntryRule.EXT4, create(3, "f"), write(3, 0, "ab"), new Operation.SyncBegin(3, 1)))
        .contains("{}", "{f=}", "{f=ab}");
  }

  @Test
  void whatIsWrittenWhileASyncRunsIsNotCovered() throws IOException {
    assertThat(outcomes(EntryRule.EXT4, create(3, "f"), write(3, 0, "ab"), new Operation.SyncBegin(3, 1),
        write(3, 2, "cd"), new Operation.SyncEnd(3, 1)))
        .containsExactlyInAnyOrder("{f=ab}", "{f=ab__}", "{f=abcd}");
  }

  @Test
  void replacingByRenameIsWholeWhereTheNewFileWasSynced() throws IOException {
    Files.writeString(image.resolve("f"), "old");
    assertThat(outcomes(EntryRule.STRICT, all(create(3, "f.new"), write(3, 0, "new"), synced(3, 1),
        new Operation.Close(3), new Operation.Rename("f.new", "f"))))
        .containsExactlyInAnyOrder("{f=old}", "{f=old, f.new=new}", "{f=new}");
  }

  @Test
  void replacingByRenameMayEndEmptyWhereItWasNot() throws IOException {
    Files.writeString(image.resolve("f"), "old");
    assertThat(outcomes(EntryRule.STRICT,
        all(create(3, "f.new"), write(3, 0, "new"), new Operation.Rename("f.new", "f"), openDirectory(4),
            synced(4, 1))))
        .contains("{f=}", "{f=new}")
        .noneMatch(o -> o.contains("old"));
  }

  @Test
  void aFileThatWasRemovedMayComeBack() throws IOException {
    Files.writeString(image.resolve("f"), "old");
    assertThat(outcomes(EntryRule.STRICT, new Operation.Unlink("f")))
        .containsExactlyInAnyOrder("{}", "{f=old}");
    assertThat(outcomes(EntryRule.STRICT, all(new Operation.Unlink("f"), openDirectory(3), synced(3, 1))))
        .containsExactly("{}");
  }

  @Test
  void writesToDifferentSectorsReachTheDiskInAnyOrder() throws IOException {
    String before = "-".repeat(1_024);
    Files.writeString(image.resolve("f"), before);
    Set<String> outcomes = outcomes(EntryRule.STRICT, new Operation.Open(3, "f", false, false, false),
        write(3, 0, "1"), write(3, 512, "2"), write(3, 0, "3"));
    assertThat(outcomes).anyMatch(o -> o.startsWith("{f=-") && o.contains("2"));
    assertThat(outcomes).anyMatch(o -> o.startsWith("{f=1") && !o.contains("2"));
    assertThat(outcomes).anyMatch(o -> o.startsWith("{f=3") && !o.contains("2"));
    assertThat(outcomes).hasSize(6);
  }

  @Test
  void aFileCutShortMayBeShortOrLongAndItsTailZero() throws IOException {
    Files.writeString(image.resolve("f"), "abcd");
    assertThat(outcomes(EntryRule.STRICT, new Operation.Open(3, "f", false, false, false),
        new Operation.Resize(3, 2)))
        .containsExactlyInAnyOrder("{f=ab}", "{f=ab__}", "{f=abcd}");
  }

  @Test
  void spaceSetAsideReadsAsZero() throws IOException {
    assertThat(outcomes(EntryRule.EXT4, all(create(3, "f"), new Operation.Grow(3, 3), synced(3, 1),
        write(3, 0, "a"))))
        .containsExactlyInAnyOrder("{f=___}", "{f=a__}");
  }

  @Test
  void newDirectoriesNeedTheirParentSynced() throws IOException {
    assertThat(outcomes(EntryRule.STRICT, all(new Operation.MakeDirectory("d"), create(3, "d/f"), synced(3, 1),
        new Operation.Open(4, "d", false, false, true), synced(4, 2))))
        .containsExactlyInAnyOrder("{}", "{d/f=}");
  }

  @Test
  void refusesToTellWhatItCannotKnow() throws IOException {
    PowerLoss loss = new PowerLoss(image, EntryRule.STRICT, name -> name.equals("LOG"));
    assertThatThrownBy(() -> loss.follow(List.of(new Operation.Unsupported("a shared writable mapping"))))
        .hasMessageContaining("a shared writable mapping");
    assertThat(outcomes(EntryRule.EXT4, new Operation.StdioByPath("LOG"))).contains("{LOG=}");
    assertThatThrownBy(() -> outcomes(EntryRule.EXT4, new Operation.StdioByPath("data")))
        .hasMessageContaining("data was written by stdio");
  }
}
