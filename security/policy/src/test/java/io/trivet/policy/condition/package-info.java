/// Tests of conditions.
@NullMarked
package io.trivet.policy.condition;

import org.jspecify.annotations.NullMarked;
