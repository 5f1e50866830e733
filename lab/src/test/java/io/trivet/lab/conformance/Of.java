package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The version of MQTT that a test class speaks.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Of {
  Version value();
}
