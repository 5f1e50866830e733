/// Rules of event, condition and action.
@NullMarked
package io.trivet.policy;

import org.jspecify.annotations.NullMarked;
