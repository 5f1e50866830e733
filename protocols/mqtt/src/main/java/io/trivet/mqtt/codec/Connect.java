package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.UserProperty;
import java.util.List;
import java.util.Optional;

/// Asks for a session (MQTT 5.0, section 3.1). What 5.0 added has its default before it.
///
/// @param clientId as it came; empty to be assigned one
/// @param cleanStart Clean Session before 5.0
/// @param keepAliveSeconds 0 to 65,535; 0 for none
/// @param sessionExpirySeconds 0 to 4,294,967,295, the last standing for never
/// @param receiveMaximum 1 to 65,535
/// @param maximumPacketSize 1 to 4,294,967,295 bytes; `Integer.MAX_VALUE` and above mean no limit in practice
/// @param authenticationData empty for none
public record Connect(
    Version version,
    String clientId,
    boolean cleanStart,
    int keepAliveSeconds,
    Optional<String> userName,
    Optional<SecretBytes> password,
    Optional<WillMessage> will,
    long sessionExpirySeconds,
    int receiveMaximum,
    long maximumPacketSize,
    int topicAliasMaximum,
    boolean requestResponseInformation,
    boolean requestProblemInformation,
    List<UserProperty> userProperties,
    Optional<String> authenticationMethod,
    Bytes authenticationData)
    implements Packet {
  public static final long NO_MAXIMUM = 0xFFFF_FFFFL;

  public Connect {
    userProperties = List.copyOf(userProperties);
  }

  /// A CONNECT with everything that 5.0 added at its default.
  public static Connect plain(
      Version version,
      String clientId,
      boolean cleanStart,
      int keepAliveSeconds,
      Optional<String> userName,
      Optional<SecretBytes> password,
      Optional<WillMessage> will) {
    return new Connect(version, clientId, cleanStart, keepAliveSeconds, userName, password, will, 0, 65_535,
        NO_MAXIMUM, 0, false, true, List.of(), Optional.empty(), Bytes.EMPTY);
  }
}
