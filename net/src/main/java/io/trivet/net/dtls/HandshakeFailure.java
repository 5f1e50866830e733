package io.trivet.net.dtls;

import io.trivet.net.transport.SetupFailure;
import java.util.Optional;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.ConnectionEvictedException;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.DtlsHandshakeTimeoutException;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.Handshaker;

/// Why a handshake failed, in the words of our counters.
///
/// @param what in a line, control characters replaced
record HandshakeFailure(SetupFailure why, String what) {
  private static final int WHAT_MAX = 200;

  /// @param unknownIdentity the identity it named, where nobody has it
  static HandshakeFailure of(Handshaker handshaker, Throwable error, Optional<String> unknownIdentity) {
    if (unknownIdentity.isPresent()) {
      return new HandshakeFailure(SetupFailure.PSK_IDENTITY, line("no key for identity " + unknownIdentity.get()));
    }
    DTLSContext context = handshaker.getDtlsContext();
    if (context.getMacErrors() > 0 && context.getSession().getCipherSuite().isPskBased()) {
      return new HandshakeFailure(SetupFailure.PSK_KEY, "its key is not the one of the identity it named");
    }
    SetupFailure why = switch (error) {
      case HandshakeException e -> ofAlert(e.getAlert());
      case DtlsHandshakeTimeoutException _ -> SetupFailure.DEADLINE;
      case ConnectionEvictedException _ -> SetupFailure.BUSY;
      default -> SetupFailure.CLOSED;
    };
    return new HandshakeFailure(why, line(String.valueOf(error.getMessage())));
  }

  private static SetupFailure ofAlert(AlertMessage alert) {
    return switch (alert.getDescription()) {
      case BAD_CERTIFICATE, UNSUPPORTED_CERTIFICATE, CERTIFICATE_REVOKED, CERTIFICATE_EXPIRED, CERTIFICATE_UNKNOWN,
          UNKNOWN_CA -> SetupFailure.TLS_CERTIFICATE;
      case CLOSE_NOTIFY -> SetupFailure.CLOSED;
      case UNKNOWN_PSK_IDENTITY -> SetupFailure.PSK_IDENTITY;
      default -> SetupFailure.TLS;
    };
  }

  private static String line(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= WHAT_MAX ? clean : clean.substring(0, WHAT_MAX);
  }
}
