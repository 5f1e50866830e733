package io.trivet.abe.curve;

/// An element of the target group that is raised to powers often, made by one [Curve] and of use to that one
/// only.
public interface Gt {
  int BYTES = 576;
}
