package io.trivet.policy.condition;

import dev.cel.bundle.CelBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelMacroExprFactory;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The functions over time. Each is written as a macro: names of events and context are looked up and spans
/// of time read when the file is, and what is left to do for a message is one call with the frame of the
/// decision, which no condition can name (`@` begins no identifier of CEL).
///
/// They are the operators of SecKit: `count` is repLim, `count_total` repMax, `count_since` repSince, `seen`
/// within, `held` during and always, `state_at` before.
final class Counters {
  static final CelType FRAME_TYPE = OpaqueType.create("trivet.Frame");

  private final Declared declared;

  private enum Argument {
    EVENT,
    CONTEXT,
    SPAN,
    ANY
  }

  Counters(Declared declared) {
    this.declared = declared;
  }

  void declare(CelBuilder b) {
    CelType text = SimpleType.STRING;
    CelType whole = SimpleType.INT;
    add(b, "count", whole, List.of(Argument.EVENT, Argument.ANY, Argument.SPAN), List.of(text, text, whole),
        a -> frame(a).facts().count((String) a[1], (String) a[2], span(a[3])));
    add(b, "count_total", whole, List.of(Argument.EVENT, Argument.ANY), List.of(text, text),
        a -> frame(a).facts().countTotal((String) a[1], (String) a[2]));
    add(b, "count_since", whole, List.of(Argument.EVENT, Argument.EVENT, Argument.ANY), List.of(text, text, text),
        a -> frame(a).facts().countSince((String) a[1], (String) a[2], (String) a[3]));
    add(b, "seen", SimpleType.BOOL, List.of(Argument.EVENT, Argument.ANY, Argument.SPAN), List.of(text, text, whole),
        a -> frame(a).facts().count((String) a[1], (String) a[2], span(a[3])) > 0);
    add(b, "since", SimpleType.DURATION, List.of(Argument.EVENT, Argument.ANY), List.of(text, text),
        a -> frame(a).facts().since((String) a[1], (String) a[2])
            .orElseThrow(() -> new IllegalArgumentException(a[1] + " never happened for " + a[2])));
    add(b, "held", SimpleType.BOOL, List.of(Argument.CONTEXT, Argument.ANY, Argument.SPAN),
        List.of(text, SimpleType.DYN, whole), a -> frame(a).facts().held((String) a[1], a[2], span(a[3])));
    add(b, "state_at", SimpleType.DYN, List.of(Argument.CONTEXT, Argument.SPAN), List.of(text, whole),
        a -> frame(a).facts().contextAt((String) a[1], span(a[2]))
            .orElseThrow(() -> new IllegalArgumentException("nothing is known of " + a[1] + " at that time")));
  }

  private static Frame frame(Object[] arguments) {
    return (Frame) arguments[0];
  }

  private static Duration span(Object millis) {
    return Duration.ofMillis((Long) millis);
  }

  @SuppressWarnings("Immutable") // the form and what is declared are copies that nobody changes
  private void add(
      CelBuilder b, String name, CelType result, List<Argument> form, List<CelType> types, CelFunctionOverload body) {
    String internal = "@" + name;
    List<CelType> all = new ArrayList<>();
    all.add(FRAME_TYPE);
    all.addAll(types);
    List<Class<?>> classes = new ArrayList<>();
    classes.add(Frame.class);
    for (CelType t : types) {
      classes.add(t.equals(SimpleType.STRING) ? String.class : t.equals(SimpleType.INT) ? Long.class : Object.class);
    }
    String overload = "at_" + name;
    b.addMacros(CelMacro.newGlobalMacro(name, form.size(), (f, _, args) -> expand(f, internal, form, args)));
    b.addFunctionDeclarations(CelFunctionDecl.newFunctionDeclaration(
        internal, CelOverloadDecl.newGlobalOverload(overload, result, all)));
    b.addFunctionBindings(CelFunctionBinding.fromOverloads(
        internal, CelFunctionBinding.from(overload, classes, body)));
  }

  private Optional<CelExpr> expand(
      CelMacroExprFactory f, String internal, List<Argument> form, List<CelExpr> arguments) {
    List<CelExpr> call = new ArrayList<>();
    call.add(f.newIdentifier(Vocabulary.FRAME));
    for (int i = 0; i < form.size(); i++) {
      CelExpr a = arguments.get(i);
      Optional<String> text = text(a);
      switch (form.get(i)) {
        case ANY -> call.add(a);
        case EVENT -> {
          if (text.isEmpty() || !declared.events().contains(text.get())) {
            return refuse(f, a, "give the name of an event in quotes", declared.events());
          }
          call.add(a);
        }
        case CONTEXT -> {
          if (text.isEmpty() || !declared.context().containsKey(text.get())) {
            return refuse(f, a, "give the name of a context attribute in quotes", declared.context().keySet());
          }
          call.add(a);
        }
        case SPAN -> {
          Optional<Duration> span = text.flatMap(Durations::parse);
          if (span.isEmpty() || span.get().isZero()) {
            return Optional.of(f.reportError(CelIssue.formatError(
                f.getSourceLocation(a), "give a span of time in quotes, such as \"10s\", \"5m\", \"2h\", \"30d\"")));
          }
          call.add(f.newIntLiteral(span.get().toMillis()));
        }
      }
    }
    return Optional.of(f.newGlobalCall(internal, call));
  }

  private static Optional<CelExpr> refuse(CelMacroExprFactory f, CelExpr at, String help, Set<String> known) {
    String there = known.isEmpty() ? "; the file declares none" : "; there are " + String.join(", ", new TreeSet<>(known));
    return Optional.of(f.reportError(CelIssue.formatError(f.getSourceLocation(at), help + there)));
  }

  private static Optional<String> text(CelExpr e) {
    return e.exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && e.constant().getKind() == CelConstant.Kind.STRING_VALUE
        ? Optional.of(e.constant().stringValue()) : Optional.empty();
  }
}
