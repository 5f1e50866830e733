@NullMarked
package io.trivet.net;

import org.jspecify.annotations.NullMarked;
