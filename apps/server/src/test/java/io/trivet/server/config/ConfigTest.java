package io.trivet.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.broker.Limits;
import io.trivet.mqtt.MqttSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@NullMarked
class ConfigTest {
  private static final Path HERE = Path.of("/etc/trivet");

  private static Config parse(String yaml) {
    return Config.parse(yaml, HERE);
  }

  private static void refuses(String yaml, String message) {
    assertThatThrownBy(() -> parse(yaml)).isInstanceOf(ConfigException.class).hasMessage(message);
  }

  @Test
  void hasSafeDefaults() {
    Config c = Config.defaults(HERE);
    assertThat(c.texts(Option.LISTEN_MQTTS)).containsExactly("*:8883");
    assertThat(c.texts(Option.INSECURE_PLAINTEXT)).isEmpty();
    assertThat(c.texts(Option.INSECURE_WEBSOCKET)).isEmpty();
    assertThat(c.flag(Option.INSECURE_ANONYMOUS)).isFalse();
    assertThat(c.text(Option.CLIENT_ID)).isEqualTo("same");
  }

  @Test
  void agreesWithTheDefaultsOfTheRooms() {
    Config c = Config.defaults(HERE);
    assertThat(c.limits()).isEqualTo(Limits.DEFAULT);
    assertThat(c.mqtt()).isEqualTo(MqttSettings.DEFAULT);
  }

  @Test
  void readsValuesWithTheirUnits() {
    Config c = parse("""
        listeners:
          mqtts: ["127.0.0.1:18883", "[::1]:18883"]
        mqtt:
          packet-bytes-max: 16MiB
          connect-deadline: 1500ms
        limits:
          session-expiry-max: 30d
          when-full: drop-newest
        insecure:
          anonymous: true
        tls:
          key: certs/server.key
        """);
    assertThat(c.texts(Option.LISTEN_MQTTS)).containsExactly("127.0.0.1:18883", "[::1]:18883");
    assertThat(c.count(Option.PACKET_BYTES_MAX)).isEqualTo(16 << 20);
    assertThat(c.duration(Option.CONNECT_DEADLINE)).isEqualTo(Duration.ofMillis(1_500));
    assertThat(c.duration(Option.SESSION_EXPIRY_MAX)).isEqualTo(Duration.ofDays(30));
    assertThat(c.limits().whenFull()).isEqualTo(Limits.WhenFull.DROP_NEWEST);
    assertThat(c.flag(Option.INSECURE_ANONYMOUS)).isTrue();
    assertThat(c.path(Option.TLS_KEY)).contains(HERE.resolve("certs/server.key"));
  }

  @Test
  void takesAFileOfCommentsAsDefaults() {
    assertThat(parse(OptionText.yaml()).limits()).isEqualTo(Limits.DEFAULT);
    assertThat(parse("").limits()).isEqualTo(Limits.DEFAULT);
    assertThat(parse("mqtt:\n").limits()).isEqualTo(Limits.DEFAULT);
  }

  @Test
  void readsTheCommentedFileWhenEveryCommentIsTakenAway() {
    String uncommented = OptionText.yaml().lines()
        .filter(l -> l.matches("#( {2})?[a-z-]+:.*"))
        .map(l -> l.substring(1))
        .reduce("", (a, b) -> a + b + "\n");
    Config c = parse(uncommented);
    for (Option o : Option.values()) {
      assertThat(uncommented).contains(o.path().substring(o.path().indexOf('.') + 1) + ":");
      assertThat(c.shown(o)).as(o.path()).isEqualTo(Config.defaults(HERE).shown(o));
    }
  }

  @Test
  void showsWhatItReadsBack() {
    Config c = parse("mqtt:\n  packet-bytes-max: 300000\n  connect-deadline: 90s\nlisteners:\n  wss: ['*:8884']\n");
    String shown = OptionText.yaml(c);
    assertThat(shown).contains("  packet-bytes-max: 300000  # not the default\n").contains("  topic-levels-max: 32\n");
    Config again = parse(shown);
    for (Option o : Option.values()) {
      assertThat(again.shown(o)).as(o.path()).isEqualTo(c.shown(o));
    }
  }

  @ParameterizedTest
  @EnumSource(Option.class)
  void everyOptionCanBeGivenItsDefault(Option o) {
    Config c = Config.defaults(HERE).with(o, o.byDefault());
    assertThat(c.shown(o)).isEqualTo(Config.defaults(HERE).shown(o));
    assertThat(o.help()).doesNotContain("  ").endsWith(".");
  }

  @Test
  void noOptionStandsThereTwice() {
    List<String> paths = Arrays.stream(Option.values()).map(Option::path).toList();
    assertThat(paths).doesNotHaveDuplicates().allMatch(p -> p.matches("[a-z-]+(\\.[a-z-]+)?"));
  }

