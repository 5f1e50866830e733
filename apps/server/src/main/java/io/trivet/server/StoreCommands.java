package io.trivet.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.local.EngineStats;
import io.trivet.local.LocalStore;
import io.trivet.local.Progress;
import io.trivet.local.StoreFiles;
import io.trivet.server.admin.AdminException;
import io.trivet.server.admin.Json;
import io.trivet.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/// Administration of what the running server keeps.
final class StoreCommands {
  private final Stored stored;
  private final DataDirectory data;
  private final Consumer<Path> restore;

  /// @param restore has the server stop, take the backup's place and start again
  StoreCommands(Stored stored, DataDirectory data, Consumer<Path> restore) {
    this.stored = stored;
    this.data = data;
    this.restore = restore;
  }

  Map<String, Function<JsonNode, ObjectNode>> all() {
    return Map.of("backup", this::backup, "restore", this::restore, "store.check", _ -> check(),
        "store.stats", _ -> stats());
  }

  private StoreFiles files() {
    return stored.local().flatMap(LocalStore::files).orElseThrow(() -> new AdminException(
        "nothing is kept on disk: store.durability is " + stored.durability()));
  }

  private ObjectNode backup(JsonNode a) {
    Path file = Path.of(a.path("file").asText());
    if (Files.exists(file) && !a.path("force").asBoolean()) {
      throw new AdminException(file + " exists already: name another file, or give --force to replace it");
    }
    try {
      files().backup(file, Restoration.extras(data), Progress.NONE);
      Restoration.onlyForOwner(file); // it holds keys
      return Json.object().put("file", file.toString()).put("bytes", Files.size(file));
    } catch (IOException e) {
      throw new AdminException(file + ": no backup was made: " + e.getMessage(), e);
    }
  }

  private ObjectNode restore(JsonNode a) {
    files();
    Path file = Path.of(a.path("file").asText());
    try {
      Restoration.verify(file);
    } catch (ConfigException e) {
      throw new AdminException(e.getMessage() + "; the server goes on as before", e);
    }
    restore.accept(file);
    return Json.object();
  }

  private ObjectNode check() {
    try {
      ObjectNode n = Json.object();
      ArrayNode damaged = n.putArray("damaged");
      files().check(Progress.NONE).forEach(damaged::add);
      return n;
    } catch (IOException e) {
      throw new AdminException("the store could not be read: " + e.getMessage(), e);
    }
  }

  private ObjectNode stats() {
    try {
      ObjectNode n = Json.object();
      numbers().forEach(n::put);
      EngineStats sizes = files().sizes();
      n.put("disk-bytes", sizes.diskBytes()).put("memory-bytes", sizes.memoryBytes()).put("tables", sizes.tables())
          .put("log-bytes", sizes.logBytes()).put("pending-compaction-bytes", sizes.pendingCompactionBytes())
          .put("writers", sizes.stall().name().toLowerCase(Locale.ROOT));
      ObjectNode entries = n.putObject("records");
      new TreeMap<>(sizes.entries()).forEach(entries::put);
      return n;
    } catch (IOException e) {
      throw new AdminException("the store could not be asked: " + e.getMessage(), e);
    }
  }

  private Map<String, Long> numbers() {
    Map<String, Long> n = new TreeMap<>();
    stored.numbers().forEach((name, value) -> n.put(name.replace('_', '-'), value));
    return n;
  }
}
