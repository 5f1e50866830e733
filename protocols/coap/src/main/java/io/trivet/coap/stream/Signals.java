package io.trivet.coap.stream;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import java.util.ArrayDeque;

/// What the two ends tell each other of the connection itself (RFC 8323, section 5).
final class Signals {
  private static final int CUSTODY = 2;
  private static final int BAD_CSM_OPTION = 2;

  /// Pings that may wait until earlier requests are answered; who sends more breaks no rule, but makes no sense.
  private static final int CUSTODIES_MAX = 16;

  /// So that it fits into the shortest message that a peer may insist on, whatever else stands there.
  private static final int DIAGNOSTIC_CHARS_MAX = 200;

  private final StreamConnection connection;
  private final ArrayDeque<Custody> custodies = new ArrayDeque<>(0);

  Signals(StreamConnection connection) {
    this.connection = connection;
  }

  /// A Ping that is answered once every request before it was (section 5.4.1).
  private static final class Custody {
    private final Bytes token;
    private final long latestSerial;
    private int left;

    Custody(Bytes token, long latestSerial, int left) {
      this.token = token;
      this.latestSerial = latestSerial;
      this.left = left;
    }
  }

  // --- outward ------------------------------------------------------------------------------------------------------

  void sendSettings() {
    StreamLimits limits = connection.limits();
    PeerSettings own = new PeerSettings(limits.messageBytesMax(), true, limits.tokenBytesMax());
    send(Code.CSM, Bytes.EMPTY, own.toOptions());
  }

  void sendPing() {
    send(Code.PING, Bytes.EMPTY, Options.NONE);
  }

  void sendRelease() {
    send(Code.RELEASE, Bytes.EMPTY, Options.NONE);
  }

  void sendAbort(String why, Options options) {
    String text = why.length() <= DIAGNOSTIC_CHARS_MAX ? why : why.substring(0, DIAGNOSTIC_CHARS_MAX);
    connection.sendSignal(Code.ABORT, Bytes.EMPTY, options, Bytes.utf8(text));
  }

  private void send(Code code, Bytes token, Options options) {
    connection.sendSignal(code, token, options, Bytes.EMPTY);
  }

  // --- inward -------------------------------------------------------------------------------------------------------

  void on(StreamMessage m) {
    int unknown = unknownCritical(m.options());
    if (unknown != 0) {
      Options told = m.code() == Code.CSM
          ? Options.builder().add(BAD_CSM_OPTION, PeerSettings.uint(unknown)).build()
          : Options.NONE;
      connection.violated("the critical option " + unknown + " of " + m.code() + " is not known here", told);
    } else if (m.code() == Code.CSM) {
      connection.settingsCame(connection.settings().changedBy(m.options()));
    } else if (m.code() == Code.PING) {
      ping(m);
    } else if (m.code() == Code.RELEASE) {
      connection.releaseCame();
    } else if (m.code() == Code.ABORT) {
      connection.abortCame(m.payload().asUtf8());
    } else if (m.code() != Code.PONG) {
      connection.violated("the signal " + m.code() + " is not known here");
    }
  }

  /// All that is known is elective, so every critical one is unknown (section 5.2).
  private static int unknownCritical(Options options) {
    for (int i = 0; i < options.count(); i++) {
      if (OptionNumber.isCritical(options.number(i))) {
        return options.number(i);
      }
    }
    return 0;
  }

  private void ping(StreamMessage m) {
    if (m.options().indexOf(CUSTODY) < 0) {
      send(Code.PONG, m.token(), Options.NONE);
    } else if (connection.underWay() == 0) {
      pongWithCustody(m.token());
    } else if (custodies.size() == CUSTODIES_MAX) {
      connection.violated("more than " + CUSTODIES_MAX + " Pings with Custody wait");
    } else {
      custodies.add(new Custody(m.token(), connection.requestsSeen(), connection.underWay()));
    }
  }

  private void pongWithCustody(Bytes token) {
    send(Code.PONG, token, Options.builder().add(CUSTODY, Bytes.EMPTY).build());
  }

  /// A request has its response.
  void answered(long serial) {
    for (Custody c : custodies) {
      if (serial <= c.latestSerial) {
        c.left--;
      }
    }
    while (!custodies.isEmpty() && custodies.peek().left == 0) {
      pongWithCustody(custodies.remove().token);
    }
  }
}
