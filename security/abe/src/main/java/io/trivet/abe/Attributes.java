package io.trivet.abe;

import io.trivet.base.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a key's holder is, or what a message is about: `role:nurse, ward:7, level=3`. Names are written as in
/// a [Policy]; the canonical form has each once, in the order of their UTF-8 bytes, a name alone before the
/// same with a number.
public final class Attributes {
  /// Names, with a number or alone.
  public static final int COUNT_MAX = 64;

  /// What the scheme knows as attributes: one for a name alone, for a number twice as many as it has bits.
  public static final int ELEMENTS_MAX = 128;

  private static final String RULE = "attributes";
  private static final Comparator<String> BY_BYTES =
      (a, b) ->
          Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private final SortedSet<String> names;
  private final SortedMap<String, Long> numbers;
  private final SequencedSet<Atom> atoms;
  private final String canonical;

  private Attributes(SortedSet<String> names, SortedMap<String, Long> numbers) {
    this.names = Collections.unmodifiableSortedSet(names);
    this.numbers = Collections.unmodifiableSortedMap(numbers);
    SequencedSet<Atom> known = new LinkedHashSet<>();
    List<String> written = new ArrayList<>();
    TreeSet<String> all = new TreeSet<>(BY_BYTES);
    all.addAll(names);
    all.addAll(numbers.keySet());
    for (String name : all) {
      if (names.contains(name)) {
        known.add(new Atom.Held(name));
        written.add(Names.written(name));
      }
      Long number = numbers.get(name);
      if (number != null) {
        known.addAll(Numbers.held(name, number));
        written.add(Names.written(name) + "=" + number);
      }
    }
    this.atoms = Collections.unmodifiableSequencedSet(known);
    this.canonical = String.join(", ", written);
  }

  public static Parsed<Attributes> parse(String text) {
    try {
      return Parsed.valid(read(text));
    } catch (Scanner.Stopped e) {
      return Parsed.invalid(RULE, e.in(text).line());
    }
  }

  /// Where and why [#parse(String)] refuses the text; empty where it does not.
  public static Optional<Misreading> misreading(String text) {
    try {
      read(text);
      return Optional.empty();
    } catch (Scanner.Stopped e) {
      return Optional.of(e.in(text));
    }
  }

  private static Attributes read(String text) throws Scanner.Stopped {
    Scanner in = new Scanner(text);
    TreeSet<String> names = new TreeSet<>(BY_BYTES);
    TreeMap<String, Long> numbers = new TreeMap<>(BY_BYTES);
    int elements = 0;
    while (true) {
      int at = in.peek().at();
      elements += attribute(in, names, numbers);
      if (names.size() + numbers.size() > COUNT_MAX) {
        throw new Scanner.Stopped(at, "more than " + COUNT_MAX + " attributes");
      }
      if (elements > ELEMENTS_MAX) {
        throw new Scanner.Stopped(
            at, "up to here " + elements + " elements, where " + ELEMENTS_MAX
                + " may be; a number counts twice as many as it has bits");
      }
      if (in.peek() instanceof Token.End) {
        Attributes whole = new Attributes(names, numbers);
        Scanner.checkLength(whole.canonical);
        return whole;
      }
      in.expect(",", "between attributes");
    }
  }

  /// @return how many elements came with it
  private static int attribute(Scanner in, SortedSet<String> names, SortedMap<String, Long> numbers)
      throws Scanner.Stopped {
    if (!(in.peek() instanceof Token.Name name)) {
      throw new Scanner.Stopped(in.peek().at(), "expected a name, found " + in.seen());
    }
    if (!name.quoted() && Names.isKeyword(name.text())) {
      throw new Scanner.Stopped(
          name.at(), "expected a name, found '" + name.text() + "', which must stand in quotes to be one");
    }
    in.take();
    if (!in.isSign("=")) {
      return names.add(name.text()) ? 1 : 0;
    }
    in.take();
    if (!(in.peek() instanceof Token.Figure(int at, long value))) {
      throw new Scanner.Stopped(in.peek().at(), "expected a number after '=', found " + in.seen());
    }
    in.take();
    Long before = numbers.putIfAbsent(name.text(), value);
    if (before == null) {
      return Numbers.held(name.text(), value).size();
    }
    if (before != value) {
      // With two numbers a holder would satisfy what neither does: at most 3 and at least 7.
      throw new Scanner.Stopped(at, "'" + name.text() + "' has the number " + before + " already");
    }
    return 0;
  }

  SortedSet<String> names() {
    return names;
  }

  SortedMap<String, Long> numbers() {
    return numbers;
  }

  /// What the scheme knows as attributes, in the order in which keys and ciphertexts have their elements.
  SequencedSet<Atom> atoms() {
    return atoms;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Attributes a && a.canonical.equals(canonical);
  }

  @Override
  public int hashCode() {
    return canonical.hashCode();
  }

  /// The canonical form.
  @Override
  public String toString() {
    return canonical;
  }
}
