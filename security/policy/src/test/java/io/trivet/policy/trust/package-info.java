/// Tests of trust and risk.
@NullMarked
package io.trivet.policy.trust;

import org.jspecify.annotations.NullMarked;
