/// The whole server in one thread under virtual time: several broker loops, their mailboxes, connections of bytes.
@NullMarked
package io.trivet.lab.memory;

import org.jspecify.annotations.NullMarked;
