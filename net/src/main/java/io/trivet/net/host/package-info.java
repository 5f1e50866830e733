/// Runs the broker on Netty event loops.
@NullMarked
package io.trivet.net.host;

import org.jspecify.annotations.NullMarked;
