/// The registry of devices and what proves who they are.
@NullMarked
package io.trivet.identity;

import org.jspecify.annotations.NullMarked;
