package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/// Keeps `docs/conformance.md` true: which statement is proved by which tests. A disabled test proves nothing.
///
/// After a change, write it anew: `./mvnw test -pl lab -am -Dtest=CoverageTest -Dtrivet.write=true
/// -Dsurefire.failIfNoSpecifiedTests=false`
class CoverageTest {
  private static final double WANTED = 0.95;

  private record Row(String id, String binds, String chapter, String statement, String whyNot) {
    boolean bindsServer() {
      return !binds.equals("client");
    }
  }

  private record Spec(String name, String resource, Version version) {}

  private static final List<Spec> SPECS =
      List.of(
          new Spec("3.1.1", "/statements-3.1.1.tsv", Version.V3_1_1),
          new Spec("5.0", "/statements-5.0.tsv", Version.V5));

  @Test
  void testsNameStatementsThatExist() {
    for (Spec spec : SPECS) {
      assertThat(rows(spec)).extracting(Row::id).containsAll(proofs(spec.version()).keySet());
    }
  }

  @Test
  void nearlyAllOfTheServersStatementsAreProved() {
    for (Spec spec : SPECS) {
      Set<String> proved = proofs(spec.version()).keySet();
      List<Row> server = rows(spec).stream().filter(Row::bindsServer).toList();
      List<String> left = server.stream().map(Row::id).filter(id -> !proved.contains(id)).toList();
      assertThat((double) (server.size() - left.size()) / server.size())
          .as("share of MQTT %s, without %s", spec.name(), left)
          .isGreaterThanOrEqualTo(WANTED);
    }
  }

  @Test
  void everyStatementLeftOutHasAReason() {
    for (Spec spec : SPECS) {
      Set<String> proved = proofs(spec.version()).keySet();
      for (Row row : rows(spec)) {
        boolean explained = !row.whyNot().isEmpty();
        assertThat(explained && proved.contains(row.id())).as("%s is proved, and excused", row.id()).isFalse();
        if (row.bindsServer()) {
          assertThat(explained || proved.contains(row.id())).as("%s %s", spec.name(), row.id()).isTrue();
        }
      }
    }
  }

  @Test
  void theTableIsUpToDate() throws IOException {
    Path file = checkout().resolve("docs/conformance.md");
    String table = table();
    if (Boolean.getBoolean("trivet.write")) {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, table);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as("docs/conformance.md; see this class for how to write it anew")
        .isEqualTo(table);
  }

  private static String table() {
    StringBuilder out = new StringBuilder("""
        # Conformance

        Every normative statement of MQTT 3.1.1 and MQTT 5.0, in our own words, and the tests that fail where the server
        breaks it. Written by `CoverageTest` in `lab` from the annotations of the tests: do not edit.

        | Version | Statements | Bind the server | Proved | Share |
        |---|---|---|---|---|
        """);
    for (Spec spec : SPECS) {
      Set<String> proved = proofs(spec.version()).keySet();
      List<Row> rows = rows(spec);
      long server = rows.stream().filter(Row::bindsServer).count();
      long tested = rows.stream().filter(Row::bindsServer).filter(r -> proved.contains(r.id())).count();
      out.append("| %s | %d | %d | %d | %.1f %% |%n".formatted(
          spec.name(), rows.size(), server, tested, 100.0 * tested / server));
    }
    SPECS.forEach(spec -> appendChapters(spec, out));
    return out.toString().replace("\r", "");
  }

  private static void appendChapters(Spec spec, StringBuilder out) {
    Map<String, Set<String>> proofs = proofs(spec.version());
    Map<String, List<Row>> chapters = new LinkedHashMap<>();
    rows(spec).forEach(r -> chapters.computeIfAbsent(r.chapter(), _ -> new ArrayList<>()).add(r));
    out.append("\n## MQTT ").append(spec.name()).append('\n');
    chapters.forEach((chapter, rows) -> {
      out.append("\n### Section ").append(chapter).append("\n\n");
      out.append("| Statement | Binds | In short | Proved by |\n|---|---|---|---|\n");
      for (Row r : rows) {
        String by = String.join(", ", proofs.getOrDefault(r.id(), Set.of()));
        if (by.isEmpty()) {
          by = r.whyNot().isEmpty() ? "clients only" : "not tested: " + r.whyNot();
        }
        out.append("| %s | %s | %s | %s |%n".formatted(r.id(), r.binds(), r.statement(), by));
      }
    });
  }

  private static List<Row> rows(Spec spec) {
    try (InputStream in = Objects.requireNonNull(CoverageTest.class.getResourceAsStream(spec.resource()))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).map(line -> {
        String[] c = line.split("\t", -1);
        return new Row(c[0], c[1], c[2], c[3], c[4]);
      }).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Statement to the tests that prove it, as `Class.method`.
  private static Map<String, Set<String>> proofs(Version version) {
    Map<String, Set<String>> proofs = new TreeMap<>();
    for (Class<?> type : testClasses()) {
      Of of = type.getAnnotation(Of.class);
      for (Method m : methods(type)) {
        Statement s = m.getAnnotation(Statement.class);
        if (s == null || m.isAnnotationPresent(Disabled.class) || type.isAnnotationPresent(Disabled.class)) {
          continue;
        }
        boolean spokenHere = of == null || of.value() == version;
        String[] ids = version == Version.V5 ? s.v5() : s.v311();
        if (spokenHere) {
          String test = type.getSimpleName() + "." + m.getName();
          Arrays.stream(ids).forEach(id -> proofs.computeIfAbsent(id, _ -> new TreeSet<>()).add(test));
        }
      }
    }
    return proofs;
  }

  private static List<Method> methods(Class<?> type) {
    List<Method> all = new ArrayList<>();
    for (Class<?> t = type; t != null && t != Object.class; t = t.getSuperclass()) {
      all.addAll(List.of(t.getDeclaredMethods()));
    }
    return all;
  }

  private static List<Class<?>> testClasses() {
    Path root = checkout().resolve("lab/target/test-classes");
    try (Stream<Path> files = Files.walk(root.resolve("io/trivet/lab"))) {
      List<Class<?>> classes = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith("Test.class")).sorted().toList()) {
        String name = root.relativize(file).toString().replace(".class", "").replace('/', '.').replace('\\', '.');
        classes.add(Class.forName(name, false, CoverageTest.class.getClassLoader()));
      }
      return classes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static Path checkout() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = Objects.requireNonNull(root.getParent(), "run inside the checkout");
    }
    return root;
  }
}
