/// End-to-end encryption of what is published: the envelope, its keys, and what a client needs to seal and open.
module io.trivet.smqtt {
  requires transitive io.trivet.abe;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;

  exports io.trivet.smqtt;
}
