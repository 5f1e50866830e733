package io.trivet.policy.trust;

import java.util.List;

/// What is held for and against one subject. Its owner holds its monitor.
final class Evidence {
  /// More than this on one side changes nothing that can be seen.
  static final double MOST = 1e6;

  /// Below this nothing is lost by forgetting it: it moves trust by less than a hundredth.
  private static final double NEGLIGIBLE = 0.01;

  private String method;
  final double[] good;
  final double[] bad;
  final long[] at;

  Evidence(String method, int aspects, long now) {
    this.method = method;
    this.good = new double[aspects];
    this.bad = new double[aspects];
    this.at = new long[aspects];
    java.util.Arrays.fill(at, now);
  }

  String method() {
    return method;
  }

  void method(String newMethod) {
    method = newMethod;
  }

  /// The expectation of the beta distribution with a base rate.
  double expectation(int i, Aspect a, long now) {
    double left = Decay.left(now, at[i], a.halfLifeNanos());
    double r = good[i] * left;
    double s = bad[i] * left;
    return (r + a.weight() * a.base(method)) / (r + s + a.weight());
  }

  void add(int i, Aspect a, double newGood, double newBad, long now) {
    double left = Decay.left(now, at[i], a.halfLifeNanos());
    good[i] = Math.min(MOST, good[i] * left + newGood);
    bad[i] = Math.min(MOST, bad[i] * left + newBad);
    at[i] = Math.max(at[i], now);
  }

  boolean isNegligible(List<Aspect> aspects, long now) {
    for (int i = 0; i < good.length; i++) {
      Aspect a = aspects.get(i);
      if ((good[i] + bad[i]) * Decay.left(now, at[i], a.halfLifeNanos()) >= NEGLIGIBLE * a.weight()) {
        return false;
      }
    }
    return true;
  }
}
