@NullMarked
package io.trivet.identity.rules;

import org.jspecify.annotations.NullMarked;
