@NullMarked
package io.trivet.identity;

import org.jspecify.annotations.NullMarked;
