@NullMarked
package io.trivet.server;

import org.jspecify.annotations.NullMarked;
