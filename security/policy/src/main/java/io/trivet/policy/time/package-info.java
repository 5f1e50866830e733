/// What happened before: counted events and the course of attributes, for the operators over time. Time arrives as
/// nanoseconds of a clock that never goes back; nothing here reads one.
@NullMarked
package io.trivet.policy.time;

import org.jspecify.annotations.NullMarked;
