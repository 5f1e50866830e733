/// The Store on one machine's disk.
@NullMarked
package io.trivet.local;

import org.jspecify.annotations.NullMarked;
