package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.SubscribeRequest.RetainHandling;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Valid packets of one version from a seed.
final class RandomPackets {
  private static final String[] CHARACTERS = {"a", "Z", "0", " ", "/", "é", "漢", "😀", "\uFEFF", "\u0001", "-"};
  private static final RetainHandling[] RETAIN_HANDLING = RetainHandling.values();
  private static final int[] NONE = new int[0];

  private final Random random;
  private final Version version;

  RandomPackets(long seed, Version version) {
    this.random = new Random(seed);
    this.version = version;
  }

  /// A packet that the decoder of `side` takes: for [Side#SERVER] what clients send.
  Packet next(Side side) {
    int kind = random.nextInt(isV5() ? 10 : 9);
    return switch (kind) {
      case 0 -> new PubAck(id(), reason(ReasonCode.SUCCESS, ReasonCode.QUOTA_EXCEEDED), reasonString());
      case 1 -> new PubRec(id(), reason(ReasonCode.SUCCESS, ReasonCode.NOT_AUTHORIZED), reasonString());
      case 2 -> new PubRel(id(), reason(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND), reasonString());
      case 3 -> new PubComp(id(), reason(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND), reasonString());
      case 4 -> publish(side);
      case 5 -> side == Side.SERVER ? PingReq.INSTANCE : PingResp.INSTANCE;
      case 6 -> side == Side.SERVER ? subscribe() : subAck();
      case 7 -> side == Side.SERVER ? unsubscribe() : unsubAck();
      case 8 -> side == Side.SERVER ? disconnectOfClient() : connAck();
      default -> auth(side);
    };
  }

  Connect connect() {
    boolean named = random.nextBoolean();
    Optional<String> user = named ? Optional.of(text(10)) : Optional.empty();
    Optional<SecretBytes> password = (named || isV5()) && random.nextBoolean()
        ? Optional.of(SecretBytes.copyOf(bytes(20).toArray())) : Optional.empty();
    Optional<WillMessage> will = random.nextBoolean() ? Optional.of(will()) : Optional.empty();
    if (!isV5()) {
      return Connect.plain(version, "c" + text(8), random.nextBoolean(), random.nextInt(65_536), user, password, will);
    }
    Optional<String> method = random.nextBoolean() ? Optional.of(text(8)) : Optional.empty();
    return new Connect(version, text(8), random.nextBoolean(), random.nextInt(65_536), user, password, will,
        or(0, this::four), or(65_535, () -> (long) id()).intValue(), or(Connect.NO_MAXIMUM, () -> 1 + four() / 2),
        or(0, () -> (long) id()).intValue(), random.nextBoolean(), random.nextBoolean(), userProperties(), method,
        method.isPresent() ? bytes(10) : Bytes.EMPTY);
  }

  private WillMessage will() {
    return isV5()
        ? new WillMessage(topic(), bytes(20), qos(), random.nextBoolean(), properties(), or(0, this::four),
            or(-1, this::four))
        : new WillMessage(topic(), bytes(20), qos(), random.nextBoolean(), MessageProperties.NONE, 0, -1);
  }

  private Publish publish(Side side) {
    QoS qos = qos();
    int id = qos == QoS.AT_MOST_ONCE ? 0 : id();
    boolean dup = qos != QoS.AT_MOST_ONCE && random.nextBoolean();
    Bytes payload = bytes(random.nextInt(8) == 0 ? 3_000 : 40);
    if (!isV5()) {
      return new Publish(
          topic(), payload, qos, dup, random.nextBoolean(), id, 0, -1, MessageProperties.NONE, NONE);
    }
    int alias = random.nextInt(3) == 0 ? id() : 0;
    int[] ids = side == Side.CLIENT
        ? random.ints(random.nextInt(3), 1, 268_435_456).toArray() : NONE;
    return new Publish(alias != 0 && random.nextBoolean() ? null : topic(), payload, qos, dup, random.nextBoolean(),
        id, alias, or(-1, this::four), properties(), ids);
  }

