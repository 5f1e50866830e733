package io.trivet.cli.client;

import io.trivet.base.SecretBytes;
import io.trivet.broker.UserProperty;
import io.trivet.mqtt.codec.Version;
import io.trivet.mqtt.codec.WillMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a client says of itself in CONNECT.
///
/// @param clientId empty to be given one
/// @param keepAliveSeconds 0 to 65,535; 0 for none
/// @param scram whether user name and password go by SCRAM-SHA-256 rather than in the open (5.0 only)
/// @param sessionExpirySeconds how long the server keeps the session, 0 to 4,294,967,295 (5.0 only)
/// @param receiveMaximum messages above QoS 0 that may be under way to the client, 1 to 65,535 (5.0 only)
/// @param userProperties of CONNECT (5.0 only)
/// @param patience how long to wait for each answer
public record ClientSettings(
    Version version,
    String clientId,
    boolean cleanStart,
    int keepAliveSeconds,
    Optional<String> userName,
    Optional<SecretBytes> password,
    boolean scram,
    Optional<WillMessage> will,
    long sessionExpirySeconds,
    int receiveMaximum,
    List<UserProperty> userProperties,
    Duration patience) {
  public ClientSettings {
    userProperties = List.copyOf(userProperties);
    if (scram && (version != Version.V5 || userName.isEmpty() || password.isEmpty())) {
      throw new IllegalArgumentException("SCRAM needs MQTT 5.0, a user name and a password");
    }
    if (version != Version.V5 && password.isPresent() && userName.isEmpty()) {
      throw new IllegalArgumentException("before MQTT 5.0 a password needs a user name");
    }
  }
}
