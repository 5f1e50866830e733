/// A small blocking MQTT client on Trivet's own codec, for the commands that publish and subscribe.
@NullMarked
package io.trivet.cli.client;

import org.jspecify.annotations.NullMarked;
