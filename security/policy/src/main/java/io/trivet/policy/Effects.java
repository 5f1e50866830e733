package io.trivet.policy;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.policy.condition.Condition;
import io.trivet.policy.condition.Frame;
import io.trivet.policy.file.Action;
import io.trivet.policy.file.Rule;
import io.trivet.policy.file.Text;
import java.time.Instant;

/// Works out what a rule wants done, with the values of the event.
final class Effects {
  private static final int TEXT_MAX = 4_096;

  private Effects() {}

  /// @throws Condition.Failed where a value it needs is missing or does not fit
  static Execution of(Action.Execute action, Rule rule, Event event, Frame frame) throws Condition.Failed {
    return switch (action) {
      case Action.Publish p -> new Execution.Publish(topic(p.topic(), frame),
          Bytes.utf8(p.payload().isPresent() ? text(p.payload().get(), frame) : report(rule, event, frame, p.level())),
          p.qos(), p.retain(), p.level());
      case Action.Ban b -> new Execution.Ban(text(b.whom().value(frame)), b.time());
      case Action.Disconnect d -> new Execution.Disconnect(text(d.whom().value(frame)), d.reason());
      case Action.Webhook w -> new Execution.Webhook(w.to(), report(rule, event, frame, "info"));
      case Action.Raise r -> {
        String whom = text(r.whom().value(frame));
        yield r.aspect().isPresent() ? new Execution.RaiseTrust(whom, r.aspect().get(), r.by())
            : new Execution.RaiseRisk(whom, r.by());
      }
    };
  }

  private static TopicName topic(Text t, Frame frame) throws Condition.Failed {
    StringBuilder out = new StringBuilder();
    for (Object piece : t.pieces()) {
      if (piece instanceof Condition c) {
        String value = text(c.value(frame));
        if (value.isEmpty() || value.indexOf('/') >= 0 || out.isEmpty() && value.startsWith("$")) {
          throw new Condition.Failed("'" + shown(value) + "' does not fit into a level of " + t.source());
        }
        out.append(value);
      } else {
        out.append(piece);
      }
    }
    return switch (TopicName.parse(out.toString(), TopicLimits.DEFAULT)) {
      case Parsed.Valid<TopicName>(TopicName name) -> name;
      case Parsed.Invalid<TopicName>(String _, String what) -> throw new Condition.Failed(what);
    };
  }

  private static String text(Text t, Frame frame) throws Condition.Failed {
    StringBuilder out = new StringBuilder();
    for (Object piece : t.pieces()) {
      out.append(piece instanceof Condition c ? text(c.value(frame)) : piece);
    }
    return shown(out.toString());
  }

  /// A value of an expression as a text, at most 4,096 characters of it.
  static String text(Object value) {
    return shown(value.toString());
  }

  private static String shown(String text) {
    return text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) : text;
  }

  /// What happened, in JSON.
  private static String report(Rule rule, Event e, Frame frame, String level) {
    StringBuilder out = new StringBuilder("{\"rule\":");
    quote(rule.name(), out);
    out.append(",\"level\":");
    quote(level, out);
    out.append(",\"event\":");
    quote(e.phase() + "." + e.kind(), out);
    out.append(",\"time\":");
    quote(Instant.ofEpochMilli(frame.wallMillis()).toString(), out);
    if (!e.subject().isAnonymous()) {
      out.append(",\"subject\":");
      quote(e.subject().device(), out);
    }
    if (e.client().isPresent()) {
      out.append(",\"client\":");
      quote(e.clientText(), out);
    }
    if (e.topic() != null || e.filter() != null) {
      out.append(",\"topic\":");
      quote(String.valueOf(e.topic() != null ? e.topic() : e.filter()), out);
    }
    if (!e.peer().address().isEmpty()) {
      out.append(",\"address\":");
      quote(e.peer().address(), out);
    }
    return out.append('}').toString();
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
