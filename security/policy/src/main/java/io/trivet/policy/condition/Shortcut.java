package io.trivet.policy.condition;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The same condition without CEL's run time, for the forms that nearly all conditions have: comparisons of
/// texts and numbers, `in` a list of texts, hours of the day, and `&&`, `||`, `!` of them. A tenth of the
/// time, and no garbage.
///
/// It only ever says what CEL would say: as soon as a value is missing or anything else is out of the
/// ordinary, it says [Answer#UNKNOWN] and CEL itself is asked, which then also knows what to report.
final class Shortcut {
  enum Answer {
    YES,
    NO,
    UNKNOWN;

    static Answer of(boolean value) {
      return value ? YES : NO;
    }
  }

  interface Truth {
    Answer of(Frame frame);
  }

  private interface Text {
    /// The text, or null where it is not known.
    @Nullable String of(Frame frame);
  }

  private interface Whole {
    /// The number, or [#NONE] where it is not known.
    long of(Frame frame);
  }

  private interface Fraction {
    /// The number, or NaN where it is not known.
    double of(Frame frame);
  }

  /// No value that is read here comes near it; a constant that does is left to CEL.
  private static final long NONE = Long.MIN_VALUE;

  private static final Set<String> CLOCK = Set.of("getHours", "getMinutes", "getDayOfWeek");

  private final CelAbstractSyntaxTree ast;

  private Shortcut(CelAbstractSyntaxTree ast) {
    this.ast = ast;
  }

  /// Nothing where some part is of another form.
  static Optional<Truth> of(CelAbstractSyntaxTree ast) {
    return Optional.ofNullable(new Shortcut(ast).truth(ast.getExpr()));
  }

  private @Nullable String variable(CelExpr e) {
    Optional<CelReference> r = ast.getReference(e.id());
    return r.isPresent() && !r.get().name().isEmpty() ? r.get().name() : null;
  }

  private boolean is(CelExpr e, CelType type) {
    return ast.getType(e.id()).filter(type::equals).isPresent();
  }

  private @Nullable Truth truth(CelExpr e) {
    String name = variable(e);
    if (name != null) {
      return switch (name) {
        case "subject.anonymous" -> f -> Answer.of(f.event().subject().isAnonymous());
        case "message.retain" -> f -> f.event().message() == null ? Answer.UNKNOWN
            : Answer.of(f.event().message().retain());
        default -> null;
      };
    }
    return switch (e.exprKind().getKind()) {
      case CONSTANT -> constant(e.constant());
      case CALL -> call(e.call());
      default -> null;
    };
  }

  private static @Nullable Truth constant(CelConstant c) {
    if (c.getKind() != CelConstant.Kind.BOOLEAN_VALUE) {
      return null;
    }
    Answer a = Answer.of(c.booleanValue());
    return _ -> a;
  }

  private @Nullable Truth call(CelExpr.CelCall call) {
    List<CelExpr> args = call.args();
    return switch (call.function()) {
      case "_&&_", "_||_" -> both(truth(args.get(0)), truth(args.get(1)), call.function().equals("_&&_"));
      case "!_" -> not(truth(args.getFirst()));
      case "_==_" -> equal(args.get(0), args.get(1));
      case "_!=_" -> not(equal(args.get(0), args.get(1)));
      case "_<_", "_<=_", "_>_", "_>=_" -> compare(call.function(), args.get(0), args.get(1));
      case "@in" -> in(args.get(0), args.get(1));
      case "startsWith", "endsWith", "contains" -> part(call);
      default -> null;
    };
  }

  /// As CEL has it: what decides on one side decides, even where the other is not known.
  private static @Nullable Truth both(@Nullable Truth one, @Nullable Truth other, boolean and) {
    if (one == null || other == null) {
      return null;
    }
    Answer deciding = Answer.of(!and);
    return f -> {
      Answer a = one.of(f);
      if (a == deciding) {
        return a;
      }
      Answer b = other.of(f);
      return b == deciding || a != Answer.UNKNOWN ? b : a;
    };
  }

  private static @Nullable Truth not(@Nullable Truth t) {
    return t == null ? null : f -> switch (t.of(f)) {
      case YES -> Answer.NO;
      case NO -> Answer.YES;
      case UNKNOWN -> Answer.UNKNOWN;
    };
  }

