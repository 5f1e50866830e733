package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;

/// The answer to a CONNECT (MQTT 5.0, section 3.2). What 5.0 added is absent before it.
///
/// @param sessionExpirySeconds granted, or -1 where it is what was asked for
/// @param receiveMaximum 1 to 65,535
/// @param maximumQoS 0, 1 or 2
/// @param maximumPacketSize in bytes, or -1 for no limit
/// @param assignedClientId empty where the client brought one
/// @param serverKeepAlive in seconds, or -1 where it is what was asked for
/// @param responseInformation empty for none
/// @param serverReference empty for none
/// @param authenticationMethod empty for none
/// @param authenticationData empty for none
public record ConnAck(
    boolean sessionPresent,
    ReasonCode reason,
    String reasonString,
    long sessionExpirySeconds,
    int receiveMaximum,
    int maximumQoS,
    boolean retainAvailable,
    long maximumPacketSize,
    String assignedClientId,
    int topicAliasMaximum,
    boolean wildcardsAvailable,
    boolean subscriptionIdsAvailable,
    boolean sharedAvailable,
    int serverKeepAlive,
    String responseInformation,
    String serverReference,
    String authenticationMethod,
    Bytes authenticationData)
    implements Packet {

  public static Builder accepted(boolean sessionPresent) {
    return new Builder(sessionPresent, ReasonCode.SUCCESS);
  }

  public static ConnAck refusal(ReasonCode reason) {
    return new Builder(false, reason).build();
  }

  @Override
  public Packet withoutDiagnostics() {
    return new ConnAck(sessionPresent, reason, "", sessionExpirySeconds, receiveMaximum, maximumQoS, retainAvailable,
        maximumPacketSize, assignedClientId, topicAliasMaximum, wildcardsAvailable, subscriptionIdsAvailable,
        sharedAvailable, serverKeepAlive, responseInformation, serverReference, authenticationMethod,
        authenticationData);
  }

  /// Sets what differs from the protocol's defaults.
  public static final class Builder {
    private final boolean sessionPresent;
    private final ReasonCode reason;
    private String reasonString = "";
    private long sessionExpirySeconds = -1;
    private int receiveMaximum = 65_535;
    private int maximumQoS = 2;
    private boolean retainAvailable = true;
    private long maximumPacketSize = -1;
    private String assignedClientId = "";
    private int topicAliasMaximum;
    private boolean wildcardsAvailable = true;
    private boolean subscriptionIdsAvailable = true;
    private boolean sharedAvailable = true;
    private int serverKeepAlive = -1;
    private String responseInformation = "";
    private String serverReference = "";
    private String authenticationMethod = "";
    private Bytes authenticationData = Bytes.EMPTY;

    Builder(boolean sessionPresent, ReasonCode reason) {
      this.sessionPresent = sessionPresent;
      this.reason = reason;
    }

    public Builder reasonString(String text) {
      reasonString = text;
      return this;
    }

    public Builder sessionExpirySeconds(long seconds) {
      sessionExpirySeconds = seconds;
      return this;
    }

    public Builder receiveMaximum(int messages) {
      receiveMaximum = messages;
      return this;
    }

    public Builder maximumQoS(int level) {
      maximumQoS = level;
      return this;
    }

    public Builder maximumPacketSize(long bytes) {
      maximumPacketSize = bytes;
      return this;
    }

    public Builder assignedClientId(String id) {
      assignedClientId = id;
      return this;
    }

    public Builder topicAliasMaximum(int aliases) {
      topicAliasMaximum = aliases;
      return this;
    }

    public Builder available(boolean retain, boolean wildcards, boolean subscriptionIds, boolean shared) {
      retainAvailable = retain;
      wildcardsAvailable = wildcards;
      subscriptionIdsAvailable = subscriptionIds;
      sharedAvailable = shared;
      return this;
    }

    public Builder serverKeepAlive(int seconds) {
      serverKeepAlive = seconds;
      return this;
    }

    public Builder responseInformation(String text) {
      responseInformation = text;
      return this;
    }

    public Builder serverReference(String text) {
      serverReference = text;
      return this;
    }

    public Builder authenticationMethod(String method) {
      authenticationMethod = method;
      return this;
    }

    public Builder authenticationData(Bytes data) {
      authenticationData = data;
      return this;
    }

    public ConnAck build() {
      return new ConnAck(sessionPresent, reason, reasonString, sessionExpirySeconds, receiveMaximum, maximumQoS,
          retainAvailable, maximumPacketSize, assignedClientId, topicAliasMaximum, wildcardsAvailable,
          subscriptionIdsAvailable, sharedAvailable, serverKeepAlive, responseInformation, serverReference,
          authenticationMethod, authenticationData);
    }
  }
}
