package io.trivet.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The options for people to read: as a commented file to begin with, and as a reference.
public final class OptionText {
  private static final int WIDTH = 100;

  private OptionText() {}

  /// A `trivet.yaml` in which every option stands, commented out, at its default.
  public static String yaml() {
    StringBuilder out = new StringBuilder("""
        # Trivet's configuration. Every option stands here at its default, commented out: uncomment what you change.
        # `trivet config check` says whether the file is right; `trivet reload` makes a change take effect without
        # dropping a connection, for all options but those marked (restart).
        """);
    String group = "";
    for (Option o : Option.values()) {
      String own = o.path().contains(".") ? o.path().substring(0, o.path().indexOf('.')) : "";
      if (!own.equals(group)) {
        group = own;
        out.append('\n').append(own.isEmpty() ? "" : "#" + own + ":\n");
      }
      String indent = own.isEmpty() ? "" : "  ";
      for (String line : wrap(o.help() + range(o) + (o.reloads() ? "" : " (restart)"), WIDTH)) {
        out.append("#").append(indent).append("# ").append(line).append('\n');
      }
      String name = own.isEmpty() ? o.path() : o.path().substring(own.length() + 1);
      out.append('#').append(indent).append(name).append(": ").append(literal(o)).append('\n');
    }
    return out.toString();
  }

  /// In the largest unit that loses nothing.
  static String duration(Duration d) {
    long ms = d.toMillis();
    if (ms % 1_000 != 0) {
      return ms + "ms";
    }
    long s = ms / 1_000;
    if (s == 0 || s % 60 != 0) {
      return s + "s";
    }
    return s % 86_400 == 0 ? s / 86_400 + "d" : s % 3_600 == 0 ? s / 3_600 + "h" : s / 60 + "m";
  }

  /// In the largest unit that loses nothing.
  static String size(long bytes) {
    String[] units = {"", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    long n = bytes;
    while (unit < units.length - 1 && n != 0 && n % 1_024 == 0) {
      n /= 1_024;
      unit++;
    }
    return n + units[unit];
  }

  private static String literal(Option o) {
    if (o.kind() != Kind.TEXTS) {
      return o.byDefault().isEmpty() ? "\"\"" : o.byDefault();
    }
    return o.byDefault().isEmpty() ? "[]" : "[\"" + String.join("\", \"", o.byDefault().split(" ")) + "\"]";
  }

  /// Every option with the value it has, as a file that could be read again.
  public static String yaml(Config config) {
    StringBuilder out = new StringBuilder();
    String group = "";
    for (Option o : Option.values()) {
      String own = o.path().contains(".") ? o.path().substring(0, o.path().indexOf('.')) : "";
      if (!own.equals(group) && !own.isEmpty()) {
        out.append(own).append(":\n");
      }
      group = own;
      out.append(own.isEmpty() ? "" : "  ").append(own.isEmpty() ? o.path() : o.path().substring(own.length() + 1))
          .append(": ").append(config.shown(o));
      out.append(config.shown(o).equals(Config.defaults(Path.of("")).shown(o)) ? "\n" : "  # not the default\n");
    }
    return out.toString();
  }

  /// `mqtt.packet-bytes-max = 1MiB: what it does.` and its range.
  public static String oneLine(Option o) {
    return o.path() + " = " + literal(o) + "\n    " + String.join("\n    ",
        wrap(o.help() + range(o) + (o.reloads() ? "" : " (restart)"), WIDTH));
  }

  private static String range(Option o) {
    if (!o.words().isEmpty()) {
      return " One of " + String.join(", ", o.words()) + ".";
    }
    return o.least().isPresent() ? " From " + o.least().get() + " to " + o.most().orElse("") + "." : "";
  }

  private static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (line.length() + word.length() + 1 > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /// `docs/options.md`.
  public static String markdown() {
    StringBuilder out = new StringBuilder("""
        # Options
        Made from the table in `Option.java` by `trivet options --markdown`: change it there.

        Options stand in `trivet.yaml`, grouped by what comes before the dot: `mqtt.packet-bytes-max` is `packet-bytes-max`
        below `mqtt:`. An unknown option is refused and the nearest known one named. Relative paths begin at the file's
        directory. *Reload* says whether `trivet reload` (or SIGHUP) is enough.

        | Option | Default | Range | Reload | Meaning |
        |---|---|---|---|---|
        """);
    for (Option o : Option.values()) {
      String range = !o.words().isEmpty() ? String.join(", ", o.words())
          : o.least().isPresent() ? o.least().get() + " to " + o.most().orElse("") : o.kind().toString();
      String byDefault = o.byDefault().isEmpty() ? "none" : "`" + o.byDefault() + "`";
      out.append("| `").append(o.path()).append("` | ").append(byDefault).append(" | ").append(range).append(" | ")
          .append(o.reloads() ? "yes" : "restart").append(" | ").append(o.help()).append(" |\n");
    }
    return out.toString();
  }
}
