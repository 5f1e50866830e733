package io.trivet.local;

import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.InboxEntry;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.StoreOp;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.broker.Will;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The values of the store's records, in version 1; drawn in `docs/store.md`.
final class Records {
  static final int VERSION = 1;

  private static final int QOS = 0b11;
  private static final int RETAIN = 1 << 2;
  private static final int EXPIRES = 1 << 3;
  private static final int PROPERTIES = 1 << 4;
  private static final int SHARED = 1 << 3;
  private static final int INLINE = 1 << 4;

  private static final int TYPE = 1;
  private static final int RESPONSE = 1 << 1;
  private static final int CORRELATION = 1 << 2;
  private static final int FORMAT_SHIFT = 3;

  private final RecordWriter out = new RecordWriter();

  /// A message of an inbox.
  ///
  /// @param appended the weight of all that was ever appended to the inbox, this one included, since it was last empty
  /// @param message inline, or null where it stands at `position` of [Family#MESSAGES]
  /// @param expiresAtMillis of the message
  /// @param weight of the message
  record InboxRecord(
      InboxEntry entry,
      long appended,
      int weight,
      long expiresAtMillis,
      long position,
      Optional<Message> message) {}

  /// @param inboxes how many held it at first
  record SharedMessage(Message message, long inboxes) {}

  record RetainedMessage(Message message, long number) {}

  /// What the last group left behind.
  ///
  /// @param position the highest in [Family#MESSAGES] so far
  /// @param session the highest number of a session so far
  /// @param messages in all inboxes
  /// @param bytes their weight
  record Group(long number, long position, long session, long messages, long bytes) {
    static final Group NONE = new Group(0, 0, 0, 0, 0);
  }

  // --- sessions -----------------------------------------------------------------------------------------------------

  byte[] session(byte[] key, StoreOp.PutSession s) {
    return out.begin(VERSION).text(s.clientId().text()).text(s.device()).varint(s.expirySeconds())
        .u64(s.restingSinceMillis()).end(key);
  }

  static StoreOp.PutSession session(byte[] key, byte[] value) throws DamagedRecord {
    RecordReader in = new RecordReader(Family.SESSIONS, key, value, VERSION);
    StoreOp.PutSession s = new StoreOp.PutSession(
        in.keyNumber(0), in.valid(ClientId.parse(in.text())), in.text(), in.varint(), in.u64());
    in.end();
    return s;
  }

  byte[] subscription(byte[] key, StoreOp.PutSubscription s) {
    int flags = s.qos().level() | (s.noLocal() ? 4 : 0) | (s.retainAsPublished() ? 8 : 0);
    return out.begin(VERSION).u8(flags).varint(s.id()).end(key);
  }

  static StoreOp.PutSubscription subscription(byte[] key, byte[] value) throws DamagedRecord {
    RecordReader in = new RecordReader(Family.SUBSCRIPTIONS, key, value, VERSION);
    long session = in.keyNumber(0);
    SubscriptionFilter filter = in.valid(SubscriptionFilter.parse(in.keyText(8), TopicLimits.PROTOCOL));
    int flags = in.u8();
    StoreOp.PutSubscription s = new StoreOp.PutSubscription(
        session, filter, qos(in, flags), (flags & 4) != 0, (flags & 8) != 0, small(in));
    in.end();
    return s;
  }

  byte[] mark(byte[] key) {
    return out.begin(VERSION).end(key);
  }

  static void mark(Family family, byte[] key, byte[] value) throws DamagedRecord {
    new RecordReader(family, key, value, VERSION).end();
  }

  static StoreOp.PutReceived received(byte[] key, byte[] value) throws DamagedRecord {
    RecordReader in = new RecordReader(Family.RECEIVED, key, value, VERSION);
    in.end();
    if (key.length != 10) {
      throw in.damaged("its key has " + key.length + " bytes");
    }
    return new StoreOp.PutReceived(
        Keys.numberAt(key, 0), (key[8] & 0xFF) << 8 | key[9] & 0xFF, Optional.empty());
  }

  byte[] will(byte[] key, StoreOp.PutWill w) {
    out.begin(VERSION).u64(w.dueWallMillis()).varint(w.will().delaySeconds()).u64(w.will().expirySeconds());
    return message(w.will().message()).end(key);
  }

  static StoreOp.PutWill will(byte[] key, byte[] value) throws DamagedRecord {
    RecordReader in = new RecordReader(Family.WILLS, key, value, VERSION);
    long due = in.u64();
    long delay = in.varint();
    long expiry = in.u64();
    StoreOp.PutWill w = new StoreOp.PutWill(in.keyNumber(0), new Will(message(in), delay, expiry), due);
    in.end();
    return w;
  }

  // --- messages -----------------------------------------------------------------------------------------------------

  byte[] retained(byte[] key, Message m, long number) {
    out.begin(VERSION).u64(number);
    return message(m).end(key);
  }

  static RetainedMessage retained(byte[] key, byte[] value) throws DamagedRecord {
    RecordReader in = new RecordReader(Family.RETAINED, key, value, VERSION);
    long number = in.u64();
    RetainedMessage r = new RetainedMessage(message(in), number);
    in.end();
    return r;
  }

  byte[] shared(byte[] key, Message m, int inboxes) {
    out.begin(VERSION).varint(inboxes);
    return message(m).end(key);
  }

  static SharedMessage shared(byte[] key, byte[] value) throws DamagedRecord {
    RecordReader in = new RecordReader(Family.MESSAGES, key, value, VERSION);
    long inboxes = in.varint();
    SharedMessage m = new SharedMessage(message(in), inboxes);
    in.end();
    return m;
  }