  @Test
  void namesTheNearestKnownOption() {
    refuses("mqtt:\n  packet-byte-max: 3\n",
        "line 2, column 3: unknown option 'mqtt.packet-byte-max'; did you mean 'mqtt.packet-bytes-max'?");
    refuses("listener:\n  mqtts: []\n", "line 1, column 1: unknown option 'listener'; did you mean 'listeners'?");
    refuses("\nRules: rules.yaml\n", "line 2, column 1: unknown option 'Rules'; did you mean 'rules'?");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "mqtt|packet-bytes-max|3|give a value from 128 to 268435460",
      "mqtt|packet-bytes-max|lots|give a size such as 65536, 64KiB or 16MiB",
      "mqtt|packet-bytes-max|1MB|give a size such as 65536, 64KiB or 16MiB",
      "mqtt|packet-bytes-max|9999999999999999TiB|too large",
      "mqtt|packet-bytes-max|-1|give a size such as 65536, 64KiB or 16MiB",
      "mqtt|receive-maximum|0|give a value from 1 to 65535",
      "mqtt|receive-maximum|65536|give a value from 1 to 65535",
      "mqtt|receive-maximum|1e3|give a whole number from 1 to 65535",
      "mqtt|connect-deadline|10|give a duration such as 500ms, 10s, 5m, 1h or 7d",
      "mqtt|connect-deadline|1d|give a value from 500ms to 10m",
      "mqtt|connect-deadline|999999999999d|give a value from 500ms to 10m",
      "insecure|anonymous|yes|give true or false",
      "limits|when-full|block|give drop-oldest or drop-newest or refuse",
  })
  void saysWhatToGiveInstead(String group, String name, String value, String what) {
    refuses(group + ":\n  " + name + ": " + value + "\n",
        "line 2, column 3: " + group + "." + name + " = " + value + ": " + what);
  }

  @Test
  void refusesValuesOfTheWrongShape() {
    refuses("mqtt: 3\n", "line 1, column 1: mqtt is a group: give its options below it");
    refuses("mqtt:\n  receive-maximum: [1, 2]\n",
        "line 2, column 3: mqtt.receive-maximum: give one value, not a list");
    refuses("mqtt:\n  receive-maximum: {a: 1}\n",
        "line 2, column 3: mqtt.receive-maximum: give a value, not a group");
    refuses("listeners:\n  mqtts: [[a]]\n", "line 2, column 3: listeners.mqtts: give a list of texts");
    refuses("- a\n", "line 1, column 1: give options as 'group:' with 'name: value' below");
    refuses("just text", "line 1, column 1: give options as 'group:' with 'name: value' below");
  }

  @Test
  void refusesAnOptionThatStandsThereTwice() {
    refuses("mqtt:\n  receive-maximum: 1\n  receive-maximum: 2\n",
        "line 3, column 3: mqtt.receive-maximum stands there twice");
    refuses("mqtt:\n  receive-maximum: 1\nlog:\n  level: info\nmqtt:\n  topic-levels-max: 2\n",
        "line 5, column 1: mqtt stands there twice");
  }

  @Test
  void refusesMoreThanOneDocument() {
    refuses("log:\n  level: info\n---\nlog:\n  level: debug\n",
        "line 4, column 1: a second document: give all options in one");
  }

  @Test
  void explainsBrokenYamlWithItsPlace() {
    assertThatThrownBy(() -> parse("mqtt:\n  receive-maximum: 'abc\n"))
        .isInstanceOf(ConfigException.class).hasMessageStartingWith("line ");
    assertThatThrownBy(() -> parse("a: &x [*x]\nb: *x\n")).isInstanceOf(ConfigException.class);
  }

  @Test
  void namesTheFileInWhatItRefuses(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("trivet.yaml");
    assertThatThrownBy(() -> Config.read(file)).isInstanceOf(ConfigException.class)
        .hasMessage(file + ": there is no such file");
    Files.writeString(file, "mqtt:\n  packet-bytes-max: 3\n");
    assertThatThrownBy(() -> Config.read(file)).isInstanceOf(ConfigException.class).hasMessage(
        file + ": line 2, column 3: mqtt.packet-bytes-max = 3: give a value from 128 to 268435460");
    Files.write(file, new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> Config.read(file)).isInstanceOf(ConfigException.class)
        .hasMessage(file + ": larger than 1048576 bytes");
  }

  @Test
  void theCommandLineWinsOverTheFile() {
    Config c = parse("listeners:\n  mqtts: ['*:1']\n").with(Option.LISTEN_MQTTS, "127.0.0.1:2 [::1]:3");
    assertThat(c.texts(Option.LISTEN_MQTTS)).containsExactly("127.0.0.1:2", "[::1]:3");
    assertThatThrownBy(() -> c.with(Option.ACCEPT_RATE, "0")).isInstanceOf(ConfigException.class)
        .hasMessage("limits.accepts-per-second = 0: give a value from 1 to 1000000");
  }

  @Test
  void theReferenceIsUpToDate() throws IOException {
    assertThat(Files.readString(Path.of("../../docs/options.md")))
        .as("docs/options.md is made by: ./trivet options --markdown > docs/options.md")
        .isEqualTo(OptionText.markdown());
  }
}
