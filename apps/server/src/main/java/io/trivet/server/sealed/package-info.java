/// The broker's part in end-to-end encryption: topics that take sealed messages alone.
@NullMarked
package io.trivet.server.sealed;

import org.jspecify.annotations.NullMarked;
