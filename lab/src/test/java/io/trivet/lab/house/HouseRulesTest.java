package io.trivet.lab.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HouseRulesTest {
  @Test
  void holdInEveryRoom() throws IOException {
    List<References> house = compiledHouse();
    assertThat(house).extracting(r -> HouseRules.room(r.name())).contains("base", "broker");
    assertThat(HouseRules.violations(house)).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(delimiter = '|', textBlock = """
      mqtt     | Object x = io.trivet.net.Planted.class;            | rule 1: mqtt may not know net
      base     | io.trivet.broker.Planted x;                        | rule 1: base may not know broker
      identity | void f(io.trivet.mqtt.Planted x) {}                | rule 1: identity may not know mqtt
      mqtt     | java.util.List<io.trivet.coap.Planted> x;          | rule 1: mqtt may not know coap
      net      | Object x = new io.trivet.server.Planted();         | rule 1: net may not know server
      identity | Object x = new java.net.Socket();                  | rule 1: only net and the apps know a socket
      broker   | Object x = new java.net.Socket();                  | rule 2: a pure room opens no socket
      broker   | java.nio.channels.SocketChannel x;                 | rule 2: a pure room opens no socket
      broker   | Object x = java.net.URI.create("");                | rule 2: a pure room knows no network
      mqtt     | Object x = java.nio.file.Path.of("");              | rule 2: a pure room opens no file
      mqtt     | Object x = new java.io.File("");                   | rule 2: a pure room opens no file
      base     | Thread x;                                          | rule 2: a pure room has no thread
      broker   | Object x = java.util.concurrent.Executors.newCachedThreadPool(); | rule 2: a pure room has no thread
      broker   | long x = System.nanoTime();                        | rule 2: a pure room reads no system clock
      broker   | java.util.function.LongSupplier x = System::currentTimeMillis; | rule 2: a pure room reads no system clock
      mqtt     | Object x = java.time.Instant.now();                | rule 2: a pure room reads no system clock
      mqtt     | double x = Math.random();                          | rule 2: a pure room draws no randomness
      base     | Object x = new java.security.SecureRandom();       | rule 2: a pure room draws no randomness
      base     | Object x = java.util.UUID.randomUUID();            | rule 2: a pure room draws no randomness
      broker   | { System.out.println(); }                          | rule 2: a pure room logs nothing
      broker   | System.Logger x;                                   | rule 2: a pure room logs nothing
      broker   | Object x = new java.net.InetSocketAddress("a", 1); | rule 2: a pure room asks no resolver
      audit    | io.trivet.server.Planted x;                        | rule 1: audit may not know server
      server   | io.trivet.authority.Planted x;                     | rule 1: server may not know authority
      net      | io.trivet.authority.Planted x;                     | rule 1: net may not know authority
      smqtt    | io.trivet.authority.Planted x;                     | rule 1: smqtt may not know authority
      authority | io.trivet.server.Planted x;                       | rule 1: authority may not know server
      net      | Object x = java.util.ServiceLoader.load(Runnable.class); | rule 5: no service lookup
      net      | Object x = new io.trivet.identity.Filler();        | rule 5: only server chooses who fills the port Decider
      attic    | int x;                                             | rule 1: a room that the rules do not name
      """)
  void nameWhoBreaksThem(String room, String body, String rule) throws IOException {
    assertThat(violationsWithPlanted(room, body))
        .anySatisfy(v -> assertThat(v).startsWith("io.trivet." + room + ".Guilty -> ").contains(rule));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(delimiter = '|', textBlock = """
      broker   | java.net.InetSocketAddress x;
      mqtt     | io.trivet.broker.Planted x;
      net      | Object x = new java.net.Socket();
      net      | long x = System.nanoTime();
      server   | Object x = new io.trivet.identity.Filler();
      base     | Object x = new java.util.ArrayList<>().toString() + java.time.Duration.ofSeconds(1);
      """)
  void letTheInnocentGo(String room, String body) throws IOException {
    assertThat(violationsWithPlanted(room, body)).isEmpty();
  }

  /// Compiles `body` as a class of the room beside a small house of neighbours it may name.
  private static List<String> violationsWithPlanted(String room, String body) throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    for (String other : List.of("broker", "mqtt", "net", "server", "coap", "authority")) {
      sources.put("io.trivet." + other + ".Planted", "package io.trivet." + other + "; public class Planted {}");
    }
    sources.put("io.trivet.broker.Decider", "package io.trivet.broker; public interface Decider {}");
    sources.put("io.trivet.identity.Filler",
        "package io.trivet.identity; public class Filler implements io.trivet.broker.Decider {}");
    sources.put("io.trivet." + room + ".Guilty", "package io.trivet." + room + "; class Guilty { " + body + " }");
    List<References> planted = new ArrayList<>();
    for (byte[] classFile : compile(sources)) {
      References r = References.of(classFile);
      if (!HouseRules.room(r.name()).equals("coap")) {
        planted.add(r);
      }
    }
    return HouseRules.violations(planted);
  }

  /// Every class of every room of the reactor, as compiled in this build.
  private static List<References> compiledHouse() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = Objects.requireNonNull(root.getParent(), "run inside the checkout");
    }
    List<References> house = new ArrayList<>();
    List<String> rooms = Pattern.compile("<module>([^<]+)</module>")
        .matcher(Files.readString(root.resolve("pom.xml")))
        .results()
        .map(m -> m.group(1))
        .toList();
    for (String room : rooms) {
      Path classes = root.resolve(room).resolve("target/classes");
      if (!Files.isDirectory(classes)) {
        continue; // lab itself, which has only tests
      }
      try (Stream<Path> files = Files.walk(classes)) {
        for (Path file : files.filter(HouseRulesTest::isClassOfTheHouse).toList()) {
          house.add(References.of(Files.readAllBytes(file)));
        }
      }
    }
    return house;
  }

  private static boolean isClassOfTheHouse(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".class") && !name.equals("module-info.class") && !name.equals("package-info.class");
  }

  private static List<byte[]> compile(Map<String, String> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<ByteArrayOutputStream> outputs = new ArrayList<>();
    try (StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, null);
        JavaFileManager inMemory = new ForwardingJavaFileManager<JavaFileManager>(standard) {
          @Override
          public JavaFileObject getJavaFileForOutput(
              Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            outputs.add(output);
            return new SimpleJavaFileObject(URI.create("mem:///" + className.replace('.', '/')), kind) {
              @Override
              public OutputStream openOutputStream() {
                return output;
              }
            };
          }
        }) {
      List<JavaFileObject> units = new ArrayList<>();
      sources.forEach((name, text) -> units.add(
          new SimpleJavaFileObject(URI.create("mem:///" + name.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
              return text;
            }
          }));
      // An empty class path: the planted neighbours must not be mixed up with the real ones.
      List<String> options = List.of("-proc:none", "-classpath", "");
      boolean compiled = compiler.getTask(null, inMemory, null, options, null, units).call();
      assertThat(compiled).as("the planted class compiles").isTrue();
    }
    return outputs.stream().map(ByteArrayOutputStream::toByteArray).toList();
  }
}
