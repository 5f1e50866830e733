package io.trivet.policy.trust;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Any bytes as a snapshot: refused with a reason, or tables whose answers lie from 0 to 1. Run with `JAZZER_FUZZ=1` to
/// search; otherwise the seeds are replayed.
class TrustFuzzTest {
  private static final List<Aspect> ASPECTS = List.of(
      new Aspect("identity", Map.of("mtls", 0.9), Optional.of(Duration.ofDays(1)), 2),
      new Aspect("behaviour", Map.of(), Optional.empty(), 2));

  private static boolean trust(byte[] data) {
    return switch (TrustTable.restored(Bytes.wrap(data), ASPECTS, 100, 5, 5)) {
      case Parsed.Invalid<TrustTable>(String _, String what) -> {
        assertThat(what).isNotEmpty();
        yield false;
      }
      case Parsed.Valid<TrustTable>(TrustTable t) -> {
        assertThat(t.subjects()).isLessThanOrEqualTo(100);
        for (String s : t.ordered()) {
          t.raise(s, "identity", -0.5, 6);
          for (Aspect a : ASPECTS) {
            assertThat(t.trust(s, a.name(), 6).orElseThrow()).isBetween(0.0, 1.0);
          }
        }
        yield true;
      }
    };
  }

  private static boolean risk(byte[] data) {
    return switch (RiskTable.restored(Bytes.wrap(data), new RiskTable(4, Duration.ofHours(1), 10), 5, 5)) {
      case Parsed.Invalid<RiskTable>(String _, String what) -> {
        assertThat(what).isNotEmpty();
        yield false;
      }
      case Parsed.Valid<RiskTable>(RiskTable t) -> {
        assertThat(t.names()).isLessThanOrEqualTo(10);
        for (String s : t.ordered()) {
          assertThat(t.risk(s, 6)).isBetween(0.0, 1.0);
        }
        assertThat(t.level("anybody", 6)).isBetween(0, 4);
        yield true;
      }
    };
  }

  @FuzzTest
  void readsTrust(byte[] data) {
    trust(data);
  }

  @FuzzTest
  void readsRisks(byte[] data) {
    risk(data);
  }

  @Test
  void livesThroughMutationsOfRealSnapshots() {
    TrustTable t = new TrustTable(ASPECTS, 100);
    RiskTable r = new RiskTable(4, Duration.ofHours(1), 10);
    for (int i = 0; i < 20; i++) {
      t.authenticated("s" + i, "mtls", i);
      t.raise("s" + i, i % 2 == 0 ? "identity" : "behaviour", -0.2, i);
      r.raise("s" + i, 0.3, i);
    }
    byte[] trust = t.snapshot(30, 1).toArray();
    byte[] risk = r.snapshot(30, 1).toArray();
    assertThat(trust(trust.clone())).isTrue();
    assertThat(risk(risk.clone())).isTrue();
    Random random = new Random(9);
    int taken = 0;
    for (int i = 0; i < 5_000; i++) {
      taken += trust(mutated(trust, random)) ? 1 : 0;
      taken += risk(mutated(risk, random)) ? 1 : 0;
    }
    assertThat(taken).isBetween(1, 9_999);
  }

  private static byte[] mutated(byte[] whole, Random random) {
    byte[] m = whole.clone();
    for (int k = random.nextInt(3); k >= 0; k--) {
      m[random.nextInt(m.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return m;
  }
}
