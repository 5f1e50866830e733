/// Cases that a policy is tried on, with a clock and facts of their own.
@NullMarked
package io.trivet.policy.cases;

import org.jspecify.annotations.NullMarked;
