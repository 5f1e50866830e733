/// Conditions in CEL, checked when they are read.
@NullMarked
package io.trivet.policy.condition;

import org.jspecify.annotations.NullMarked;