  private @Nullable Truth equal(CelExpr a, CelExpr b) {
    if (is(a, SimpleType.STRING) && is(b, SimpleType.STRING)) {
      Text x = text(a);
      Text y = text(b);
      return x == null || y == null ? null : f -> {
        String one = x.of(f);
        String other = y.of(f);
        return one == null || other == null ? Answer.UNKNOWN : Answer.of(one.equals(other));
      };
    }
    return compare("_==_", a, b);
  }

  private @Nullable Truth compare(String operator, CelExpr a, CelExpr b) {
    if (is(a, SimpleType.INT) && is(b, SimpleType.INT)) {
      Whole x = whole(a);
      Whole y = whole(b);
      return x == null || y == null ? null : f -> {
        long one = x.of(f);
        long other = y.of(f);
        return one == NONE || other == NONE ? Answer.UNKNOWN : compared(operator, Long.compare(one, other));
      };
    }
    if (is(a, SimpleType.DOUBLE) && is(b, SimpleType.DOUBLE)) {
      Fraction x = fraction(a);
      Fraction y = fraction(b);
      return x == null || y == null ? null : f -> {
        double one = x.of(f);
        double other = y.of(f);
        return Double.isNaN(one) || Double.isNaN(other) ? Answer.UNKNOWN
            : compared(operator, one < other ? -1 : one > other ? 1 : 0); // 0.0 equals -0.0, unlike in Double.compare
      };
    }
    return null;
  }

  private static Answer compared(String operator, int sign) {
    return Answer.of(switch (operator) {
      case "_==_" -> sign == 0;
      case "_<_" -> sign < 0;
      case "_<=_" -> sign <= 0;
      case "_>_" -> sign > 0;
      case "_>=_" -> sign >= 0;
      default -> throw new AssertionError(operator);
    });
  }

  /// A role, or a class of data.
  private @Nullable Truth in(CelExpr member, CelExpr list) {
    Text m = is(member, SimpleType.STRING) ? text(member) : null;
    if (m == null) {
      return null;
    }
    return switch (variable(list)) {
      case "subject.roles" -> f -> {
        String s = m.of(f);
        return s == null ? Answer.UNKNOWN : Answer.of(f.event().subject().groups().contains(s));
      };
      case "data.classes" -> f -> {
        String s = m.of(f);
        Object classes = f.find("data.classes").orElse(null);
        return s == null || !(classes instanceof List<?> l) ? Answer.UNKNOWN : Answer.of(l.contains(s));
      };
      case null, default -> null;
    };
  }

  private @Nullable Truth part(CelExpr.CelCall call) {
    if (call.target().isEmpty() || call.args().size() != 1) {
      return null;
    }
    Text whole = text(call.target().get());
    Text piece = text(call.args().getFirst());
    String function = call.function();
    return whole == null || piece == null ? null : f -> {
      String w = whole.of(f);
      String p = piece.of(f);
      if (w == null || p == null) {
        return Answer.UNKNOWN;
      }
      return Answer.of(switch (function) {
        case "startsWith" -> w.startsWith(p);
        case "endsWith" -> w.endsWith(p);
        default -> w.contains(p);
      });
    };
  }

  private @Nullable Text text(CelExpr e) {
    String name = variable(e);
    if (name != null) {
      return switch (name) {
        case "subject.id" -> f -> f.event().subject().device();
        case "topic" -> f -> f.event().topic() == null ? null : f.event().topic().toString();
        case "event.kind" -> f -> f.event().kind().toString();
        case "message.content_type" -> f -> f.event().message() == null ? null
            : f.event().message().properties().contentType().orElse("");
        default -> null;
      };
    }
    return switch (e.exprKind().getKind()) {
      case CONSTANT -> {
        String s = e.constant().getKind() == CelConstant.Kind.STRING_VALUE ? e.constant().stringValue() : null;
        yield s == null ? null : _ -> s;
      }
      case SELECT -> {
        String of = e.select().testOnly() ? null : variable(e.select().operand());
        String field = e.select().field();
        yield of == null ? null : switch (of) {
          case "subject.attr" -> f -> f.attribute(field) instanceof String s ? s : null;
          case Vocabulary.PARAM -> f -> f.param(field) instanceof String s ? s : null;
          default -> null;
        };
      }
      case CALL -> level(e.call());
      default -> null;
    };
  }

