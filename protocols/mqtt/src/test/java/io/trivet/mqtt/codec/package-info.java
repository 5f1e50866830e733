/// The codec's tests. Bytes are written as [Octets] reads them.
@NullMarked
package io.trivet.mqtt.codec;

import org.jspecify.annotations.NullMarked;
