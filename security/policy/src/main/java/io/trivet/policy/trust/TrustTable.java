package io.trivet.policy.trust;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/// How far subjects are trusted, 0 to 1 in each aspect: the beta reputation of Jøsang and Ismail (15th Bled Electronic
/// Commerce Conference, 2002) with the base rate that subjective logic gives it.
///
/// With `r` pieces of good evidence, `s` of bad, the base `a` by how the subject proved itself and the weight `W` of that
/// base, trust is `(r + W a) / (r + s + W)`. Evidence is forgotten by half life `h`: after a time `t` it is worth
/// `2^(-t/h)` of what it was (their forgetting factor, over time instead of over observations), so trust finds back to
/// its base by itself.
///
/// **A subject that is not in the table is not trusted with a number at all**: the answer is empty, the condition that
/// asked fails and denies. **When the table is full**, one about which there is nothing to remember makes room, the one that
/// authenticated longest ago first; while all of the 64 that were tried have evidence, no other is taken in. A bad name is
/// not washed away by a flood of new ones.
///
/// May be used by several threads.
public final class TrustTable {
  static final int SUBJECT_CHARS_MAX = 65_535;
  static final int ASPECTS_MAX = 64;
  private static final int TRIED = 64;

  /// How near [#raise] brings trust to 0 or 1: the evidence for more would take too many half lives to forget.
  private static final double MARGIN = 0.01;

  private final List<Aspect> aspects;
  private final Map<String, Integer> names = new HashMap<>();
  private final int subjectsMax;
  private final ConcurrentHashMap<String, Evidence> bySubject = new ConcurrentHashMap<>();

  /// In the order in which they came or were passed over; guarded by this.
  private final ArrayDeque<String> order = new ArrayDeque<>();

  public TrustTable(List<Aspect> aspects, int subjectsMax) {
    if (aspects.size() > ASPECTS_MAX) {
      throw new IllegalArgumentException(aspects.size() + " aspects: at most " + ASPECTS_MAX + " are kept");
    }
    if (subjectsMax < 1 || subjectsMax > 10_000_000) {
      throw new IllegalArgumentException(subjectsMax + " subjects: give a value from 1 to 10000000");
    }
    this.aspects = List.copyOf(aspects);
    this.subjectsMax = subjectsMax;
    for (int i = 0; i < aspects.size(); i++) {
      if (names.put(aspects.get(i).name(), i) != null) {
        throw new IllegalArgumentException("aspect '" + aspects.get(i).name() + "' stands there twice");
      }
    }
  }

  /// A subject proved itself: from now on its base is that of the method, such as `mtls`. Evidence stays.
  ///
  /// @return false where the table is full of subjects with evidence, and it stays unknown
  public boolean authenticated(String subject, String method, long now) {
    Evidence e = bySubject.get(subject);
    if (e == null) {
      return admit(subject, new Evidence(method, aspects.size(), now), now);
    }
    synchronized (e) {
      e.method(method);
    }
    return true;
  }

  synchronized boolean admit(String subject, Evidence fresh, long now) {
    if (subject.length() > SUBJECT_CHARS_MAX || bySubject.size() >= subjectsMax && !makeRoom(now)) {
      return false;
    }
    if (bySubject.putIfAbsent(subject, fresh) == null) {
      order.addLast(subject);
    }
    return true;
  }

  private boolean makeRoom(long now) {
    for (int i = 0; i < TRIED && !order.isEmpty(); i++) {
      String s = order.removeFirst();
      Evidence e = bySubject.get(s);
      if (e != null) {
        synchronized (e) {
          if (e.isNegligible(aspects, now)) {
            bySubject.remove(s);
            return true;
          }
        }
        order.addLast(s);
      }
    }
    return false;
  }

  /// Takes evidence in; of a subject that is not in the table it is left, since that one is not trusted anyway.
  ///
  /// @param good how many good pieces, 0 or more
  /// @param bad how many bad ones
  public void observe(String subject, String aspect, double good, double bad, long now) {
    if (!(good >= 0 && good <= Evidence.MOST && bad >= 0 && bad <= Evidence.MOST)) {
      throw new IllegalArgumentException(good + " good and " + bad + " bad pieces of evidence");
    }
    int i = index(aspect);
    Evidence e = bySubject.get(subject);
    if (e != null) {
      synchronized (e) {
        e.add(i, aspects.get(i), good, bad, now);
      }
    }
  }

  /// Takes in as much evidence as moves trust by `by` now, but never beyond 0.01 or 0.99.
  ///
  /// @param by -1 to 1, negative to lower it
  public void raise(String subject, String aspect, double by, long now) {
    if (!(by >= -1 && by <= 1)) {
      throw new IllegalArgumentException("trust raised by " + by + ": give a value from -1 to 1");
    }
    int i = index(aspect);
    Aspect a = aspects.get(i);
    Evidence e = bySubject.get(subject);
    if (e == null) {
      return;
    }
    synchronized (e) {
      double is = e.expectation(i, a, now);
      double wanted = Math.clamp(is + by, MARGIN, 1 - MARGIN);
      double left = Decay.left(now, e.at[i], a.halfLifeNanos());
      double forIt = e.good[i] * left + a.weight() * a.base(e.method());
      double all = (e.good[i] + e.bad[i]) * left + a.weight();
      if (by < 0 && wanted < is) {
        e.add(i, a, 0, forIt / wanted - all, now);
      } else if (by > 0 && wanted > is) {
        e.add(i, a, (wanted * all - forIt) / (1 - wanted), 0, now);
      }
    }
  }

  /// 0 to 1; empty for a subject that never proved itself, or is forgotten.
  public OptionalDouble trust(String subject, String aspect, long now) {
    int i = index(aspect);
    Evidence e = bySubject.get(subject);
    if (e == null) {
      return OptionalDouble.empty();
    }
    synchronized (e) {
      return OptionalDouble.of(e.expectation(i, aspects.get(i), now));
    }
  }

  public int subjects() {
    return bySubject.size();
  }

  /// Everything, to be put back by [#restored] when the server starts again.
  public Bytes snapshot(long now, long wallMillis) {
    return TrustSnapshot.write(this, now, wallMillis);
  }

  /// @return invalid where the snapshot is none or holds more than there is room for
  public static Parsed<TrustTable> restored(
      Bytes snapshot, List<Aspect> aspects, int subjectsMax, long now, long wallMillis) {
    return TrustSnapshot.read(snapshot, new TrustTable(aspects, subjectsMax), now, wallMillis);
  }

  List<Aspect> aspects() {
    return aspects;
  }

  int subjectsMax() {
    return subjectsMax;
  }

  synchronized List<String> ordered() {
    return List.copyOf(order);
  }

  Map<String, Evidence> bySubject() {
    return bySubject;
  }

  private int index(String aspect) {
    Integer i = names.get(aspect);
    if (i == null) {
      throw new IllegalArgumentException("no aspect '" + aspect + "' is declared");
    }
    return i;
  }
}
