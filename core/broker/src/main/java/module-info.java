/// The middle room: names, filters, sessions, delivery and routing, with the ports that the other rooms fill.
/// Pure: opens no socket, file or thread, reads no clock, draws no randomness, logs nothing.
module io.trivet.broker {
  requires transitive io.trivet.base;
  requires static transitive org.jspecify;

  exports io.trivet.broker;
}
