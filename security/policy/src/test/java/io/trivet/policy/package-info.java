/// Tests of policies.
@NullMarked
package io.trivet.policy;

import org.jspecify.annotations.NullMarked;
