/// Attribute-based encryption: a policy language, linear secret sharing, and key encapsulation on BLS12-381. Knows no MQTT.
module io.trivet.abe {
  requires transitive io.trivet.base;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;

  exports io.trivet.abe;
}
