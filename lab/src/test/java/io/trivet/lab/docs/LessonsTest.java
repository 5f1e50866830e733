package io.trivet.lab.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every test that docs/lessons.md names is there.
class LessonsTest {
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)(?:#(\\w+))?`");
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void namesTestsThatExist() throws IOException {
    Map<String, Path> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      files.filter(f -> f.toString().endsWith(".java") && f.toString().contains("/src/"))
          .forEach(f -> sources.put(f.getFileName().toString().replace(".java", ""), f));
    }
    List<String> missing = new ArrayList<>();
    int named = 0;
    Matcher m = NAMED.matcher(Files.readString(ROOT.resolve("docs/lessons.md")));
    while (m.find()) {
      named++;
      Path source = sources.get(m.group(1));
      String method = m.group(2);
      if (source == null || method != null && !Files.readString(source).contains(" " + method + "(")) {
        missing.add(m.group());
      }
    }
    assertThat(named).isGreaterThan(25);
    assertThat(missing).isEmpty();
  }
}
