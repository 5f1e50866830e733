package io.trivet.smqtt;

import io.trivet.base.Bytes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which publishers are known. Asked before any signature is checked, so it should answer from memory.
@FunctionalInterface
public interface Senders {
  Optional<Sender> find(String name, Bytes keyId);

  static Senders of(Collection<Sender> known) {
    Map<String, Map<Bytes, Sender>> byName = new HashMap<>();
    known.forEach(s -> byName.computeIfAbsent(s.name(), _ -> new HashMap<>()).put(s.keyId(), s));
    return (name, keyId) -> Optional.ofNullable(byName.getOrDefault(name, Map.of()).get(keyId));
  }

  static Senders of(Sender... known) {
    return of(List.of(known));
  }
}
