package io.trivet.lab.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The normative statements that a test proves: the test fails where the server breaks one of them.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Statement {
  /// Identifiers as in MQTT 3.1.1, such as `MQTT-3.1.2-1`.
  String[] v311() default {};

  /// Identifiers as in MQTT 5.0.
  String[] v5() default {};
}
