package io.trivet.server.coap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.coap.oscore.SequenceStore;
import io.trivet.identity.OwnerOnly;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far the sender sequence numbers of OSCORE's contexts may have been used, on disk before they are:
/// `{"version": 2, "floor": 0, "contexts": {"…": 1000}}`.
///
/// Version 1 named contexts by less than all that their keys are derived from. Its numbers become the floor, so that
/// none is used again under whatever name.
///
/// After a restore the numbers in a backup are old. So the first start after one raises the floor, below which no context
/// sends, by more than a server can have used since: 2³² of the 2⁴⁰ there are.
public final class SequencesFile implements SequenceStore {
  /// Beside the file: the data was restored from a backup.
  public static final String RESTORED = "restored";

  static final String NAME = "sequences";

  private static final Logger LOG = LoggerFactory.getLogger("trivet");
  private static final int VERSION = 2;
  private static final int VERSION_OF_SHORT_NAMES = 1;
  private static final int BYTES_MAX = 64 << 20;
  private static final long RAISE = 1L << 32;

  private final Path file;
  private final ExecutorService writer;
  private final Map<String, Long> reserved = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private long floor;

  private record Waiting(String contextId, long before, Consumer<Boolean> done) {}

  /// @param writer one thread, so that an older state never replaces a newer one
  SequencesFile(Path directory, ExecutorService writer) throws IOException {
    this.file = directory.resolve(NAME);
    this.writer = writer;
    boolean isOlder = Files.exists(file) && read();
    Path mark = directory.resolve(RESTORED);
    if (Files.exists(mark)) {
      floor += RAISE;
      OwnerOnly.write(file, print());
      Files.delete(mark);
    } else if (isOlder) {
      OwnerOnly.write(file, print());
    }
  }

  /// @return whether it is of the older version
  private boolean read() throws IOException {
    long size = Files.size(file);
    if (size > BYTES_MAX) {
      throw new IOException(file + ": " + size + " bytes, at most " + BYTES_MAX + " are read: this is not what the "
          + "server wrote; put back the file it wrote. Without it OSCORE would use numbers twice");
    }
    JsonNode root = Json.parse(Files.readString(file));
    int version = root.path("version").asInt();
    if (version != VERSION && version != VERSION_OF_SHORT_NAMES) {
      throw new IOException(file + ": version " + root.path("version") + ", this server knows " + VERSION);
    }
    floor = number(root, "floor");
    for (var e : root.path("contexts").properties()) {
      reserved.put(e.getKey(), number(root.path("contexts"), e.getKey()));
    }
    if (version == VERSION_OF_SHORT_NAMES) {
      floor = reserved.values().stream().reduce(floor, Math::max);
      reserved.clear();
    }
    return version == VERSION_OF_SHORT_NAMES;
  }

  private long number(JsonNode n, String field) throws IOException {
    JsonNode v = n.path(field);
    if (!v.isIntegralNumber() || !v.canConvertToLong() || v.asLong() < 0) {
      throw new IOException(file + ": " + field + " = " + v + " is no number of messages");
    }
    return v.asLong();
  }

  private byte[] print() {
    ObjectNode root = Json.object().put("version", VERSION).put("floor", floor);
    ObjectNode contexts = root.putObject("contexts");
    new TreeMap<>(reserved).forEach(contexts::put);
    return root.toPrettyString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized long unreserved(String contextId) {
    return Math.max(floor, reserved.getOrDefault(contextId, 0L));
  }

  @Override
  public void reserve(String contextId, long upTo, Consumer<Boolean> done) {
    boolean first;
    synchronized (this) {
      Long before = reserved.put(contextId, upTo);
      first = waiting.isEmpty();
      waiting.add(new Waiting(contextId, before == null ? 0 : before, done));
    }
    if (first) {
      writer.execute(this::write);
    }
  }

  @Override
  public synchronized void forget(String contextId) {
    boolean any = reserved.entrySet().removeIf(e -> {
      boolean its = e.getKey().equals(contextId) || e.getKey().startsWith(contextId + "/"); // with an id context
      if (its) {
        floor = Math.max(floor, e.getValue());
      }
      return its;
    });
    if (any) { // the same keys may come back, by an edit of the registry: never from the beginning
      if (waiting.isEmpty()) {
        writer.execute(this::write);
      }
    }
  }

  /// Writes what all who wait want, then tells them.
  private void write() {
    List<Waiting> told;
    byte[] content;
    synchronized (this) {
      told = List.copyOf(waiting);
      waiting.clear();
      content = print();
    }
    boolean kept = true;
    try {
      OwnerOnly.write(file, content);
    } catch (IOException e) {
      kept = false;
      LOG.error("{} could not be written: {}; OSCORE sends nothing that needs new sequence numbers", file,
          e.getMessage());
      synchronized (this) {
        told.forEach(w -> reserved.put(w.contextId, w.before));
      }
    }
    for (Waiting w : told) {
      w.done.accept(kept);
    }
  }
}
