/// Tests of what happened before.
@NullMarked
package io.trivet.policy.time;

import org.jspecify.annotations.NullMarked;