  byte[] count(byte[] key, long n) {
    return out.begin(VERSION).varint(n).end(key);
  }

  static long count(Family family, byte[] key, byte[] value) throws DamagedRecord {
    RecordReader in = new RecordReader(family, key, value, VERSION);
    long n = in.varint();
    in.end();
    return n;
  }

  /// @param position in [Family#MESSAGES]; -1 to hold the message inline
  byte[] inbox(byte[] key, InboxEntry e, Message m, long appended, long position) {
    boolean inline = position < 0;
    int flags = e.qos().level() | (e.retain() ? RETAIN : 0) | (e.share().isEmpty() ? 0 : SHARED)
        | (inline ? INLINE : 0);
    out.begin(VERSION).u8(flags).varint(appended).varint(m.weight()).varint(e.ids().length);
    for (int id : e.ids()) {
      out.varint(id);
    }
    if (!e.share().isEmpty()) {
      out.text(e.share());
    }
    if (inline) {
      message(m);
    } else {
      out.u64(position).u64(m.expiresAtMillis());
    }
    return out.end(key);
  }

  static InboxRecord inbox(byte[] key, byte[] value) throws DamagedRecord {
    RecordReader in = new RecordReader(Family.INBOXES, key, value, VERSION);
    int flags = in.u8();
    long appended = in.varint();
    int weight = small(in);
    int[] ids = new int[in.count()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = small(in);
    }
    String share = (flags & SHARED) != 0 ? in.text() : "";
    InboxEntry entry = new InboxEntry(in.keyNumber(0), qos(in, flags), (flags & RETAIN) != 0, ids, share);
    InboxRecord r;
    if ((flags & INLINE) != 0) {
      Message m = message(in);
      r = new InboxRecord(entry, appended, weight, m.expiresAtMillis(), -1, Optional.of(m));
    } else {
      long position = in.u64();
      r = new InboxRecord(entry, appended, weight, in.u64(), position, Optional.empty());
    }
    in.end();
    return r;
  }

  byte[] group(Group g) {
    return out.begin(VERSION).u64(g.number).u64(g.position).u64(g.session).u64(g.messages).u64(g.bytes)
        .end(Keys.GROUP);
  }

  static Group group(byte @Nullable [] value) throws DamagedRecord {
    if (value == null) {
      return Group.NONE;
    }
    RecordReader in = new RecordReader(Family.META, Keys.GROUP, value, VERSION);
    Group g = new Group(in.u64(), in.u64(), in.u64(), in.u64(), in.u64());
    in.end();
    return g;
  }

  private RecordWriter message(Message m) {
    boolean expires = m.expiresAtMillis() != Message.NEVER;
    MessageProperties p = m.properties();
    out.u8(m.qos().level() | (m.retain() ? RETAIN : 0) | (expires ? EXPIRES : 0) | (p.isNone() ? 0 : PROPERTIES));
    out.bytes(m.topic().utf8()).text(m.publisher().text());
    if (expires) {
      out.u64(m.expiresAtMillis());
    }
    if (!p.isNone()) {
      properties(p);
    }
    return out.bytes(m.payload());
  }

  private void properties(MessageProperties p) {
    out.u8((p.contentType().isPresent() ? TYPE : 0) | (p.responseTopic().isPresent() ? RESPONSE : 0)
        | (p.correlationData().isPresent() ? CORRELATION : 0) | p.payloadFormat() + 1 << FORMAT_SHIFT);
    p.contentType().ifPresent(out::text);
    p.responseTopic().ifPresent(t -> out.bytes(t.utf8()));
    p.correlationData().ifPresent(out::bytes);
    out.varint(p.userProperties().size());
    for (UserProperty u : p.userProperties()) {
      out.text(u.name()).text(u.value());
    }
  }

  private static Message message(RecordReader in) throws DamagedRecord {
    int flags = in.u8();
    TopicName topic = in.valid(TopicName.parse(in.text(), TopicLimits.PROTOCOL));
    ClientId publisher = in.valid(ClientId.parse(in.text()));
    long expires = (flags & EXPIRES) != 0 ? in.u64() : Message.NEVER;
    MessageProperties properties = (flags & PROPERTIES) != 0 ? properties(in) : MessageProperties.NONE;
    Bytes payload = in.bytes();
    return new Message(topic, payload, qos(in, flags), (flags & RETAIN) != 0, properties, expires, publisher);
  }

  private static MessageProperties properties(RecordReader in) throws DamagedRecord {
    int flags = in.u8();
    int format = (flags >> FORMAT_SHIFT) - 1;
    if (format > 1) {
      throw in.damaged("a payload format of " + format);
    }
    String type = (flags & TYPE) != 0 ? in.text() : null;
    TopicName response = (flags & RESPONSE) != 0 ? in.valid(TopicName.parse(in.text(), TopicLimits.PROTOCOL)) : null;
    Bytes correlation = (flags & CORRELATION) != 0 ? in.bytes() : null;
    List<UserProperty> user = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      user.add(new UserProperty(in.text(), in.text()));
    }
    return new MessageProperties(format, type, response, correlation, user);
  }

  private static QoS qos(RecordReader in, int flags) throws DamagedRecord {
    int level = flags & QOS;
    if (level > 2) {
      throw in.damaged("a QoS of 3");
    }
    return QoS.of(level);
  }

  private static int small(RecordReader in) throws DamagedRecord {
    long n = in.varint();
    if (n < 0 || n > Integer.MAX_VALUE) {
      throw in.damaged("a number of " + n);
    }
    return (int) n;
  }
}
