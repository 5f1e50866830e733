package io.trivet.coap;

/// Which responses stay unsent because nobody wants them (RFC 7967; RFC 7252, section 8.2).
public final class NoResponse {
  private static final int CLASS_2 = 2;
  private static final int CLASS_4 = 8;
  private static final int CLASS_5 = 16;

  private NoResponse() {}

  /// Whether the request's No-Response option says so; without one nothing is suppressed. An observer gets its first
  /// response in any case, or it would not know that it observes (RFC 7967, section 2.1).
  public static boolean suppresses(Request request, Code code) {
    long wish = request.options().uint(OptionNumber.NO_RESPONSE, 0);
    return wish != 0 && !request.isObserve() && (wish & bit(code)) != 0;
  }

  /// Whether a member of a group keeps silent: errors help nobody, nor does "I have nothing". A No-Response option that names
  /// the class by its absence asks for it all the same.
  public static boolean suppressesOfGroup(Request request, Response response) {
    long wish = request.options().uint(OptionNumber.NO_RESPONSE, -1);
    if (wish >= 0) {
      return (wish & bit(response.code())) != 0;
    }
    return !response.code().isSuccess();
  }

  private static int bit(Code code) {
    return switch (code.codeClass()) {
      case 2 -> CLASS_2;
      case 4 -> CLASS_4;
      case 5 -> CLASS_5;
      default -> 0;
    };
  }
}
