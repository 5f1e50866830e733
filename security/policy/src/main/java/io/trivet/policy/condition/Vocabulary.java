package io.trivet.policy.condition;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import io.trivet.base.Parsed;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Checks and compiles the conditions of one file against what they may read. An attribute that the file does
/// not declare, a comparison of a text with a number, the name of an event that nobody counts: all are found
/// here, not when a message comes.
///
/// Bounds: [#TEXT_MAX] characters, [#NODES_MAX] nodes, [#ITERATIONS_MAX] steps of all its loops together.
/// Patterns are RE2, so linear in what they are matched with, and must stand in the condition itself: one
/// that came with a message would be the sender's.
public final class Vocabulary {
  public static final int TEXT_MAX = 8_192;
  private static final int NODES_MAX = 1_000;
  private static final int DEPTH_MAX = 48;
  private static final int ITERATIONS_MAX = 1_000;
  private static final int PATTERN_MAX = 256;
  private static final int PATTERN_PROGRAM_MAX = 1_000;

  static final String FRAME = "@frame";
  static final String PARAM = "param";
  static final String CONTEXT = "ctx.";
  static final String TRUST = "trust.";

  private static final String ATTRIBUTES_TYPE = "trivet.Attributes";
  private static final String PARAMS_TYPE = "trivet.Parameters";

  private static final CelOptions OPTIONS = CelOptions.current()
      .enableHeterogeneousNumericComparisons(true)
      .enableReservedIds(true)
      .maxExpressionCodePointSize(TEXT_MAX)
      .maxParseExpressionNodeCount(NODES_MAX)
      .maxParseRecursionDepth(DEPTH_MAX)
      .maxParseErrorRecoveryLimit(8)
      .comprehensionMaxIterations(ITERATIONS_MAX)
      .maxRegexProgramSize(PATTERN_PROGRAM_MAX)
      .errorOnDuplicateMapKeys(true)
      .errorOnIntWrap(true)
      .build();

  private final Declared declared;
  private final Counters counters;
  private final Asked asked = new Asked();
  private final Map<Map<String, ValueType>, Cel> environments = new HashMap<>();
  private final Map<Key, Parsed<Condition>> compiled = new HashMap<>();

  private record Key(String text, Map<String, ValueType> params, boolean truth) {}

  public Vocabulary(Declared declared) {
    this.declared = declared;
    this.counters = new Counters(declared);
  }

  /// What is wrong with a condition: `rule` holds `line:column`, lines from 1 and columns from 0.
  private static <T> Parsed<T> wrong(int line, int column, String what) {
    return Parsed.invalid(line + ":" + column, what);
  }

  /// What all conditions compiled so far ask of counters.
  public Asked asked() {
    return asked;
  }

  /// A condition that is true or false.
  ///
  /// @param params of the template it stands in
  public Parsed<Condition> condition(String text, Map<String, ValueType> params) {
    return compiled.computeIfAbsent(new Key(text, Map.copyOf(params), true), this::compile);
  }

  /// An expression that gives a value, such as the key of a counter.
  public Parsed<Condition> expression(String text, Map<String, ValueType> params) {
    return compiled.computeIfAbsent(new Key(text, Map.copyOf(params), false), this::compile);
  }

  private Parsed<Condition> compile(Key key) {
    if (key.text.length() > TEXT_MAX) {
      return wrong(1, 0, "a condition of " + key.text.length() + " characters, at most " + TEXT_MAX + " are taken");
    }
    if (key.text.isBlank()) {
      return wrong(1, 0, "an empty condition; leave it out");
    }
    int place = key.text.indexOf("${");
    if (place >= 0) {
      return wrong(1, place, "${...} stands in topics; in a condition write param.NAME for a parameter");
    }
    Cel cel = environments.computeIfAbsent(key.params, this::environment);
    try {
      CelAbstractSyntaxTree ast = cel.compile(key.text).getAst();
      if (key.truth && !ast.getResultType().equals(SimpleType.BOOL) && !ast.getResultType().equals(SimpleType.DYN)) {
        return wrong(1, 0, "a condition is true or false; this gives " + ast.getResultType().name());
      }
      asked.note(ast);
      Parsed<Set<String>> reads = reads(ast);
      return switch (reads) {
        case Parsed.Invalid<Set<String>> w -> w.cast();
        case Parsed.Valid<Set<String>>(Set<String> names) ->
            Parsed.valid(new Condition(key.text, cel.createProgram(ast), Shortcut.of(ast), names));
      };
    } catch (CelValidationException e) {
      CelIssue first = e.getErrors().getFirst();
      return wrong(first.getSourceLocation().getLine(), first.getSourceLocation().getColumn(),
          clear(first.getMessage()));
    } catch (CelEvaluationException e) {
      return wrong(1, 0, clear(String.valueOf(e.getMessage())));
    } catch (RuntimeException | StackOverflowError e) {
      // The library refuses some constants, such as a number out of range, by exceptions of its own.
      return wrong(1, 0, "no condition: " + clear(String.valueOf(e.getMessage())));
    }
  }

