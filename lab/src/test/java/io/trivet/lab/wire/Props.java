package io.trivet.lab.wire;

import io.trivet.base.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Properties in the order they were written or read. A value is a `Long`, a `String`, a [Bytes] or a [Pair].
public record Props(List<Entry> entries) {
  public static final Props NONE = new Props(List.of());

  public record Entry(Prop prop, Object value) {}

  public record Pair(String name, String value) {}

  public Props {
    entries = List.copyOf(entries);
  }

  Props with(Prop prop, Object value) {
    List<Entry> longer = new ArrayList<>(entries);
    longer.add(new Entry(prop, value));
    return new Props(longer);
  }

  public boolean has(Prop prop) {
    return entries.stream().anyMatch(e -> e.prop() == prop);
  }

  public Optional<Long> number(Prop prop) {
    return first(prop).map(v -> (Long) v);
  }

  public Optional<String> text(Prop prop) {
    return first(prop).map(v -> (String) v);
  }

  public Optional<Bytes> bytes(Prop prop) {
    return first(prop).map(v -> (Bytes) v);
  }

  public List<Long> numbers(Prop prop) {
    return entries.stream().filter(e -> e.prop() == prop).map(e -> (Long) e.value()).toList();
  }

  public List<Pair> userProperties() {
    return entries.stream().filter(e -> e.prop() == Prop.USER_PROPERTY).map(e -> (Pair) e.value()).toList();
  }

  private Optional<Object> first(Prop prop) {
    return entries.stream().filter(e -> e.prop() == prop).map(Entry::value).findFirst();
  }

  void writeTo(Writer out) {
    Writer body = new Writer();
    for (Entry e : entries) {
      body.u8(e.prop().id);
      switch (e.prop().form) {
        case BYTE -> body.u8(((Number) e.value()).intValue());
        case TWO -> body.u16(((Number) e.value()).intValue());
        case FOUR -> body.u32(((Number) e.value()).longValue());
        case VARINT -> body.varint(((Number) e.value()).intValue());
        case TEXT -> body.field(e.value() instanceof Bytes b ? b.toArray()
            : ((String) e.value()).getBytes(StandardCharsets.UTF_8));
        case BINARY -> body.field(((Bytes) e.value()).toArray());
        case PAIR -> body.text(((Pair) e.value()).name()).text(((Pair) e.value()).value());
      }
    }
    out.varint(body.size()).raw(body.toBytes());
  }

  /// Reads what the server wrote into `packet`, and insists that it was allowed to.
  static Props readFrom(Reader in, String packet) {
    int length = in.varint();
    int end = in.position() + length;
    List<Entry> entries = new ArrayList<>();
    while (in.position() < end) {
      Prop prop = Prop.of(in.varint());
      if (!prop.mayStandIn(packet)) {
        throw new AssertionError("the server sent " + prop + " in " + packet);
      }
      boolean repeats = prop == Prop.USER_PROPERTY || prop == Prop.SUBSCRIPTION_ID;
      if (!repeats && entries.stream().anyMatch(e -> e.prop() == prop)) {
        throw new AssertionError("the server sent " + prop + " twice in " + packet);
      }
      entries.add(new Entry(prop, switch (prop.form) {
        case BYTE -> (long) in.u8();
        case TWO -> (long) in.u16();
        case FOUR -> in.u32();
        case VARINT -> (long) in.varint();
        case TEXT -> in.text();
        case BINARY -> in.field();
        case PAIR -> new Pair(in.text(), in.text());
      }));
    }
    if (in.position() != end) {
      throw new AssertionError("the properties of " + packet + " overrun their length");
    }
    return new Props(entries);
  }
}
