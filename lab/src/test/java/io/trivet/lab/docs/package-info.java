/// The documents keep their word.
@NullMarked
package io.trivet.lab.docs;

import org.jspecify.annotations.NullMarked;
