package io.trivet.policy.condition;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the conditions of a file ask of its counters, so that these need keep no more.
public final class Asked {
  private static final Set<String> COUNTS = Set.of("@count", "@count_since");
  private static final Set<String> WINDOWED = Set.of("@count", "@seen");
  private static final Set<String> COMPARISONS = Set.of("_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_");
  /// As many of the newest occurrences can be told apart by their time.
  public static final long NUMBER_MAX = 4_095;

  private static final int EVENT = 1;

  private final Map<String, Long> windows = new HashMap<>();
  private final Map<String, Long> numbers = new HashMap<>();
  private final Set<String> lasting = new HashSet<>();

  /// The longest window, in which an event is asked for; empty where it is asked for all time, or not at all.
  public Optional<Duration> horizon(String event) {
    return lasting.contains(event) || !windows.containsKey(event) ? Optional.empty()
        : Optional.of(Duration.ofMillis(windows.get(event)));
  }

  /// The greatest number that a count over some stretch of time is compared with; 0 where with none.
  public long greatest(String event) {
    return numbers.getOrDefault(event, 0L);
  }

  void note(CelAbstractSyntaxTree ast) {
    CelNavigableAst.fromAst(ast).getRoot().allNodes().map(n -> n.expr())
        .filter(e -> e.exprKind().getKind() == CelExpr.ExprKind.Kind.CALL).forEach(e -> note(e.call()));
  }

  private void note(CelExpr.CelCall call) {
    List<CelExpr> args = call.args();
    if (WINDOWED.contains(call.function())) {
      windows.merge(event(args), number(args.getLast()), Math::max);
    } else if (call.function().equals("@count_total") || call.function().equals("@since")) {
      lasting.add(event(args));
    } else if (call.function().equals("@count_since")) {
      lasting.add(event(args));
      lasting.add(args.get(EVENT + 1).constant().stringValue());
    } else if (COMPARISONS.contains(call.function())) {
      compared(args.get(0), args.get(1));
      compared(args.get(1), args.get(0));
    }
  }

  private void compared(CelExpr count, CelExpr with) {
    if (count.exprKind().getKind() == CelExpr.ExprKind.Kind.CALL && COUNTS.contains(count.call().function())) {
      numbers.merge(event(count.call().args()), number(with), Math::max);
    }
  }

  private static String event(List<CelExpr> args) {
    return args.get(EVENT).constant().stringValue();
  }

  private static long number(CelExpr e) {
    return e.exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && e.constant().getKind() == CelConstant.Kind.INT64_VALUE ? e.constant().int64Value() : 0;
  }
}
