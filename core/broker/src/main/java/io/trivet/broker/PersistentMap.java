package io.trivet.broker;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An immutable map whose changed copies share all but one path with the original: a hash array mapped trie
/// (Bagwell, "Ideal Hash Trees", 2001), 32-way, so that a change costs O(log n) and readers need no lock.
///
/// Keys of equal hash gather in a list at the bottom; hashes are spread once more than `hashCode` does, so that a
/// stranger who picks strings of equal hash costs at most a linear search among them, bounded by the limits above.
final class PersistentMap<K, V> {
  private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(null, 0);
  private static final int BITS = 5;
  private static final int DEEPEST = 30;

  private final @Nullable Object root; // Branch, Leaf or null
  private final int size;

  private PersistentMap(@Nullable Object root, int size) {
    this.root = root;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // an empty map holds no K and no V
  static <K, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  private record Leaf(int hash, Object key, Object value, @Nullable Leaf next) {}

  private record Branch(int bitmap, Object[] slots) {}

  @SuppressWarnings("unchecked") // only V are put in
  @Nullable V get(K key) {
    int hash = spread(key);
    Object at = root;
    int shift = 0;
    while (at instanceof Branch b) {
      int bit = 1 << (hash >>> shift & 31);
      if ((b.bitmap & bit) == 0) {
        return null;
      }
      at = b.slots[Integer.bitCount(b.bitmap & bit - 1)];
      shift += BITS;
    }
    for (Leaf l = (Leaf) at; l != null; l = l.next) {
      if (l.hash == hash && l.key.equals(key)) {
        return (V) l.value;
      }
    }
    return null;
  }

  PersistentMap<K, V> with(K key, V value) {
    int hash = spread(key);
    boolean known = get(key) != null;
    Object newRoot = root == null ? new Leaf(hash, key, value, null) : put(root, 0, hash, key, value);
    return new PersistentMap<>(newRoot, known ? size : size + 1);
  }

  PersistentMap<K, V> without(K key) {
    if (root == null || get(key) == null) {
      return this;
    }
    return size == 1 ? empty() : new PersistentMap<>(remove(root, 0, spread(key), key), size - 1);
  }

  void forEachValue(Consumer<? super V> visitor) {
    forEach((_, v) -> visitor.accept(v));
  }

  private static void visitLeaves(@Nullable Object at, Consumer<Leaf> visitor) {
    if (at instanceof Branch b) {
      for (Object slot : b.slots) {
        visitLeaves(slot, visitor); // at most seven deep
      }
    } else {
      for (Leaf l = (Leaf) at; l != null; l = l.next) {
        visitor.accept(l);
      }
    }
  }

  @SuppressWarnings("unchecked") // only K and V are put in
  void forEach(BiConsumer<? super K, ? super V> visitor) {
    visitLeaves(root, l -> visitor.accept((K) l.key, (V) l.value));
  }

  private static int spread(Object key) {
    int h = key.hashCode() * 0x9E3779B1;
    return h ^ h >>> 15;
  }

  private static Object put(Object at, int shift, int hash, Object key, Object value) {
    if (at instanceof Branch b) {
      int bit = 1 << (hash >>> shift & 31);
      int index = Integer.bitCount(b.bitmap & bit - 1);
      if ((b.bitmap & bit) == 0) {
        Object[] slots = new Object[b.slots.length + 1];
        System.arraycopy(b.slots, 0, slots, 0, index);
        slots[index] = new Leaf(hash, key, value, null);
        System.arraycopy(b.slots, index, slots, index + 1, b.slots.length - index);
        return new Branch(b.bitmap | bit, slots);
      }
      Object[] slots = b.slots.clone();
      slots[index] = put(slots[index], shift + BITS, hash, key, value);
      return new Branch(b.bitmap, slots);
    }
    Leaf leaf = (Leaf) at;
    if (leaf.hash == hash || shift > DEEPEST) {
      return new Leaf(hash, key, value, dropFromChain(leaf, key));
    }
    Branch split = new Branch(1 << (leaf.hash >>> shift & 31), new Object[] {leaf});
    return put(split, shift, hash, key, value);
  }

  /// Null when nothing is left below.
  private static @Nullable Object remove(Object at, int shift, int hash, Object key) {
    if (at instanceof Branch b) {
      int bit = 1 << (hash >>> shift & 31);
      int index = Integer.bitCount(b.bitmap & bit - 1);
      Object left = remove(b.slots[index], shift + BITS, hash, key);
      if (left == null) {
        if (b.slots.length == 1) {
          return null;
        }
        Object[] slots = new Object[b.slots.length - 1];
        System.arraycopy(b.slots, 0, slots, 0, index);
        System.arraycopy(b.slots, index + 1, slots, index, slots.length - index);
        return slots.length == 1 && slots[0] instanceof Leaf only ? only : new Branch(b.bitmap & ~bit, slots);
      }
      if (left instanceof Leaf && b.slots.length == 1) {
        return left;
      }
      Object[] slots = b.slots.clone();
      slots[index] = left;
      return new Branch(b.bitmap, slots);
    }
    return dropFromChain((Leaf) at, key);
  }

  private static @Nullable Leaf dropFromChain(Leaf chain, Object key) {
    Leaf kept = null;
    for (Leaf l = chain; l != null; l = l.next) {
      if (!l.key.equals(key)) {
        kept = new Leaf(l.hash, l.key, l.value, kept);
      }
    }
    return kept;
  }
}
