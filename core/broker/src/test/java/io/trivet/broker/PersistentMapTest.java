package io.trivet.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullMarked
class PersistentMapTest {
  /// @param hashes how many different hash codes there are: with few, keys collide down to the bottom
  private record Key(int id, int hashes) {
    @Override
    public int hashCode() {
      return id % hashes;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 37, 1_000_000})
  void behavesAsAHashMapThatForgetsNoVersion(int hashes) {
    Random random = new Random(hashes);
    PersistentMap<Key, Integer> map = PersistentMap.empty();
    Map<Key, Integer> model = new HashMap<>();
    PersistentMap<Key, Integer> kept = map;
    Map<Key, Integer> keptModel = Map.of();
    for (int step = 0; step < 4_000; step++) {
      Key key = new Key(random.nextInt(300), hashes);
      if (random.nextInt(3) == 0) {
        map = map.without(key);
        model.remove(key);
      } else {
        map = map.with(key, step);
        model.put(key, step);
      }
      if (step == 2_000) {
        kept = map;
        keptModel = Map.copyOf(model);
      }
      assertThat(map.get(key)).isEqualTo(model.get(key));
      assertThat(map.size()).isEqualTo(model.size());
    }
    assertThat(contents(map)).isEqualTo(model);
    assertThat(contents(kept)).isEqualTo(keptModel);
    for (Key key : model.keySet()) {
      map = map.without(key);
    }
    assertThat(map.isEmpty()).isTrue();
    assertThat(contents(map)).isEmpty();
  }

  private static Map<Key, Integer> contents(PersistentMap<Key, Integer> map) {
    Map<Key, Integer> all = new HashMap<>();
    map.forEach(all::put);
    return all;
  }
}
