/// Proof from outside that an acknowledgement means stored: real clients over real sockets, a server in a
/// process of its own that dies without warning, and the promises checked afterwards.
/// `docs/durability-proof.md` tells what is covered.
@NullMarked
package io.trivet.lab.durability;

import org.jspecify.annotations.NullMarked;
