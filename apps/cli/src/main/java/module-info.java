/// The command line: commands only, everything else is behind them in other rooms.
module io.trivet.cli {
  requires info.picocli;
  requires io.trivet.server;
  requires static transitive org.jspecify;

  exports io.trivet.cli to info.picocli;
  opens io.trivet.cli to info.picocli;
}
