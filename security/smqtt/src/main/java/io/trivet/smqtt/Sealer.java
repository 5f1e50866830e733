package io.trivet.smqtt;

import io.trivet.abe.Encapsulation;
import io.trivet.abe.Encapsulator;
import io.trivet.abe.PublicParameters;
import io.trivet.base.Bytes;
import io.trivet.base.Clock;
import io.trivet.base.Parsed;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A publisher's half. Serves any number of threads; a message takes microseconds, one that begins a new header
/// milliseconds.
///
/// ## Counters
/// A content key lives in one instance of this class, which starts with none: every start of a program makes a fresh
/// header. So counters begin anew without a disk and no nonce comes twice. Only the counter's next value is kept, under
/// the same lock as the key it belongs to.
///
/// ## Order
/// A header must be at the broker before its first message. So the header's publication is given with each message until
/// the application says by [#published(Publication)] that it was acknowledged: a second thread, or one whose header was
/// lost, gives the header again rather than a message that nobody can open. The former key is dropped here, but
/// readers keep its header until it expires, so what was sealed with it still opens.
public final class Sealer {
  private static final long MILLIS = 1000;

  private final Bytes authority;
  private final SenderKey sender;
  private final Clock clock;

  private Encapsulator encapsulator;
  private SealerOptions options;
  private @Nullable Current current;

  private static final class Current {
    final ContentKey key;
    final Publication header;
    final long notBefore;
    final long first;
    final Signing signing;
    final Form form;
    long next;
    boolean published;

    Current(ContentKey key, Publication header, long notBefore, long first, SealerOptions options) {
      this.key = key;
      this.header = header;
      this.notBefore = notBefore;
      this.first = first;
      this.next = first;
      this.signing = options.signing();
      this.form = options.form();
    }
  }

  /// @param authority 16 bytes: the id of the authority whose parameters the encapsulator holds
  public Sealer(Encapsulator encapsulator, Bytes authority, SenderKey sender, SealerOptions options, Clock clock) {
    if (authority.length() != Terms.AUTHORITY_BYTES) {
      throw new IllegalArgumentException("an authority's id of " + authority.length() + " bytes: give 16");
    }
    this.encapsulator = encapsulator;
    this.authority = authority;
    this.sender = sender;
    this.options = options;
    this.clock = clock;
  }

  /// For readers of the authority's present epoch.
  public static Sealer of(PublicParameters authority, SenderKey sender, SealerOptions options, Clock clock) {
    return new Sealer(authority, authority.authority(), sender, options.epoch(authority.epoch()), clock);
  }

  /// The authority went on to another epoch: the next message begins a fresh header, which readers without a key of that
  /// epoch cannot open.
  ///
  /// @throws IllegalArgumentException when these are of another authority, or of an epoch before
  public synchronized void use(PublicParameters fresh) {
    if (!fresh.authority().equals(authority) || fresh.epoch() < options.epoch()) {
      throw new IllegalArgumentException("authority " + fresh.authority() + ", epoch " + fresh.epoch()
          + ": this sealer is of authority " + authority + ", epoch " + options.epoch());
    }
    if (fresh.epoch() > options.epoch()) {
      encapsulator = fresh;
      use(options.epoch(fresh.epoch()));
    }
  }

  public Sealing seal(String topic, byte[] payload) {
    return seal(topic, payload, Properties.NONE);
  }

  public synchronized Sealing seal(String topic, byte[] payload, Properties properties) {
    if (!Topics.isName(topic) || Topics.isKeyTopic(topic)) {
      return new Sealing.Refused(Refusal.TOPIC, topic + ": give a topic name outside " + Topics.KEY_PREFIX);
    }
    if (!Topics.matches(options.scope(), topic)) {
      return new Sealing.Refused(Refusal.OUT_OF_SCOPE, topic + " is not within " + options.scope());
    }
    if (payload.length > Envelope.BYTES_MAX - KeyHeader.SIGNATURE_BYTES * 2) {
      return new Sealing.Refused(Refusal.TOO_LARGE, payload.length + " bytes");
    }
    Current c = current;
    if (c == null || isOver(c)) {
      Parsed<Current> fresh = fresh();
      if (fresh instanceof Parsed.Invalid<Current>(String _, String what)) {
        return new Sealing.Refused(Refusal.POLICY, what);
      }
      c = fresh.orThrow();
      current = c;
    }
    if (c.next > Envelope.COUNTER_MAX) {
      return new Sealing.Refused(Refusal.EXHAUSTED, "counter " + c.next);
    }
    byte[] external = c.key.external(topic, properties);
    byte[] sealed = c.key.sealed(c.form, c.next++, external, payload);
    if (c.signing == Signing.PER_MESSAGE) {
      sealed = Envelope.signed(sealed, sender.sign(ContentKey.toBeSigned(sealed, 0, sealed.length, external)));
    }
    return new Sealing.Sealed(
        c.published ? Optional.empty() : Optional.of(c.header), Publication.message(topic, sealed));
  }

  /// The header's publication was acknowledged; it is not given again.
  public synchronized void published(Publication header) {
    if (current != null && current.header.topic().equals(header.topic())) {
      current.published = true;
    }
  }

  /// The next message begins a fresh header: at the authority's new epoch, or with another policy.
  public synchronized void use(SealerOptions changed) {
    options = changed;
    current = null;
  }

  public synchronized SealerOptions options() {
    return options;
  }

  /// The next message begins a fresh header: the connection was lost and the broker may have forgotten the last one.
  public synchronized void rotate() {
    current = null;
  }

  private boolean isOver(Current c) {
    long age = seconds() - c.notBefore;
    // A clock that was set back must not stretch a key's use.
    return c.next - c.first >= options.rotateAfterMessages() || age < 0 || age >= options.rotateAfter().toSeconds();
  }

  private Parsed<Current> fresh() {
    long now = seconds();
    Terms terms = new Terms(authority, encapsulator.kind(), sender.identity().name(), sender.identity().keyId(),
        options.scope(), options.epoch(), now, now + options.validity().toSeconds(), 0, options.signing(),
        options.algorithm());
    return encapsulator.encapsulate(options.policy(), terms.context()).map(e -> current(terms, e));
  }

  private Current current(Terms terms, Encapsulation e) {
    KeyHeader header = KeyHeader.signed(terms, Bytes.wrap(e.ciphertext()), sender);
    Publication publication = new Publication(
        Topics.keyTopic(header), header.encoded(), true, options.validity().toSeconds());
    return new Current(new ContentKey(header, e.secret()), publication, terms.notBefore(), terms.base(), options);
  }

  private long seconds() {
    return clock.wallMillis() / MILLIS;
  }
}
