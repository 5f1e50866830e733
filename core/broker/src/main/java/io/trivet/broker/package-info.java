@NullMarked
package io.trivet.broker;

import org.jspecify.annotations.NullMarked;
