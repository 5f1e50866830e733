package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.abe.curve.Curve;
import io.trivet.abe.curve.G1;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Hashed attributes are kept, but not more than so many.
class HashesTest {
  private final List<byte[]> hashed = new ArrayList<>();

  private record Point(int number) implements G1 {
    @Override
    public void wipe() {}
  }

  private final Hashes hashes =
      new Hashes(
          (Curve)
              Proxy.newProxyInstance(
                  Curve.class.getClassLoader(),
                  new Class<?>[] {Curve.class},
                  (_, method, arguments) -> {
                    if (!method.getName().equals("hash")) {
                      throw new AssertionError(method.getName());
                    }
                    hashed.add((byte[]) arguments[0]);
                    return new Point(hashed.size());
                  }));

  private G1 of(int i) {
    return hashes.of(new Atom.Held("a" + i));
  }

  @Test
  void eachIsHashedOnce() {
    G1 first = of(1);
    of(2);
    assertThat(of(1)).isSameAs(first);
    assertThat(hashed).hasSize(2);
  }

  @Test
  void theOneUnusedLongestGivesWay() {
    for (int i = 0; i < Hashes.KEPT_MAX; i++) {
      of(i);
    }
    G1 used = of(0);
    of(Hashes.KEPT_MAX);
    assertThat(hashed).hasSize(Hashes.KEPT_MAX + 1);
    assertThat(of(0)).isSameAs(used);
    of(1);
    assertThat(hashed).hasSize(Hashes.KEPT_MAX + 2);
  }
}