  private Subscribe subscribe() {
    List<Subscription> all = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      String group = isV5() && random.nextInt(4) == 0 ? "$share/g/" : "";
      String text = group + filter();
      Parsed<SubscriptionFilter> filter = Parsed.valid(SubscriptionFilter.of(text));
      all.add(isV5()
          ? new Subscription(text, filter, qos(), group.isEmpty() && random.nextBoolean(), random.nextBoolean(),
              RETAIN_HANDLING[random.nextInt(3)])
          : new Subscription(text, filter, qos(), false, false, RetainHandling.SEND));
    }
    return new Subscribe(id(), all, isV5() ? or(0, () -> 1L + random.nextInt(268_435_455)).intValue() : 0,
        isV5() ? userProperties() : List.of());
  }

  private Unsubscribe unsubscribe() {
    List<String> texts = new ArrayList<>();
    List<Parsed<SubscriptionFilter>> filters = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      texts.add(filter());
      filters.add(Parsed.valid(SubscriptionFilter.of(texts.getLast())));
    }
    return new Unsubscribe(id(), texts, filters, isV5() ? userProperties() : List.of());
  }

  private SubAck subAck() {
    List<ReasonCode> reasons = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      reasons.add(oneOf(ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1, ReasonCode.GRANTED_QOS_2,
          isV5() ? ReasonCode.TOPIC_FILTER_INVALID : ReasonCode.UNSPECIFIED_ERROR));
    }
    return new SubAck(id(), reasons, reasonString());
  }

  private UnsubAck unsubAck() {
    return isV5()
        ? new UnsubAck(id(), List.of(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED), reasonString())
        : new UnsubAck(id(), List.of());
  }

  private Disconnect disconnectOfClient() {
    return isV5()
        ? new Disconnect(oneOf(ReasonCode.SUCCESS, ReasonCode.DISCONNECT_WITH_WILL), reasonString(),
            or(-1, this::four), "")
        : Disconnect.NORMAL;
  }

  private ConnAck connAck() {
    if (!isV5()) {
      boolean accepted = random.nextBoolean();
      return accepted ? ConnAck.accepted(version != Version.V3_1 && random.nextBoolean()).build()
          : ConnAck.refusal(oneOf(ReasonCode.NOT_AUTHORIZED, ReasonCode.SERVER_UNAVAILABLE));
    }
    ConnAck.Builder b = ConnAck.accepted(random.nextBoolean()).reasonString(text(9))
        .sessionExpirySeconds(or(-1, this::four)).receiveMaximum(id()).maximumQoS(random.nextInt(3))
        .maximumPacketSize(or(-1, () -> 1 + four() / 2)).assignedClientId(text(9)).topicAliasMaximum(id())
        .available(random.nextBoolean(), random.nextBoolean(), random.nextBoolean(), random.nextBoolean())
        .serverKeepAlive(or(-1, () -> (long) id()).intValue()).responseInformation(text(9)).serverReference(text(9));
    return b.authenticationMethod(text(5)).authenticationData(bytes(9)).build();
  }

  private Auth auth(Side side) {
    ReasonCode other = side == Side.SERVER ? ReasonCode.REAUTHENTICATE : ReasonCode.SUCCESS;
    return new Auth(oneOf(ReasonCode.CONTINUE_AUTHENTICATION, other), "M" + text(5), bytes(30), reasonString());
  }

  private MessageProperties properties() {
    if (random.nextInt(3) == 0) {
      return MessageProperties.NONE;
    }
    @Nullable String contentType = random.nextBoolean() ? text(10) : null;
    @Nullable TopicName responseTopic = random.nextBoolean() ? topic() : null;
    @Nullable Bytes correlation = random.nextBoolean() ? bytes(10) : null;
    // The first is always there: properties without any would be read as none.
    return new MessageProperties(random.nextInt(2), contentType, responseTopic, correlation, userProperties());
  }

  private List<UserProperty> userProperties() {
    List<UserProperty> all = new ArrayList<>();
    for (int n = random.nextInt(3); n > 0; n--) {
      all.add(new UserProperty(text(5), text(5)));
    }
    return all;
  }

  private boolean isV5() {
    return version == Version.V5;
  }

  private int id() {
    return 1 + random.nextInt(65_535);
  }

  private long four() {
    return random.nextLong(0x1_0000_0000L);
  }

  private Long or(long usual, Supplier<Long> other) {
    return random.nextBoolean() ? Long.valueOf(usual) : other.get();
  }

  private QoS qos() {
    return QoS.of(random.nextInt(3));
  }

  private Bytes bytes(int most) {
    byte[] b = new byte[random.nextInt(most + 1)];
    random.nextBytes(b);
    return Bytes.wrap(b);
  }

  private String text(int most) {
    StringBuilder s = new StringBuilder();
    for (int n = random.nextInt(most + 1); n > 0; n--) {
      s.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return s.toString();
  }

  private TopicName topic() {
    return TopicName.of("t" + random.nextInt(5) + text(10));
  }

  private String filter() {
    return oneOf("#", "+", "a/+/b", "a/b/#", "t" + text(6));
  }

  private ReasonCode reason(ReasonCode... codes) {
    return isV5() ? oneOf(codes) : ReasonCode.SUCCESS;
  }

  private String reasonString() {
    return isV5() && random.nextBoolean() ? text(10) : "";
  }

  @SafeVarargs
  private <T> T oneOf(T... all) {
    return all[random.nextInt(all.length)];
  }
}
