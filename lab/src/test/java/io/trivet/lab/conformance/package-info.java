/// MQTT 3.1.1 and 5.0 chapter by chapter. What both versions say stands in a `...Contract`, run once for each; what one
/// alone says stands in the class of that version. The table of it all is `docs/conformance.md`.
@NullMarked
package io.trivet.lab.conformance;

import org.jspecify.annotations.NullMarked;
