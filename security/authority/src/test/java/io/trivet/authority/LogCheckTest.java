package io.trivet.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What somebody who can write into the directory does to the log.
class LogCheckTest {
  @TempDir private Path temp = Path.of("");
  private House house = new House(Path.of(""));
  private Path log = Path.of("");

  @BeforeEach
  void found() throws IOException {
    house = new House(temp.resolve("authority")).founded();
    log = house.dir().resolve("log.jsonl");
    try (DeviceKey key = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes); Authority a = house.open()) {
      House.issue(a, House.request("lamp-1", "ward:7", key));
      House.issue(a, House.request("lamp-2", "ward:8", key));
      a.revoke(List.of("lamp-1"));
      a.rotate((_, _) -> {});
    }
  }

  private LogCheck check() throws IOException {
    return Shelf.open(house.dir()).check(_ -> {});
  }

  private List<String> lines() throws IOException {
    return new ArrayList<>(Files.readAllLines(log));
  }

  private void put(List<String> lines) throws IOException {
    Files.writeString(log, String.join("\n", lines) + "\n");
  }

  @Test
  void tellsWhatHappenedInOrder() throws IOException {
    List<String> said = new ArrayList<>();
    Shelf.open(house.dir()).check(e -> said.add(e.number() + " " + e.what() + " " + e.subject() + " " + e.epoch()));
    assertThat(said).containsExactly("1 INIT  1", "2 ISSUE lamp-1 1", "3 ISSUE lamp-2 1", "4 REVOKE lamp-1 1", "5 ROTATE  2");
    assertThat(lines().get(1)).startsWith("{\"n\":2,\"time\":\"2026-11-23T16:00:00Z\",\"what\":\"issue\",\"subject\":\"lamp-1\","
        + "\"attributes\":\"" + LogEntry.sha256("ward:7".getBytes(StandardCharsets.UTF_8)) + "\",\"epoch\":1,");
    assertThat(check()).isInstanceOf(LogCheck.Sound.class);
  }

  @Test
  void namesTheFirstLineThatWasChanged() throws IOException {
    byte[] whole = Files.readAllBytes(log);
    int line = 1;
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      Files.write(log, changed);
      // A changed hash shows in its own line, anything else in the one that names it, the last in the signed head.
      int at = line;
      assertThat(check()).as("byte %d", i).isInstanceOfSatisfying(LogCheck.Broken.class,
          b -> assertThat(b.line()).isBetween((long) at, at + 1L));
      line += whole[i] == '\n' ? 1 : 0;
    }
  }

  @Test
  void noticesLinesThatAreMissingOrSwapped() throws IOException {
    List<String> lines = lines();
    for (int missing = 0; missing < lines.size(); missing++) {
      List<String> left = new ArrayList<>(lines);
      left.remove(missing);
      put(left);
      long first = missing + 1L;
      assertThat(check()).isInstanceOfSatisfying(LogCheck.Broken.class, b -> assertThat(b.line()).isEqualTo(first));
    }
    List<String> swapped = new ArrayList<>(lines);
    swapped.set(1, lines.get(2));
    swapped.set(2, lines.get(1));
    put(swapped);
    assertThat(check()).isEqualTo(new LogCheck.Broken(2, "numbered 3 where 2 is wanted"));
  }

  @Test
  void noticesThatTheEndWasCutOff() throws IOException {
    List<String> lines = lines();
    put(lines.subList(0, 3));
    assertThat(check()).isEqualTo(
        new LogCheck.Broken(4, "missing: the log ends after 3 lines, the signed head says 5"));
    assertThatThrownBy(house::open).isInstanceOf(AuthorityException.class)
        .hasMessageContaining("line 4: missing").hasMessageContaining("nothing is issued over a log that is not whole");
    Files.writeString(log, String.join("\n", lines.subList(0, 4)) + "\n" + lines.get(4).substring(0, 30));
    assertThat(check()).isEqualTo(new LogCheck.Broken(5, "cut off: it has no end"));
  }

  /// Without the master key a chain can be made anew from any line on, but not the head's signature.
  @Test
  void noticesAChainThatWasMadeAnew() throws IOException {
    List<String> lines = lines();
    LogEntry issue = LogEntry.read(lines.get(1)).orThrow();
    List<String> forged = new ArrayList<>(List.of(lines.getFirst()));
    LogEntry e = new LogEntry(2, issue.time(), issue.what(), "lamp-9", issue.attributes(), 1, issue.note(), issue.previous());
    forged.add(e.line());
    for (int i = 2; i < lines.size(); i++) {
      LogEntry old = LogEntry.read(lines.get(i)).orThrow();
      e = new LogEntry(old.number(), old.time(), old.what(), old.subject(), old.attributes(), old.epoch(), old.note(), e.hash());
      forged.add(e.line());
    }
    put(forged);
    assertThat(check()).isEqualTo(new LogCheck.Broken(5, "not the line that the signed head names"));
  }

  @Test
  void doesNotTakeAnothersLog() throws IOException {
    House other = new House(temp.resolve("other")).founded();
    Files.write(log, Files.readAllBytes(other.dir().resolve("log.jsonl")));
    assertThat(check()).isInstanceOfSatisfying(LogCheck.Broken.class, b -> assertThat(b.line()).isEqualTo(1));
  }

  @Test
  void vouchesForNothingBehindTheSignedHead() throws IOException {
    byte[] whole = Files.readAllBytes(log);
    LogEntry last = LogEntry.read(lines().getLast()).orThrow();
    LogEntry more = new LogEntry(6, last.time(), LogEntry.What.ISSUE, "mallory", "", 2, "", last.hash());
    Files.writeString(log, new String(whole, StandardCharsets.UTF_8) + more.line() + "\nrubbish");
    assertThat(check()).isInstanceOfSatisfying(LogCheck.Unsigned.class, u -> {
      assertThat(u.signedBytes()).isEqualTo(whole.length);
      assertThat(u.chained()).containsExactly(more);
    });
    try (Authority a = house.open()) {
      assertThat(a.find("mallory")).isEmpty();
    }
    assertThat(check()).isInstanceOf(LogCheck.Sound.class);
    assertThat(LogEntry.read(lines().getLast()).orThrow().note()).isEqualTo(
        "1 lines before this one had no effect; 7 bytes that were no line are in log.cut-after-6");
    assertThat(house.dir().resolve("log.cut-after-6")).hasContent("rubbish");
  }
}
