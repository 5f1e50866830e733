package io.trivet.identity;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import io.trivet.broker.Authenticator;
import io.trivet.broker.ClientId;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
import io.trivet.identity.certificates.CertificateNames;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds out which device a peer is: by its certificate or pre-shared key, which the transport has proved; by password;
/// or by SCRAM-SHA-256.
///
/// Hashing runs on the executor given, which is bounded: what it rejects is answered "too busy". An unknown user costs
/// a hash too, so that its answer takes as long as a wrong password's.
public final class DeviceAuthenticator implements Authenticator {
  private static final int USER_NAME_CHARS_MAX = 256;
  private static final int NONCE_BYTES = 18;
  private static final String SEPARATORS = "-.:_";

  private final Registry registry;
  private final Randomness randomness;
  private final ExecutorService hashing;
  private final VerifiedPasswords verified;
  private final String nobodysHash;
  private volatile boolean anonymousAllowed;
  private volatile boolean strangersAsk;

  public DeviceAuthenticator(
      Registry registry, Randomness randomness, ExecutorService hashing, boolean anonymousAllowed) {
    this.registry = registry;
    this.randomness = randomness;
    this.hashing = hashing;
    this.verified = new VerifiedPasswords(randomness);
    this.anonymousAllowed = anonymousAllowed;
    this.nobodysHash = Passwords.decoy(randomness);
  }

