package io.trivet.lab.durability.power;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Builds a directory as it may stand after the power went: what was synced is there; of all else any part
/// may be, sector by sector and name by name.
///
/// Begins with an image of the directory, all of it on disk, and follows a journal from there on. The one who
/// asks decides how far, so that each moment of a run can be looked at.
public final class PowerLoss {
  private record Sync(Node node, int changes, Map<DirectoryNode, Integer> names) {}

  private final EntryRule rule;
  private final Predicate<String> negligible;
  private final DirectoryNode root = new DirectoryNode();
  private final Map<Integer, Node> open = new HashMap<>();
  private final Map<Long, Sync> syncs = new HashMap<>();
  private Damage damage = Damage.NONE;

  /// @param image the directory at the start
  /// @param negligible names of files that nobody reads again, such as logs: stdio may write them, and they
  ///     come out empty
  public PowerLoss(Path image, EntryRule rule, Predicate<String> negligible) throws IOException {
    this.rule = rule;
    this.negligible = negligible;
    readInto(root, image);
  }

  private static void readInto(DirectoryNode node, Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path p : entries.toList()) {
        String name = p.getFileName().toString();
        if (Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)) {
          DirectoryNode child = new DirectoryNode();
          readInto(child, p);
          node.contains(name, child);
        } else if (Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS)) {
          node.contains(name, new FileNode(Files.readAllBytes(p)));
        }
      }
    }
  }

  /// The process goes on to do these, in this order.
  public PowerLoss follow(List<Operation> operations) {
    operations.forEach(this::follow);
    return this;
  }

  private void follow(Operation operation) {
    switch (operation) {
      case Operation.Open o -> open(o);
      case Operation.Close(int fd) -> open.remove(fd);
      case Operation.Write(int fd, long offset, var data) -> file(fd).write(offset, data.toArray());
      case Operation.Resize(int fd, long size) -> file(fd).resize(size);
      case Operation.ResizePath(String path, long size) -> ((FileNode) node(path)).resize(size);
      case Operation.Grow(int fd, long size) -> file(fd).grow(size);
      case Operation.Rename(String from, String to) -> rename(from, to);
      case Operation.Unlink(String path) -> parent(path).remove(name(path));
      case Operation.Link(String from, String to) -> parent(to).put(name(to), node(from));
      case Operation.MakeDirectory(String path) -> {
        if (!path.isEmpty()) {
          parent(path).put(name(path), new DirectoryNode());
        }
      }
      case Operation.RemoveDirectory(String path) -> parent(path).remove(name(path));
      case Operation.SyncBegin(int fd, long ticket) -> syncs.put(ticket, syncBegun(opened(fd)));
      case Operation.SyncEnd(_, long ticket) -> syncEnded(ticket);
      case Operation.Duplicate(int from, int to) -> open.put(to, opened(from));
      case Operation.StdioByPath(String path) -> stdio(path);
      case Operation.StdioByDescriptor(int fd) -> file(fd).forgetContent();
      case Operation.Unsupported(String what) ->
          throw new AssertionError("what a power loss leaves of this cannot be told: " + what);
    }
  }

  private void open(Operation.Open o) {
    Node node = o.path().isEmpty() ? root : parent(o.path()).entry(name(o.path()));
    if (node == null) {
      if (!o.created()) {
        throw new AssertionError(o + " opens what the journal does not know");
      }
      node = new FileNode(new byte[0]);
      parent(o.path()).put(name(o.path()), node);
    } else if (o.truncated()) {
      ((FileNode) node).resize(0);
    }
    open.put(o.fd(), node);
  }

  private void rename(String from, String to) {
    Node node = node(from);
    if (parent(from) == parent(to)) {
      parent(from).rename(name(from), name(to), node);
    } else {
      parent(to).put(name(to), node);
      parent(from).remove(name(from));
    }
  }

  private void stdio(String path) {
    Node node = parent(path).entry(name(path));
    if (node == null) {
      node = new FileNode(new byte[0]);
      parent(path).put(name(path), node);
    }
    ((FileNode) node).forgetContent();
  }

  private Sync syncBegun(Node node) {
    Map<DirectoryNode, Integer> names = new HashMap<>();
    if (rule == EntryRule.EXT4 && node instanceof FileNode) {
      collectNames(root, names);
    }
    return new Sync(node, node.changes(), names);
  }

  private static void collectNames(DirectoryNode node, Map<DirectoryNode, Integer> names) {
    names.put(node, node.changes());
    for (Node n : node.entries()) {
      if (n instanceof DirectoryNode child) {
        collectNames(child, names);
      }
    }
  }

  private void syncEnded(long ticket) {
    Sync sync = syncs.remove(ticket);
    if (sync == null) {
      throw new AssertionError("the end of a sync that never began: " + ticket);
    }
    sync.node.becomesCertain(sync.changes);
    sync.names.forEach(Node::becomesCertain);
  }

  /// The power goes now: makes `directory` one of those that may be found.
  ///
  /// @param directory emptied first
  public Damage strike(Path directory, Random random) throws IOException {
    damage = Damage.NONE;
    clear(directory);
    Map<Node, FileNode.Survivor> survivors = new HashMap<>();
    write(root, directory, random, survivors);
    return damage;
  }

  private void write(DirectoryNode node, Path to, Random random, Map<Node, FileNode.Survivor> survivors)
      throws IOException {
    DirectoryNode.Survivor left = node.survive(random);
    damage = damage.plus(left.damage());
    for (Map.Entry<String, Node> e : left.entries().entrySet()) {
      Path path = to.resolve(e.getKey());
      switch (e.getValue()) {
        case DirectoryNode d -> {
          // No more than the owner may, as a server that keeps keys insists on.
          Files.createDirectory(path, ownerMay("rwx------"));
          write(d, path, random, survivors);
        }
        case FileNode f -> {
          if (f.isContentUnknown() && !negligible.test(e.getKey())) {
            throw new AssertionError(e.getKey() + " was written by stdio, which is not followed");
          }
          // A file with two names is the same under both.
          FileNode.Survivor file = survivors.computeIfAbsent(f, _ -> f.survive(random));
          damage = damage.plus(file.damage());
          Files.createFile(path, ownerMay("rw-------"));
          Files.write(path, file.content());
        }
      }
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> ownerMay(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  private static void clear(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path p : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!p.equals(directory)) {
          Files.delete(p);
        }
      }
    }
  }

  private Node opened(int fd) {
    Node node = open.get(fd);
    if (node == null) {
      throw new AssertionError("descriptor " + fd + " is not open");
    }
    return node;
  }

  private FileNode file(int fd) {
    return (FileNode) opened(fd);
  }

  private Node node(String path) {
    Node node = path.isEmpty() ? root : parent(path).entry(name(path));
    if (node == null) {
      throw new AssertionError("the journal does not know " + path);
    }
    return node;
  }

  private DirectoryNode parent(String path) {
    int slash = path.lastIndexOf('/');
    return (DirectoryNode) node(slash < 0 ? "" : path.substring(0, slash));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
