/// The built-in authority, and the checks of certificates that come in.
@NullMarked
package io.trivet.identity.certificates;

import org.jspecify.annotations.NullMarked;
