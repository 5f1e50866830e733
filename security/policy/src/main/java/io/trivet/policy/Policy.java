package io.trivet.policy;

import io.trivet.broker.Principal;
import io.trivet.broker.TopicName;
import io.trivet.policy.condition.Frame;
import io.trivet.policy.file.Action;
import io.trivet.policy.file.Mark;
import io.trivet.policy.file.On;
import io.trivet.policy.file.PolicyFile;
import io.trivet.policy.file.PolicyReader;
import io.trivet.policy.file.Rule;
import io.trivet.policy.file.Sources;
import io.trivet.policy.file.Who;
import io.trivet.policy.index.TopicIndex;
import io.trivet.policy.index.TopicPattern;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A policy ready to decide: rules of event, condition and action (SecKit; Neisse, Steri, Baldini, WiMob
/// 2014). Immutable but for the counts of what failed, and asked by many threads at once.
///
/// A rule is looked at where its event is the one asked about and its topic matches, found through a tree of
/// topics, so that what a decision costs depends on the rules that match and not on how many there are. All
/// of those are evaluated: any `deny` denies, else the longest `delay` delays, `modify` changes in file
/// order, `allow` permits; where none permits, the default decides, which is to deny. A condition that cannot
/// be evaluated denies.
public final class Policy {
  private static final int BYTES_MAX = 4 << 20;
  private static final String ADMIN = "admin";

  /// @param pattern null where the rule is about every topic
  record Entry(Rule rule, @Nullable TopicPattern pattern, boolean wide) {}

  record CountedEntry(Sources.Counted event, @Nullable TopicPattern pattern) {}

  private static final ThreadLocal<@Nullable Judge> JUDGES = new ThreadLocal<>();

  private final PolicyFile file;
  private final Map<On, TopicIndex<Entry>> ruled;
  private final Map<On, TopicIndex<CountedEntry>> counted;
  private final TopicIndex<Sources.DataClass> classes = new TopicIndex<>();
  private final TopicIndex<Sources.Context> fed = new TopicIndex<>();
  private final TopicIndex<Entry>[] tentative;
  private final LongAdder[] failed;
  private final Map<String, LongAdder> uncounted = new ConcurrentHashMap<>();
  private final boolean reacts;

  private Policy(PolicyFile file) {
    this.file = file;
    this.ruled = new HashMap<>();
    this.counted = new HashMap<>();
    for (Rule r : file.rules()) {
      add(r);
    }
    add(statistics(file.rules().size()));
    for (Sources.Counted c : file.sources().events()) {
      TopicIndex<CountedEntry> index = counted.computeIfAbsent(c.on(), _ -> new TopicIndex<>());
      c.topics().forEach(t -> index.add(t, false, new CountedEntry(c, t)));
      if (c.topics().isEmpty()) {
        index.addEverywhere(new CountedEntry(c, null));
      }
    }
    for (Sources.DataClass c : file.sources().classes()) {
      classes.add(c.topic(), false, c);
    }
    for (Sources.Context c : file.sources().context()) {
      fed.add(TopicPattern.parse(c.topic().toString()).orThrow(), false, c);
    }
    this.reacts = ruled.keySet().stream().anyMatch(on -> on.phase() == Phase.ACTUAL);
    this.tentative = byKind();
    this.failed = new LongAdder[file.rules().size() + 1];
    for (int i = 0; i < failed.length; i++) {
      failed[i] = new LongAdder();
    }
  }

  private void add(Rule r) {
    for (On on : r.on()) {
      TopicIndex<Entry> index = ruled.computeIfAbsent(on, _ -> new TopicIndex<>());
      boolean wide = r.denies();
      r.topics().forEach(t -> index.add(t, wide, new Entry(r, t, wide)));
      if (r.topics().isEmpty()) {
        index.addEverywhere(new Entry(r, null, wide));
      }
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be made otherwise
  private TopicIndex<Entry>[] byKind() {
    TopicIndex<Entry>[] all = new TopicIndex[EventKind.COUNT];
    for (EventKind k : EventKind.values()) {
      all[k.index()] = ruled.getOrDefault(new On(Phase.TENTATIVE, k), new TopicIndex<>());
    }
    return all;
  }

  /// The group `admin` sees the server's statistics, whatever the file says.
  private static Rule statistics(int order) {
    Mark at = Mark.START;
    return new Rule("built in", order, at, at, at,
        Set.of(new On(Phase.TENTATIVE, EventKind.SUBSCRIBE), new On(Phase.TENTATIVE, EventKind.DELIVER)),
        List.of(TopicPattern.parse("$SYS/#").orThrow()),
        new Who(Optional.empty(), Optional.of(ADMIN), Map.of(), false, true), Optional.empty(), Map.of(),
        List.of(new Action.Allow()), true);
  }

  /// @throws PolicyException with all that is wrong
  public static Policy parse(String text) throws PolicyException {
    return new Policy(PolicyReader.read(text));
  }

  /// @throws IOException where it cannot be read, or is too large or no UTF-8
  /// @throws PolicyException with all that is wrong in it
  public static Policy read(Path file) throws IOException, PolicyException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(file + ": larger than " + BYTES_MAX + " bytes");
    }
    try {
      return parse(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": no UTF-8", e);
    }
  }

  /// Whether any rule is about tentative events of that kind.
  public boolean isAbout(EventKind kind) {
    return ruled.containsKey(new On(Phase.TENTATIVE, kind));
  }

  /// Decides about a tentative event. Reads facts and changes none.
  public Outcome decide(Event event, Facts facts) {
    return judge(event, facts, null);
  }

  /// Decides as [#decide] does and says why.
  public Explanation explain(Event event, Facts facts) {
    List<Explanation.Step> steps = new ArrayList<>();
    Outcome outcome = judge(event, facts, steps);
    return new Explanation(event.toString(), steps, outcome);
  }

  /// Each thread keeps its judge of the policy that it asked last. Were it kept by the policy, the thread would
  /// hold every policy that ever was in force.
  private Judge judgeHere() {
    Judge j = JUDGES.get();
    if (j == null || !j.isOf(this)) {
      j = new Judge(this);
      JUDGES.set(j);
    }
    return j;
  }

  private Outcome judge(Event event, Facts facts, @Nullable List<Explanation.Step> steps) {
    if (event.phase() != Phase.TENTATIVE) {
      throw new IllegalArgumentException("what has happened is not decided about");
    }
    return judgeHere().decide(event, facts, steps);
  }

  /// Takes note of an event: counters of the file that are declared on it move, and where it has actually
  /// happened, what the rules want done is said.
  public List<Execution> happened(Event event, Facts facts) {
    if (counted.isEmpty() && (event.phase() == Phase.TENTATIVE || !reacts)) {
      return List.of();
    }
    return judgeHere().happened(event, facts);
  }

  /// How often a condition of each rule could not be evaluated, by the rule's name; only those where it
  /// happened.
  public Map<String, Long> failures() {
    Map<String, Long> found = new LinkedHashMap<>();
    for (Rule r : file.rules()) {
      long n = failed[r.order()].sum();
      if (n > 0) {
        found.put(r.name(), n);
      }
    }
    return found;
  }

  /// What it wants to be kept for it.
  public Declarations declarations() {
    Sources s = file.sources();
    return new Declarations(
        s.events().stream().map(e -> new Declarations.Counter(e.name(),
            Math.clamp(file.asked().greatest(e.name()) + 1, 1, Integer.MAX_VALUE),
            file.asked().horizon(e.name()))).toList(),
        s.context().stream().map(c -> new Declarations.Context(
            c.name(), c.type().toString(), c.topic(), c.path(), c.stale(), c.otherwise())).toList(),
        s.trust().stream().map(t -> new Declarations.Trust(t.aspect(), t.initial(), t.halfLife())).toList());
  }

  public int size() {
    return file.rules().size();
  }

  PolicyFile file() {
    return file;
  }

  /// How often an event was not counted because its key or condition could not be evaluated, by the event's
  /// name.
  public Map<String, Long> uncounted() {
    Map<String, Long> found = new TreeMap<>();
    uncounted.forEach((name, n) -> found.put(name, n.sum()));
    return found;
  }

  void uncounted(String event) {
    uncounted.computeIfAbsent(event, _ -> new LongAdder()).increment();
  }

  void failed(Rule r) {
    failed[r.order()].increment();
  }

  TopicIndex<Entry> rules(Event e) {
    return e.phase() == Phase.TENTATIVE ? tentative[e.kind().index()] : rules(new On(e.phase(), e.kind()));
  }

  TopicIndex<Entry> rules(On on) {
    return ruled.getOrDefault(on, NO_RULES);
  }

  TopicIndex<CountedEntry> counted(On on) {
    return counted.isEmpty() ? NO_COUNTERS : counted.getOrDefault(on, NO_COUNTERS);
  }

  /// Gives the names of the attributes of the context that a message on that topic sets.
  void fedBy(TopicName topic, Consumer<String> into) {
    if (fed.size() > 0) {
      fed.collect(topic, c -> {
        if (c.topic().matches(topic)) {
          into.accept(c.name());
        }
      });
    }
  }

  boolean feeds() {
    return fed.size() > 0;
  }

  boolean reactsOrCounts() {
    return !counted.isEmpty() || reacts;
  }

  private static final TopicIndex<Entry> NO_RULES = new TopicIndex<>();
  private static final TopicIndex<CountedEntry> NO_COUNTERS = new TopicIndex<>();

  List<String> classesOf(TopicName topic) {
    List<String> names = new ArrayList<>();
    classes.collect(topic, c -> {
      if (c.topic().matches(topic, Principal.ANONYMOUS, "")) {
        c.names().stream().filter(n -> !names.contains(n)).forEach(names::add);
      }
    });
    return names;
  }

  Frame frame() {
    return new Frame(file.declared().attributes(), this::classesOf);
  }
}