  private static final Pattern CONTAINER = Pattern.compile(" \\(in container '[^']*'\\)");

  private static String clear(String message) {
    String line = CONTAINER.matcher(message.lines().findFirst().orElse("wrong")).replaceAll("");
    return line.length() > 300 ? line.substring(0, 300) + "..." : line;
  }

  private Cel environment(Map<String, ValueType> params) {
    CelBuilder b = CelFactory.plannerCelBuilder()
        .setOptions(OPTIONS)
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .setTypeProvider(types(params));
    CelType texts = ListType.create(SimpleType.STRING);
    CelType textByText = MapType.create(SimpleType.STRING, SimpleType.STRING);
    b.addVar("subject.id", SimpleType.STRING)
        .addVar("subject.client", SimpleType.STRING)
        .addVar("subject.roles", texts)
        .addVar("subject.anonymous", SimpleType.BOOL)
        .addVar("subject.attr", declared.attributes().isEmpty()
            ? textByText : StructTypeReference.create(ATTRIBUTES_TYPE))
        .addVar("topic", SimpleType.STRING)
        .addVar("levels", texts)
        .addVar("event.kind", SimpleType.STRING)
        .addVar("message.qos", SimpleType.INT)
        .addVar("message.retain", SimpleType.BOOL)
        .addVar("message.size", SimpleType.INT)
        .addVar("message.content_type", SimpleType.STRING)
        .addVar("message.publisher", SimpleType.STRING)
        .addVar("message.user", textByText)
        .addVar("payload", SimpleType.DYN)
        .addVar("data.classes", texts)
        .addVar("peer.address", SimpleType.STRING)
        .addVar("peer.prefix", SimpleType.STRING)
        .addVar("peer.transport", SimpleType.STRING)
        .addVar("now", SimpleType.TIMESTAMP)
        .addVar("risk", SimpleType.DOUBLE)
        .addVar(FRAME, Counters.FRAME_TYPE);
    declared.context().forEach((name, type) -> b.addVar(CONTEXT + name, type.cel()));
    declared.trust().forEach(aspect -> b.addVar(TRUST + aspect, SimpleType.DOUBLE));
    if (!params.isEmpty()) {
      b.addVar(PARAM, StructTypeReference.create(PARAMS_TYPE));
    }
    counters.declare(b);
    return b.build();
  }

  @SuppressWarnings("Immutable") // the map is made here and never changed
  private CelTypeProvider types(Map<String, ValueType> params) {
    Map<String, CelType> known = new HashMap<>();
    known.put(ATTRIBUTES_TYPE, struct(ATTRIBUTES_TYPE, declared.attributes()));
    known.put(PARAMS_TYPE, struct(PARAMS_TYPE, params));
    return new CelTypeProvider() {
      @Override
      public ImmutableCollection<CelType> types() {
        return ImmutableList.copyOf(known.values());
      }

      @Override
      public Optional<CelType> findType(String name) {
        return Optional.ofNullable(known.get(name));
      }
    };
  }

  @SuppressWarnings("Immutable") // what is declared are copies that nobody changes
  private static CelType struct(String name, Map<String, ValueType> fields) {
    return StructType.create(name, ImmutableSet.copyOf(fields.keySet()),
        field -> Optional.ofNullable(fields.get(field)).map(ValueType::cel));
  }

  /// The variables it reads; refused where it holds a pattern that is no constant or no pattern.
  private static Parsed<Set<String>> reads(CelAbstractSyntaxTree ast) {
    Set<String> names = new LinkedHashSet<>();
    for (CelReference r : ast.getReferenceMap().values()) {
      if (!r.name().isEmpty()) {
        names.add(r.name());
      }
    }
    List<CelExpr> calls = CelNavigableAst.fromAst(ast).getRoot().allNodes()
        .filter(n -> n.getKind() == CelExpr.ExprKind.Kind.CALL).map(n -> n.expr()).toList();
    for (CelExpr e : calls) {
      if (!e.call().function().equals("matches")) {
        continue;
      }
      CelExpr pattern = e.call().args().getLast();
      CelSourceLocation at = ast.getSource()
          .getOffsetLocation(ast.getSource().getPositionsMap().getOrDefault(pattern.id(), 0))
          .orElse(CelSourceLocation.of(1, 0));
      if (pattern.exprKind().getKind() != CelExpr.ExprKind.Kind.CONSTANT
          || pattern.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
        return wrong(at.getLine(), at.getColumn(), "matches: write the pattern itself, in quotes");
      }
      String text = pattern.constant().stringValue();
      if (text.length() > PATTERN_MAX) {
        return wrong(at.getLine(), at.getColumn(), "a pattern of " + text.length() + " characters, at most " + PATTERN_MAX + " are taken");
      }
      try {
        com.google.re2j.Pattern.compile(text);
      } catch (com.google.re2j.PatternSyntaxException x) {
        return wrong(at.getLine(), at.getColumn(), "pattern: " + x.getDescription());
      }
    }
    return Parsed.valid(names);
  }
}
