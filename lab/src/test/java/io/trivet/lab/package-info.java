@NullMarked
package io.trivet.lab;

import org.jspecify.annotations.NullMarked;