  /// `levels[1]`.
  private @Nullable Text level(CelExpr.CelCall call) {
    if (!call.function().equals("_[_]") || !"levels".equals(variable(call.args().getFirst()))) {
      return null;
    }
    CelExpr at = call.args().get(1);
    if (at.exprKind().getKind() != CelExpr.ExprKind.Kind.CONSTANT
        || at.constant().getKind() != CelConstant.Kind.INT64_VALUE) {
      return null;
    }
    long i = at.constant().int64Value();
    return f -> f.event().topic() == null || i < 0 || i >= f.event().topic().depth() ? null
        : f.event().topic().level((int) i);
  }

  private @Nullable Whole whole(CelExpr e) {
    String name = variable(e);
    if (name != null) {
      return name.equals("message.size")
          ? f -> f.event().message() == null ? NONE : f.event().message().payload().length() : null;
    }
    return switch (e.exprKind().getKind()) {
      case CONSTANT -> {
        long n = e.constant().getKind() == CelConstant.Kind.INT64_VALUE ? e.constant().int64Value() : NONE;
        yield n == NONE ? null : _ -> n;
      }
      case SELECT -> {
        String of = e.select().testOnly() ? null : variable(e.select().operand());
        String field = e.select().field();
        yield of == null ? null : switch (of) {
          case "subject.attr" -> f -> f.attribute(field) instanceof Long n ? n : NONE;
          case Vocabulary.PARAM -> f -> f.param(field) instanceof Long n ? n : NONE;
          default -> null;
        };
      }
      case CALL -> clock(e.call());
      default -> null;
    };
  }

  /// `now.getHours("Europe/Rome")` and the like.
  private @Nullable Whole clock(CelExpr.CelCall call) {
    if (!CLOCK.contains(call.function()) || call.target().isEmpty()
        || !"now".equals(variable(call.target().get())) || call.args().size() > 1) {
      return null;
    }
    ZoneRules rules = call.args().isEmpty() ? zone("UTC") : zone(call.args().getFirst());
    if (rules == null) {
      return null;
    }
    return switch (call.function()) {
      case "getHours" -> f -> Math.floorMod(local(f, rules), 86_400L) / 3_600;
      case "getMinutes" -> f -> Math.floorMod(local(f, rules), 3_600L) / 60;
      // Sunday is 0, and 1 January 1970 was a Thursday.
      case "getDayOfWeek" -> f -> Math.floorMod(Math.floorDiv(local(f, rules), 86_400L) + 4, 7L);
      default -> null;
    };
  }

  private static @Nullable ZoneRules zone(CelExpr e) {
    return e.exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && e.constant().getKind() == CelConstant.Kind.STRING_VALUE ? zone(e.constant().stringValue()) : null;
  }

  private static @Nullable ZoneRules zone(String name) {
    try {
      // Offsets such as "02:00" are CEL's own; names are the same in both.
      return !name.isEmpty() && Character.isLetter(name.charAt(0)) ? ZoneId.of(name).getRules() : null;
    } catch (DateTimeException _) {
      return null; // CEL says so when it is asked
    }
  }

  /// Seconds of the wall clock there.
  private static long local(Frame f, ZoneRules rules) {
    long millis = f.wallMillis();
    return Math.floorDiv(millis, 1_000L) + rules.getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds();
  }

  private @Nullable Fraction fraction(CelExpr e) {
    String name = variable(e);
    if (name != null) {
      if (name.equals("risk")) {
        return f -> f.facts().risk(f.event().subject().device());
      }
      return name.startsWith(Vocabulary.TRUST) ? trust(name.substring(Vocabulary.TRUST.length())) : null;
    }
    double d = e.exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && e.constant().getKind() == CelConstant.Kind.DOUBLE_VALUE ? e.constant().doubleValue() : Double.NaN;
    return Double.isNaN(d) ? null : _ -> d;
  }

  private static Fraction trust(String aspect) {
    return f -> f.facts().trust(f.event().subject().device(), aspect).orElse(Double.NaN);
  }
}
