package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [Engine] keeps to.
abstract class EngineContract {
  Engine engine;

  /// A new one with nothing in it.
  abstract Engine open() throws IOException;

  @BeforeEach
  void openAnEmptyOne() throws IOException {
    engine = open();
  }

  @AfterEach
  void closeIt() {
    engine.close();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.ISO_8859_1);
  }

  void write(boolean synced, Consumer<Changes> what) throws IOException {
    Changes changes = new Changes();
    what.accept(changes);
    engine.write(changes, synced);
  }

  void put(Family family, String... keys) throws IOException {
    write(false, changes -> {
      for (String key : keys) {
        changes.put(family, bytes(key), bytes("value of " + key));
      }
    });
  }

  @Nullable String get(Family family, String key) throws IOException {
    return text(engine.get(family, bytes(key)));
  }

  List<String> keys(Family family, String from, String to) throws IOException {
    try (Engine.Cursor cursor = engine.scan(family, bytes(from), bytes(to))) {
      return rest(cursor);
    }
  }

  static List<String> rest(Engine.Cursor cursor) throws IOException {
    List<String> keys = new ArrayList<>();
    while (cursor.next()) {
      keys.add(text(cursor.key()));
    }
    return keys;
  }

  @Test
  void givesWhatWasPut() throws IOException {
    put(Family.META, "a", "b");
    assertThat(get(Family.META, "a")).isEqualTo("value of a");
    assertThat(get(Family.META, "b")).isEqualTo("value of b");
    assertThat(get(Family.META, "c")).isNull();
  }

  @Test
  void keepsEmptyKeysAndEmptyValues() throws IOException {
    write(true, changes -> {
      changes.put(Family.META, bytes(""), bytes("of the empty key"));
      changes.put(Family.META, bytes("k"), bytes(""));
    });
    assertThat(get(Family.META, "")).isEqualTo("of the empty key");
    assertThat(get(Family.META, "k")).isEmpty();
    assertThat(keys(Family.META, "", "z")).containsExactly("", "k");
  }

  @Test
  void keepsValuesOfAMegabyte() throws IOException {
    byte[] large = new byte[1 << 20];
    new java.util.Random(1).nextBytes(large);
    write(true, changes -> changes.put(Family.MESSAGES, bytes("large"), large));
    assertThat(engine.get(Family.MESSAGES, bytes("large"))).isEqualTo(large);
    engine.reopen();
    assertThat(engine.get(Family.MESSAGES, bytes("large"))).isEqualTo(large);
  }

  @Test
  void keepsFamiliesApart() throws IOException {
    for (Family family : Family.values()) {
      write(false, changes -> changes.put(family, bytes("key"), bytes(family.name())));
    }
    for (Family family : Family.values()) {
      assertThat(get(family, "key")).isEqualTo(family.name());
      assertThat(keys(family, "", "z")).containsExactly("key");
    }
    write(false, changes -> changes.deleteRange(Family.WILLS, bytes(""), bytes("z")));
    assertThat(get(Family.WILLS, "key")).isNull();
    assertThat(get(Family.RETAINED, "key")).isEqualTo("RETAINED");
  }

  @Test
  void letsTheLaterOfTwoChangesOnAKeyHold() throws IOException {
    write(false, changes -> {
      changes.put(Family.META, bytes("a"), bytes("first"));
      changes.put(Family.META, bytes("a"), bytes("second"));
      changes.put(Family.META, bytes("b"), bytes("gone"));
      changes.delete(Family.META, bytes("b"));
      changes.delete(Family.META, bytes("c"));
      changes.put(Family.META, bytes("c"), bytes("back"));
      changes.put(Family.META, bytes("d"), bytes("gone"));
      changes.deleteRange(Family.META, bytes("d"), bytes("f"));
      changes.put(Family.META, bytes("e"), bytes("back"));
    });
    assertThat(get(Family.META, "a")).isEqualTo("second");
    assertThat(keys(Family.META, "", "z")).containsExactly("a", "c", "e");
  }

  @Test
  void ordersKeysByUnsignedBytesWithTheShorterFirst() throws IOException {
    put(Family.META, "b", "\u00ff", "a\u0000", "a", "\u007f", "\u0080", "", "\u00ff\u0000", "aa");
    assertThat(keys(Family.META, "", "\u00ff\u00ff"))
        .containsExactly("", "a", "a\u0000", "aa", "b", "\u007f", "\u0080", "\u00ff", "\u00ff\u0000");
  }

  @Test
  void scansFromTheFirstBoundOnAndBeforeTheSecond() throws IOException {
    put(Family.INBOXES, "a", "b", "c", "d");
    assertThat(keys(Family.INBOXES, "b", "d")).containsExactly("b", "c");
    assertThat(keys(Family.INBOXES, "aa", "cc")).containsExactly("b", "c");
    assertThat(keys(Family.INBOXES, "e", "z")).isEmpty();
    assertThat(keys(Family.INBOXES, "b", "b")).isEmpty();
    assertThat(keys(Family.INBOXES, "d", "b")).isEmpty();
  }

  @Test
  void scansValuesBesideKeys() throws IOException {
    put(Family.INBOXES, "a", "b");
    try (Engine.Cursor cursor = engine.scan(Family.INBOXES, bytes("a"), bytes("z"))) {
      assertThat(cursor.next()).isTrue();
      assertThat(text(cursor.value())).isEqualTo("value of a");
      byte[] first = cursor.key();
      assertThat(cursor.next()).isTrue();
      assertThat(text(cursor.value())).isEqualTo("value of b");
      assertThat(text(first)).isEqualTo("a");
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.next()).isFalse();
    }
  }

  @Test
  void letsAScanSeeWhatWasThereWhenItBegan() throws IOException {
    put(Family.INBOXES, "a", "b", "c");
    try (Engine.Cursor cursor = engine.scan(Family.INBOXES, bytes(""), bytes("z"))) {
      write(false, changes -> {
        changes.delete(Family.INBOXES, bytes("b"));
        changes.put(Family.INBOXES, bytes("c"), bytes("new"));
        changes.put(Family.INBOXES, bytes("d"), bytes("new"));
      });
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.next()).isTrue();
      assertThat(text(cursor.key())).isEqualTo("b");
      assertThat(cursor.next()).isTrue();
      assertThat(text(cursor.value())).isEqualTo("value of c");
      assertThat(cursor.next()).isFalse();
    }
    assertThat(keys(Family.INBOXES, "", "z")).containsExactly("a", "c", "d");
  }

  @Test
  void findsTheLastKeyOfARange() throws IOException {
    put(Family.INBOXES, "a1", "a2", "b1", "b3");
    assertThat(text(engine.lastKey(Family.INBOXES, bytes("a"), bytes("b")))).isEqualTo("a2");
    assertThat(text(engine.lastKey(Family.INBOXES, bytes("b"), bytes("b3")))).isEqualTo("b1");
    assertThat(text(engine.lastKey(Family.INBOXES, bytes("b"), bytes("z")))).isEqualTo("b3");
    assertThat(engine.lastKey(Family.INBOXES, bytes("a3"), bytes("b1"))).isNull();
    assertThat(engine.lastKey(Family.INBOXES, bytes("c"), bytes("z"))).isNull();
    assertThat(engine.lastKey(Family.INBOXES, bytes("z"), bytes("a"))).isNull();
    write(false, changes -> changes.delete(Family.INBOXES, bytes("b3")));
    assertThat(text(engine.lastKey(Family.INBOXES, bytes("b"), bytes("z")))).isEqualTo("b1");
  }

  @Test
  void deletesARangeWithItsFirstAndWithoutItsEnd() throws IOException {
    put(Family.INBOXES, "a", "b", "c", "d");
    write(false, changes -> changes.deleteRange(Family.INBOXES, bytes("b"), bytes("d")));
    assertThat(keys(Family.INBOXES, "", "z")).containsExactly("a", "d");
    assertThat(get(Family.INBOXES, "b")).isNull();
    assertThat(text(engine.lastKey(Family.INBOXES, bytes(""), bytes("d")))).isEqualTo("a");
    engine.reopen();
    put(Family.INBOXES, "c");
    assertThat(keys(Family.INBOXES, "a\u0000", "d")).containsExactly("c");
  }

  @Test
  void deletesNothingWithARangeThatHoldsNothing() throws IOException {
    put(Family.INBOXES, "a", "b", "c");
    write(true, changes -> {
      changes.deleteRange(Family.INBOXES, bytes("b"), bytes("b"));
      changes.deleteRange(Family.INBOXES, bytes("c"), bytes("a"));
      changes.put(Family.INBOXES, bytes("d"), bytes(""));
    });
    assertThat(keys(Family.INBOXES, "", "z")).containsExactly("a", "b", "c", "d");
  }

  @Test
  void keepsSyncedWritesOverReopening() throws IOException {
    write(true, changes -> changes.put(Family.META, bytes("a"), bytes("1")));
    write(false, changes -> changes.put(Family.META, bytes("b"), bytes("2")));
    write(true, changes -> changes.put(Family.META, bytes("c"), bytes("3")));
    engine.reopen();
    assertThat(keys(Family.META, "", "z")).containsExactly("a", "b", "c");
    write(true, changes -> changes.delete(Family.META, bytes("a")));
    engine.reopen();
    assertThat(keys(Family.META, "", "z")).containsExactly("b", "c");
  }

  @Test
  void syncsWhatWasWrittenBeforeWithAnEmptyGroup() throws IOException {
    write(false, changes -> changes.put(Family.META, bytes("a"), bytes("1")));
    engine.write(new Changes(), true);
    engine.reopen();
    assertThat(keys(Family.META, "", "z")).containsExactly("a");
  }

  @Test
  void keepsAPrefixOfWhatWasNotSyncedOverReopening() throws IOException {
    for (int i = 0; i < 20; i++) {
      String key = String.format("%02d", i);
      write(i == 9, changes -> {
        changes.put(Family.META, bytes(key), bytes(""));
        changes.put(Family.INBOXES, bytes(key), bytes(""));
      });
    }
    engine.reopen();
    List<String> kept = keys(Family.META, "", "z");
    assertThat(kept).hasSizeBetween(10, 20);
    assertThat(kept.getLast()).isEqualTo(String.format("%02d", kept.size() - 1));
    assertThat(keys(Family.INBOXES, "", "z")).isEqualTo(kept);
  }

  @Test
  void showsAGroupToReadersWholeOrNotAtAll() throws Exception {
    try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
      CountDownLatch done = new CountDownLatch(1);
      List<Future<Integer>> halves = new ArrayList<>();
      for (int r = 0; r < 2; r++) {
        halves.add(readers.submit(() -> {
          int half = 0;
          while (done.getCount() > 0) {
            half += keys(Family.INBOXES, "", "z").size() % 2;
          }
          return half;
        }));
      }
      for (int i = 0; i < 500; i++) {
        int round = i;
        write(false, changes -> {
          if (round % 2 == 0) {
            changes.put(Family.INBOXES, bytes("a"), bytes(""));
            changes.put(Family.INBOXES, bytes("b"), bytes(""));
          } else {
            changes.deleteRange(Family.INBOXES, bytes("a"), bytes("c"));
          }
        });
      }
      done.countDown();
      for (Future<Integer> half : halves) {
        assertThat(half.get(10, TimeUnit.SECONDS)).isZero();
      }
    }
  }

  @Test
  void refusesEverythingOnceClosed() throws IOException {
    put(Family.META, "a");
    Engine.Cursor cursor = engine.scan(Family.META, bytes(""), bytes("z"));
    engine.close();
    engine.close();
    assertThatThrownBy(cursor::next).isInstanceOf(IOException.class);
    cursor.close();
    assertThatThrownBy(() -> engine.get(Family.META, bytes("a"))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> engine.scan(Family.META, bytes("a"), bytes("b"))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> engine.lastKey(Family.META, bytes("a"), bytes("b"))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> put(Family.META, "b")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> engine.reopen()).isInstanceOf(IOException.class);
  }

  @Test
  void endsScansWhenItIsReopened() throws IOException {
    put(Family.META, "a", "b");
    try (Engine.Cursor cursor = engine.scan(Family.META, bytes(""), bytes("z"))) {
      assertThat(cursor.next()).isTrue();
      engine.reopen();
      assertThatThrownBy(cursor::next).isInstanceOf(IOException.class);
      assertThat(text(cursor.key())).isEqualTo("a");
    }
  }

  @Test
  void survivesReadersThatAreStillThereWhenItCloses() throws Exception {
    write(false, changes -> {
      for (int i = 0; i < 2000; i++) {
        changes.put(Family.INBOXES, bytes(String.format("%05d", i)), bytes("value"));
      }
    });
    try (ExecutorService readers = Executors.newFixedThreadPool(3)) {
      CountDownLatch begun = new CountDownLatch(3);
      List<Future<?>> ends = new ArrayList<>();
      for (int r = 0; r < 3; r++) {
        ends.add(readers.submit(() -> {
          assertThatThrownBy(() -> {
            while (true) {
              assertThat(keys(Family.INBOXES, "", "z")).hasSize(2000);
              assertThat(get(Family.INBOXES, "00001")).isEqualTo("value");
              begun.countDown();
            }
          }).isInstanceOf(IOException.class);
        }));
      }
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      engine.close();
      for (Future<?> end : ends) {
        end.get(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void tellsHowMuchRoomTheDiskHas() throws IOException {
    assertThat(engine.usableBytes()).isPositive();
  }
}
