/// The connection machine of MQTT.
@NullMarked
package io.trivet.mqtt;

import org.jspecify.annotations.NullMarked;
