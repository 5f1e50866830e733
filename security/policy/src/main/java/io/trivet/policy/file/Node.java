package io.trivet.policy.file;

import java.util.List;
import java.util.Optional;

/// A value of a YAML file, with its place.
public sealed interface Node {
  Mark at();

  /// @param content where its first character stands, inside of quotes
  /// @param quoted whether it stood in quotes or in a block, so that it is a text whatever it looks like
  record Scalar(String text, Mark at, Mark content, boolean quoted) implements Node {
    public boolean isNothing() {
      return !quoted && (text.isEmpty() || text.equals("~") || text.equals("null"));
    }

    /// Where a character of the text stands in the file; good for texts without escapes.
    ///
    /// @param line from 1
    /// @param column from 0
    public Mark at(int line, int column) {
      return line <= 1 ? new Mark(content.line(), content.column() + Math.max(0, column))
          : new Mark(content.line() + line - 1, content.column() + Math.max(0, column));
    }
  }

  record Sequence(List<Node> items, Mark at) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  record Mapping(List<Entry> entries, Mark at) implements Node {
    public Mapping {
      entries = List.copyOf(entries);
    }

    public Optional<Node> find(String key) {
      return entries.stream().filter(e -> e.key().text().equals(key)).map(Entry::value).findFirst();
    }
  }

  record Entry(Scalar key, Node value) {}
}
