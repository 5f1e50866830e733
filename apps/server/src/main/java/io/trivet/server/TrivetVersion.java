package io.trivet.server;

/// Which Trivet this is.
public final class TrivetVersion {
  public static final String TEXT = "0.1.0";

  private TrivetVersion() {}
}
