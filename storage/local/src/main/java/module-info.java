/// The Store on one machine's disk: RocksDB behind one committer that writes in groups and syncs before it answers.
module io.trivet.local {
  requires transitive io.trivet.broker;
  requires static transitive org.jspecify;
  requires org.slf4j;
  requires rocksdbjni;

  exports io.trivet.local;
}
