package io.trivet.cli.ipsec;

import io.trivet.identity.OwnerOnly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Files that are written together or, where one is there already, not at all.
final class FileSet {
  private final Path root;
  private final Map<Path, String> files = new LinkedHashMap<>();

  FileSet(Path root) {
    this.root = root;
  }

  /// @param name below the root, with `/`
  void add(String name, String content) {
    files.put(root.resolve(name), content);
  }

  /// Those that are there already.
  List<Path> present() {
    return files.keySet().stream().filter(Files::exists).toList();
  }

  /// Each file and each directory that this makes is its owner's alone.
  void write() throws IOException {
    for (Map.Entry<Path, String> f : files.entrySet()) {
      Path dir = f.getKey().getParent();
      if (dir == null) {
        throw new AssertionError("below a root");
      }
      directories(dir);
      OwnerOnly.write(f.getKey(), f.getValue().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void directories(Path dir) throws IOException {
    Path parent = dir.getParent();
    if (!dir.equals(root) && parent != null) {
      directories(parent);
    }
    OwnerOnly.directory(dir);
  }
}
