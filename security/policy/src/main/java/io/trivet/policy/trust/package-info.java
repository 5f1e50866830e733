/// How far a subject is trusted, and the risk that it is: both move with what it does and find back with time.
@NullMarked
package io.trivet.policy.trust;

import org.jspecify.annotations.NullMarked;
