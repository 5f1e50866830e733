@NullMarked
package io.trivet.lab.house;

import org.jspecify.annotations.NullMarked;
