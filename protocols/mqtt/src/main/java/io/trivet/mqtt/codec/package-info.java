/// The packets of MQTT 3.1, 3.1.1 and 5.0 as bytes and as values.
@NullMarked
package io.trivet.mqtt.codec;

import org.jspecify.annotations.NullMarked;
