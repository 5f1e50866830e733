/// A peer of the server under test that shares no code with it: its own writer of packets, right and wrong, and its
/// own strict reader of what comes back.
@NullMarked
package io.trivet.lab.wire;

import org.jspecify.annotations.NullMarked;
