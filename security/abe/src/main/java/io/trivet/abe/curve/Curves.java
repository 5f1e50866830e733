package io.trivet.abe.curve;

/// Which implementation of the groups this process has.
public final class Curves {
  /// `blst` or `java`; where it is not set, blst is taken if it can be called here, otherwise Java.
  public static final String PROPERTY = "io.trivet.abe.curve";

  /// @param curve the implementation
  /// @param why in words, for whoever wonders about the speed
  record Choice(Curve curve, String why) {}

  private Curves() {}

  /// Chosen once: the second and all later calls cost nothing.
  private static final class Chosen {
    static final Choice CHOICE = choose(System.getProperty(PROPERTY, ""));
  }

  public static Curve chosen() {
    return Chosen.CHOICE.curve;
  }

  /// Which it is and why, in a line.
  public static String explained() {
    return Chosen.CHOICE.curve.name() + ": " + Chosen.CHOICE.why;
  }

  /// @throws IllegalStateException where blst cannot be called here
  public static Curve blst() {
    try {
      BlstSymbols.bind();
    } catch (ExceptionInInitializerError e) {
      throw new IllegalStateException("blst cannot be called here: " + rootOf(e), e);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException("blst could not be called here before", e);
    }
    return new BlstCurve();
  }

  public static Curve java() {
    return new JavaCurve();
  }

  static Choice choose(String wanted) {
    return switch (wanted) {
      case "blst" -> new Choice(blst(), PROPERTY + " says so");
      case "java" -> new Choice(java(), PROPERTY + " says so");
      case "" -> {
        try {
          yield new Choice(blst(), "its functions can be called here");
        } catch (IllegalStateException e) {
          yield new Choice(java(), String.valueOf(e.getMessage()));
        }
      }
      default -> throw new IllegalStateException(PROPERTY + " = " + wanted + ": give blst or java");
    };
  }

  private static Throwable rootOf(Throwable t) {
    Throwable cause = t.getCause();
    return cause == null ? t : rootOf(cause);
  }
}
