package io.trivet.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Only a clock: nothing was counted, no context is known, nobody is trusted or a risk.
public final class NoFacts implements Facts {
  private final LongSupplier wallMillis;

  public NoFacts(LongSupplier wallMillis) {
    this.wallMillis = wallMillis;
  }

  @Override
  public long wallMillis() {
    return wallMillis.getAsLong();
  }

  @Override
  public long count(String event, String key, Duration window) {
    return 0;
  }

  @Override
  public long countTotal(String event, String key) {
    return 0;
  }

  @Override
  public long countSince(String event, String start, String key) {
    return 0;
  }

  @Override
  public Optional<Duration> since(String event, String key) {
    return Optional.empty();
  }

  @Override
  public Optional<Object> context(String name) {
    return Optional.empty();
  }

  @Override
  public Optional<Object> contextAt(String name, Duration ago) {
    return Optional.empty();
  }

  @Override
  public boolean held(String name, Object value, Duration time) {
    return false;
  }

  @Override
  public Optional<Double> trust(String subject, String aspect) {
    return Optional.empty();
  }

  @Override
  public double risk(String subject) {
    return 0;
  }

  @Override
  public void happened(String event, String key) {}

  @Override
  public long generation() {
    return 0;
  }
}