  /// Threads for hashing, as many as given, with a queue that rejects what exceeds it. Real threads, since Argon2 never
  /// waits: on virtual ones it would hold up the others of its carrier. Each needs 19 MiB while it works.
  ///
  /// @param waitingMax how many checks may wait; beyond it the answer is "too busy"
  public static ExecutorService hashing(int threads, int waitingMax) {
    return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waitingMax),
        Thread.ofPlatform().name("trivet-password-", 0).daemon().factory(), new ThreadPoolExecutor.AbortPolicy());
  }

  public void anonymousAllowed(boolean allowed) {
    anonymousAllowed = allowed;
  }

  /// Whether peers without a credential may at least ask, as over CoAP without security, even where none is given a
  /// session: what they may do is what rules say of the anonymous.
  public void strangersAsk(boolean they) {
    strangersAsk = they;
  }

  @Override
  public void authenticate(Attempt a, Consumer<Outcome> answer) {
    if (!(a.peer().identity() instanceof TransportIdentity.None)) {
      a.password().ifPresent(SecretBytes::close);
      answer.accept(byTransport(a));
      return;
    }
    if (a.userName().isEmpty()) {
      a.password().ifPresent(SecretBytes::close);
      answer.accept(anonymous(a.clientId()));
      return;
    }
    String name = a.userName().get();
    SecretBytes password = a.password().orElseGet(() -> SecretBytes.utf8(""));
    if (name.length() > USER_NAME_CHARS_MAX || password.length() > Passwords.BYTES_MAX) {
      password.close();
      answer.accept(refused(Refusal.BAD_CREDENTIAL, "a user name or password longer than any of ours"));
      return;
    }
    Optional<Device> device = device(name);
    if (device.isPresent() && verified.contains(device.get(), password)) {
      password.close();
      answer.accept(accept(device.get(), a.clientId()));
      return;
    }
    hash(answer, password, () -> byPassword(a, device, password));
  }

  private Outcome anonymous(Optional<ClientId> clientId) {
    if (!anonymousAllowed) {
      return refused(Refusal.NOT_AUTHORIZED, "no credential, and nobody is anonymous here");
    }
    Optional<Device> owner = clientId.flatMap(this::ownerOf);
    return owner.isPresent()
        ? refused(Refusal.CLIENT_ID_NOT_ALLOWED, "the client identifier is that of device " + owner.get().id())
        : new Outcome.Accepted(Principal.ANONYMOUS, Bytes.EMPTY, Optional.empty());
  }

  /// The device with the longest id that the client identifier is, or begins with before a separator: `lamp-1` is not to
  /// be had by a device `lamp` whose rule is "prefix", nor by a peer without a credential.
  private Optional<Device> ownerOf(ClientId clientId) {
    String text = clientId.text();
    for (int end = text.length(); end > 0; end--) {
      if (end == text.length() || SEPARATORS.indexOf(text.charAt(end)) >= 0) {
        Optional<Device> owner = device(text.substring(0, end))
            .filter(d -> d.clientIds().allows(d.id(), text));
        if (owner.isPresent()) {
          return owner;
        }
      }
    }
    return Optional.empty();
  }

  private void hash(Consumer<Outcome> answer, SecretBytes password, java.util.function.Supplier<Outcome> work) {
    try {
      hashing.execute(() -> {
        Outcome outcome = refused(Refusal.TOO_BUSY, "the password could not be checked");
        try {
          outcome = work.get();
        } finally {
          password.close();
          answer.accept(outcome); // also where hashing ran out of memory: a peer without an answer holds its slot
        }
      });
    } catch (RejectedExecutionException e) {
      password.close();
      answer.accept(refused(Refusal.TOO_BUSY, "more passwords to check than the server can"));
    }
  }

  private Optional<Device> device(String userName) {
    return DeviceId.parse(userName) instanceof Parsed.Valid<DeviceId>(DeviceId id) ? registry.find(id) : Optional.empty();
  }

  private Outcome byPassword(Attempt a, Optional<Device> device, SecretBytes password) {
    Optional<Credential.Password> known = device.flatMap(d -> d.credential(Credential.Password.class));
    boolean matches = Passwords.matches(password, known.map(Credential.Password::phc).orElse(nobodysHash));
    if (device.isEmpty() || known.isEmpty() || !matches) {
      return refused(Refusal.BAD_CREDENTIAL,
          device.isEmpty() ? "no such device" : known.isEmpty() ? "the device has no password" : "wrong password");
    }
    verified.add(device.get(), password);
    return accept(device.get(), a.clientId());
  }

  private Optional<Device> proved(Peer peer) {
    return switch (peer.identity()) {
      case TransportIdentity.PreSharedKey(String identity) -> registry.findByPskIdentity(identity);
      case TransportIdentity.Certificate c -> CertificateNames.deviceOf(registry, c.chain().getFirst());
      case TransportIdentity.RawPublicKey(Bytes key) -> registry.findByRawKey(key);
      case TransportIdentity.ObjectSecurity(Bytes sender, Optional<Bytes> context) ->
          registry.findByObjectSecurity(sender, context);
      case TransportIdentity.None _ -> Optional.empty();
    };
  }

  /// Who a peer is by what its transport proved, for a protocol in which nobody says more of themselves: nothing where
  /// the key belongs to no device, or to one that is blocked.
  public Optional<Principal> principalOf(Peer peer) {
    return proved(peer).filter(d -> !d.isBlocked()).map(Device::principal);
  }

  private Outcome byTransport(Attempt a) {
    Optional<Device> device = proved(a.peer());
    if (device.isEmpty()) {
      return refused(Refusal.NOT_AUTHORIZED, "the certificate or key belongs to no device");
    }
    if (a.userName().isPresent() && !a.userName().get().equals(device.get().id().text())) {
      return refused(Refusal.NOT_AUTHORIZED, "the user name is not that of the device " + device.get().id());
    }
    return accept(device.get(), a.clientId());
  }

  private Outcome accept(Device d, Optional<ClientId> clientId) {
    if (d.isBlocked()) {
      return refused(Refusal.BLOCKED, "device " + d.id() + " is blocked");
    }
    if (clientId.isPresent() && !d.clientIds().allows(d.id(), clientId.get().text())) {
      return refused(Refusal.CLIENT_ID_NOT_ALLOWED,
          "device " + d.id() + " may use client identifiers by the rule '" + d.clientIds() + "' only");
    }
    Optional<Device> owner = d.clientIds() == ClientIdRule.ANY ? Optional.empty() : clientId.flatMap(this::ownerOf);
    if (owner.isPresent() && !owner.get().id().equals(d.id())) {
      return refused(Refusal.CLIENT_ID_NOT_ALLOWED,
          "the client identifier is that of device " + owner.get().id() + ", not of " + d.id());
    }
    Optional<ClientId> assigned =
        d.clientIds() == ClientIdRule.ANY ? Optional.empty() : Optional.of(new ClientId(d.id().text()));
    return new Outcome.Accepted(d.principal(), Bytes.EMPTY, assigned);
  }

  private static Outcome refused(Refusal refusal, String log) {
    return new Outcome.Refused(refusal, log);
  }

  @Override
  public boolean isCurrent(Principal p) {
    if (p.isAnonymous()) {
      return anonymousAllowed;
    }
    return p == Principal.SERVER
        || device(p.device()).filter(d -> !d.isBlocked() && d.revision() == p.revision()).isPresent();
  }

  /// What the registry says of that principal now, for deciding; nothing where it may do nothing any more.
  public Optional<Principal> current(Principal p) {
    if (p.isAnonymous()) {
      return anonymousAllowed || strangersAsk ? Optional.of(p) : Optional.empty();
    }
    return p == Principal.SERVER
        ? Optional.of(p) : device(p.device()).filter(d -> !d.isBlocked()).map(Device::principal);
  }

  @Override
  public Optional<Exchange> begin(Peer peer, Optional<ClientId> clientId, String method) {
    return method.equals(Scram.METHOD) ? Optional.of(new ScramExchange(peer, clientId)) : Optional.empty();
  }

  /// client-first, server-first, client-final, server-final; each step at once, as SCRAM's server hashes little.
  private final class ScramExchange implements Exchange {
    private final Peer peer;
    private final Optional<ClientId> clientId;
    private final ScramServer server;
    private @Nullable ScramVerifier verifier;
    private Optional<Device> device = Optional.empty();
    private boolean over;

    ScramExchange(Peer peer, Optional<ClientId> clientId) {
      this.peer = peer;
      this.clientId = clientId;
      byte[] nonce = new byte[NONCE_BYTES];
      randomness.fill(nonce);
      this.server = new ScramServer(Base64.getEncoder().encodeToString(nonce));
    }

    @Override
    public void step(Bytes data, Consumer<Outcome> answer) {
      ScramVerifier v = verifier;
      Outcome outcome = over
          ? refused(Refusal.BAD_CREDENTIAL, "the exchange is over") : v == null ? first(data) : last(data, v);
      over = !(outcome instanceof Outcome.Continue);
      answer.accept(outcome);
    }

    private Outcome first(Bytes data) {
      return switch (server.first(data)) {
        case Parsed.Invalid<String>(String _, String what) -> refused(Refusal.BAD_CREDENTIAL, what);
        case Parsed.Valid<String>(String name) -> {
          device = device(name);
          ScramVerifier v = device.flatMap(d -> d.credential(Credential.Password.class))
              .map(Credential.Password::scram).orElseGet(() -> verified.decoy(name));
          verifier = v;
          yield new Outcome.Continue(server.challenge(v));
        }
      };
    }

    private Outcome last(Bytes data, ScramVerifier v) {
      return switch (server.last(data, v)) {
        case Parsed.Invalid<Bytes>(String _, String what) -> refused(Refusal.BAD_CREDENTIAL, what);
        case Parsed.Valid<Bytes>(Bytes signature) -> {
          // The registry may have changed since the first step.
          Optional<Device> current = device.flatMap(d -> registry.find(d.id()));
          boolean same = current.flatMap(d -> d.credential(Credential.Password.class))
              .filter(p -> p.scram().equals(v)).isPresent();
          if (!same) {
            yield refused(Refusal.BAD_CREDENTIAL, "no such device");
          }
          if (!(peer.identity() instanceof TransportIdentity.None)
              && proved(peer).filter(d -> d.id().equals(current.get().id())).isEmpty()) {
            yield refused(Refusal.NOT_AUTHORIZED, "the certificate or key is not that of the device " + current.get().id());
          }
          Outcome outcome = accept(current.get(), clientId);
          yield outcome instanceof Outcome.Accepted ok
              ? new Outcome.Accepted(ok.principal(), signature, ok.assigned()) : outcome;
        }
      };
    }
  }
}
