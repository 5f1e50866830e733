/// What devices may publish, subscribe to and receive.
@NullMarked
package io.trivet.identity.rules;

import org.jspecify.annotations.NullMarked;
