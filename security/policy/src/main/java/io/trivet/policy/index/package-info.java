/// Finds the rules that an event and a topic concern.
@NullMarked
package io.trivet.policy.index;

import org.jspecify.annotations.NullMarked;
