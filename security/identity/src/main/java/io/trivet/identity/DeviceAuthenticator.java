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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
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

  private final Registry registry;
  private final Randomness randomness;
  private final ExecutorService hashing;
  private final VerifiedPasswords verified;
  private final String nobodysHash;
  private volatile boolean anonymousAllowed;

  public DeviceAuthenticator(
      Registry registry, Randomness randomness, ExecutorService hashing, boolean anonymousAllowed) {
    this.registry = registry;
    this.randomness = randomness;
    this.hashing = hashing;
    this.verified = new VerifiedPasswords(randomness);
    this.anonymousAllowed = anonymousAllowed;
    byte[] unknown = new byte[32];
    randomness.fill(unknown);
    this.nobodysHash = Passwords.hash(SecretBytes.copyOf(unknown), randomness);
  }

  public void anonymousAllowed(boolean allowed) {
    anonymousAllowed = allowed;
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
      answer.accept(anonymousAllowed
          ? new Outcome.Accepted(Principal.ANONYMOUS, Bytes.EMPTY, Optional.empty())
          : refused(Refusal.NOT_AUTHORIZED, "no credential, and nobody is anonymous here"));
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

  private void hash(Consumer<Outcome> answer, SecretBytes password, java.util.function.Supplier<Outcome> work) {
    try {
      hashing.execute(() -> {
        Outcome outcome;
        try {
          outcome = work.get();
        } finally {
          password.close();
        }
        answer.accept(outcome);
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

  private Outcome byTransport(Attempt a) {
    Optional<Device> device = switch (a.peer().identity()) {
      case TransportIdentity.PreSharedKey(String identity) -> registry.findByPskIdentity(identity);
      case TransportIdentity.Certificate c -> CertificateNames.deviceOf(registry, c.chain().getFirst());
      case TransportIdentity.None _ -> Optional.empty();
    };
    if (device.isEmpty()) {
      return refused(Refusal.NOT_AUTHORIZED, "the certificate or key belongs to no device");
    }
    if (a.userName().isPresent() && !a.userName().get().equals(device.get().id().text())) {
      return refused(Refusal.NOT_AUTHORIZED, "the user name is not that of the device " + device.get().id());
    }
    return accept(device.get(), a.clientId());
  }

  private static Outcome accept(Device d, Optional<ClientId> clientId) {
    if (d.isBlocked()) {
      return refused(Refusal.BLOCKED, "device " + d.id() + " is blocked");
    }
    if (clientId.isPresent() && !d.clientIds().allows(d.id(), clientId.get().text())) {
      return refused(Refusal.CLIENT_ID_NOT_ALLOWED,
          "device " + d.id() + " may use client identifiers by the rule '" + d.clientIds() + "' only");
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
    return registry.find(new DeviceId(p.device()))
        .filter(d -> !d.isBlocked() && d.revision() == p.revision()).isPresent();
  }

  @Override
  public Optional<Exchange> begin(Peer peer, Optional<ClientId> clientId, String method) {
    return method.equals(Scram.METHOD) ? Optional.of(new ScramExchange(clientId)) : Optional.empty();
  }

  /// client-first, server-first, client-final, server-final; each step at once, as SCRAM's server hashes little.
  private final class ScramExchange implements Exchange {
    private final Optional<ClientId> clientId;
    private final ScramServer server;
    private @Nullable ScramVerifier verifier;
    private Optional<Device> device = Optional.empty();
    private boolean over;

    ScramExchange(Optional<ClientId> clientId) {
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
          yield !same ? refused(Refusal.BAD_CREDENTIAL, "no such device")
              : accept(current.get(), clientId) instanceof Outcome.Accepted ok
                  ? new Outcome.Accepted(ok.principal(), signature, ok.assigned())
                  : accept(current.get(), clientId);
        }
      };
    }
  }
}
