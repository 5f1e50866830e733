@NullMarked
package io.trivet.identity.certificates;

import org.jspecify.annotations.NullMarked;
