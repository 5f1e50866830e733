/// The authority of attribute-based encryption: keeps the master key, issues keys to devices, and says in a log what it
/// issued. A program of its own: nothing that the broker is made of knows it.
module io.trivet.authority {
  requires transitive io.trivet.abe;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires transitive jdk.httpserver;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;

  exports io.trivet.authority;
  exports io.trivet.authority.service;
}
