/// Messages sealed end to end, through a whole server.
@NullMarked
package io.trivet.lab.smqtt;

import org.jspecify.annotations.NullMarked;
