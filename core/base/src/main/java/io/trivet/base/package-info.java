@NullMarked
package io.trivet.base;

import org.jspecify.annotations.NullMarked;
