/// The commands of the authority, and of devices that have keys from it.
@NullMarked
package io.trivet.cli.authority;

import org.jspecify.annotations.NullMarked;
