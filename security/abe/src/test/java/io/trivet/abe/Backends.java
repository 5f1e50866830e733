package io.trivet.abe;

import io.trivet.abe.curve.Curves;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// The groups of both implementations, for the tests of this room.
final class Backends {
  static final Groups BLST = Groups.of(Curves.blst());
  static final Groups JAVA = Groups.of(Curves.java());

  private Backends() {}

  /// Each kind with each implementation, with a name to print.
  static Stream<Arguments> kinds() {
    return Stream.of(Kind.values())
        .flatMap(k -> Stream.of(BLST, JAVA).map(g -> Arguments.argumentSet(k + " on " + g.curve().name(), k, g)));
  }

  /// How often something is tried: Java takes long.
  static int rounds(Groups groups, int onBlst, int onJava) {
    return groups == JAVA ? onJava : onBlst;
  }
}
