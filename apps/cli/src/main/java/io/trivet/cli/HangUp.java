package io.trivet.cli;

import java.lang.reflect.Proxy;

/// SIGHUP, by which service managers ask for a reload. By reflection, since `sun.misc.Signal` has no successor and its
/// use is a warning that cannot be silenced; where it is not there (Windows has no such signal), `trivet reload` does
/// the same.
final class HangUp {
  private HangUp() {}

  /// @return whether the system has that signal
  static boolean runs(Runnable work) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object onSignal = Proxy.newProxyInstance(HangUp.class.getClassLoader(), new Class<?>[] {handler},
          (proxy, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
              work.run();
              yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "HangUp";
          });
      signal.getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), onSignal);
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
