/// Options: declared once, read from a file, explained when refused.
@NullMarked
package io.trivet.server.config;

import org.jspecify.annotations.NullMarked;
