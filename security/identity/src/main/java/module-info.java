/// Who a peer is and what it may do: the registry of devices, the certificate authority, authenticators and rules.
module io.trivet.identity {
  requires transitive io.trivet.broker;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires org.bouncycastle.util;
  requires static transitive org.jspecify;

  exports io.trivet.identity;
  exports io.trivet.identity.certificates;
  exports io.trivet.identity.rules;
}
