/// End-to-end encryption of what is published: the envelope, its keys, and what a client needs to seal and open.
module io.trivet.smqtt {
  requires transitive io.trivet.abe;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;

  // What an application brings itself; nothing outside the package for clients knows them.
  requires static org.eclipse.paho.client.mqttv3;
  requires static org.eclipse.paho.mqttv5.client;
  requires static com.hivemq.client.mqtt;
  requires static californium.core;
  requires static element.connector;

  exports io.trivet.smqtt;
  exports io.trivet.smqtt.client;
}
