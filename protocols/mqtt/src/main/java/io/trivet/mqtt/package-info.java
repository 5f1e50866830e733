@NullMarked
package io.trivet.mqtt;

import org.jspecify.annotations.NullMarked;
