/// Messages sealed end to end, from the command line.
@NullMarked
package io.trivet.cli.smqtt;

import org.jspecify.annotations.NullMarked;
