/// MQTT 3.1, 3.1.1 and 5.0: the codec and the connection machine. Pure, like the broker room.
module io.trivet.mqtt {
  requires transitive io.trivet.broker;
  requires static transitive org.jspecify;

  exports io.trivet.mqtt;
  exports io.trivet.mqtt.codec;
}
