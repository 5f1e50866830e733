package io.trivet.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.Authenticator.Attempt;
import io.trivet.broker.Authenticator.Exchange;
import io.trivet.broker.Authenticator.Outcome;
import io.trivet.broker.Authenticator.Refusal;
import io.trivet.broker.ClientId;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceAuthenticatorTest {
  private static final DeviceId LAMP = new DeviceId("lamp");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path dir;

  private final TestRandomness random = new TestRandomness(7);
  private final AtomicInteger hashed = new AtomicInteger();
  private final ExecutorService hashing = DeviceAuthenticator.hashing(1, 4);

  @SuppressWarnings("NullAway.Init")
  private Registry registry;

  @SuppressWarnings("NullAway.Init")
  private DeviceAuthenticator authenticator;

  @BeforeEach
  void devices() throws IOException {
    registry = Registry.open(dir.resolve("devices.json"));
    registry.add(device("lamp", "right"));
    ExecutorService counting = new java.util.concurrent.AbstractExecutorService() {
      @Override
      public void execute(Runnable r) {
        hashing.execute(() -> {
          hashed.incrementAndGet();
          r.run();
        });
      }

      @Override
      public void shutdown() {
        hashing.shutdown();
      }

      @Override
      public java.util.List<Runnable> shutdownNow() {
        return hashing.shutdownNow();
      }

      @Override
      public boolean isShutdown() {
        return hashing.isShutdown();
      }

      @Override
      public boolean isTerminated() {
        return hashing.isTerminated();
      }

      @Override
      public boolean awaitTermination(long time, TimeUnit unit) throws InterruptedException {
        return hashing.awaitTermination(time, unit);
      }
    };
    authenticator = new DeviceAuthenticator(registry, random, counting, false);
  }

  @AfterEach
  void stop() {
    hashing.shutdownNow();
  }

  private Device device(String id, String password) {
    SecretBytes p = SecretBytes.utf8(password);
    return Device.of(new DeviceId(id), 1_000)
        .with(new Credential.Password(Passwords.hash(p, random), Scram.verifier(p, random)));
  }

  private static Peer peer(TransportIdentity identity) {
    return new Peer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), "mqtts", true, "TLSv1.3", identity);
  }

  private Outcome connect(TransportIdentity identity, String clientId, String user, String password) {
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    authenticator.authenticate(new Attempt(peer(identity),
        clientId.isEmpty() ? Optional.empty() : Optional.of(new ClientId(clientId)),
        user.isEmpty() ? Optional.empty() : Optional.of(user),
        password.isEmpty() ? Optional.empty() : Optional.of(SecretBytes.utf8(password))), answer::complete);
    return answer.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private Outcome connect(String clientId, String user, String password) {
    return connect(TransportIdentity.NONE, clientId, user, password);
  }

  private static void accepts(Outcome o, String device) {
    assertThat(o).isInstanceOfSatisfying(Outcome.Accepted.class,
        a -> assertThat(a.principal().device()).isEqualTo(device));
  }

  private static void refuses(Outcome o, Refusal refusal) {
    assertThat(o).isInstanceOfSatisfying(Outcome.Refused.class, r -> assertThat(r.refusal()).isEqualTo(refusal));
  }

  @Test
  void acceptsTheRightPasswordOnly() {
    accepts(connect("lamp", "lamp", "right"), "lamp");
    refuses(connect("lamp", "lamp", "wrong"), Refusal.BAD_CREDENTIAL);
    refuses(connect("lamp", "lamp", ""), Refusal.BAD_CREDENTIAL);
    refuses(connect("lamp", "lump", "right"), Refusal.BAD_CREDENTIAL);
    refuses(connect("lamp", "la/mp", "right"), Refusal.BAD_CREDENTIAL);
    refuses(connect("lamp", "", "right"), Refusal.NOT_AUTHORIZED);
    refuses(connect("lamp", "l".repeat(257), "right"), Refusal.BAD_CREDENTIAL);
    refuses(connect("lamp", "lamp", "r".repeat(1_025)), Refusal.BAD_CREDENTIAL);
  }

  @Test
  void anUnknownUserCostsAHashToo() {
    connect("lamp", "nobody", "guess");
    connect("lamp", "lamp", "guess");
    assertThat(hashed).hasValue(2);
  }

  @Test
  void reconnectsWithoutHashingAgainUntilThePasswordChanges() throws IOException {
    accepts(connect("lamp", "lamp", "right"), "lamp");
    accepts(connect("lamp", "lamp", "right"), "lamp");
    assertThat(hashed).hasValue(1);
    refuses(connect("lamp", "lamp", "wrong"), Refusal.BAD_CREDENTIAL);

    registry.remove(LAMP);
    refuses(connect("lamp", "lamp", "right"), Refusal.BAD_CREDENTIAL);
    registry.add(device("lamp", "other")); // the same moment, so the same revision
    refuses(connect("lamp", "lamp", "right"), Refusal.BAD_CREDENTIAL);
    accepts(connect("lamp", "lamp", "other"), "lamp");
  }

  @Test
  void aBlockedDeviceIsToldSoOnlyWhenItKnowsItsPassword() throws IOException {
    accepts(connect("lamp", "lamp", "right"), "lamp");
    Principal before = registry.find(LAMP).orElseThrow().principal();
    assertThat(authenticator.isCurrent(before)).isTrue();
    registry.update(LAMP, d -> d.withState(Device.State.BLOCKED));

    refuses(connect("lamp", "lamp", "right"), Refusal.BLOCKED);
    refuses(connect("lamp", "lamp", "wrong"), Refusal.BAD_CREDENTIAL);
    assertThat(authenticator.isCurrent(before)).isFalse();
    assertThat(authenticator.current(before)).isEmpty();
  }

  @Test
  void knowsWhoIsCurrent() throws IOException {
    Principal before = registry.find(LAMP).orElseThrow().principal();
    registry.update(LAMP, d -> d.withAttribute("ward", "7"));
    assertThat(authenticator.isCurrent(before)).isFalse();
    assertThat(authenticator.current(before).orElseThrow().attributes()).containsEntry("ward", "7");
    assertThat(authenticator.isCurrent(Principal.SERVER)).isTrue();
    assertThat(authenticator.isCurrent(Principal.ANONYMOUS)).isFalse();
    assertThat(authenticator.isCurrent(new Principal("$no/device", java.util.Map.of(), java.util.Set.of(), 1))).isFalse();
  }

  @Test
  void bindsClientIdentifiersToDevices() throws IOException {
    refuses(connect("lamp-1", "lamp", "right"), Refusal.CLIENT_ID_NOT_ALLOWED);
    assertThat(connect("", "lamp", "right")).isInstanceOfSatisfying(Outcome.Accepted.class,
        a -> assertThat(a.assigned()).contains(new ClientId("lamp")));

    registry.update(LAMP, d -> d.withClientIds(ClientIdRule.PREFIX));
    accepts(connect("lamp", "lamp", "right"), "lamp");
    accepts(connect("lamp-1", "lamp", "right"), "lamp");
    accepts(connect("lamp.x:y", "lamp", "right"), "lamp");
    refuses(connect("lamps", "lamp", "right"), Refusal.CLIENT_ID_NOT_ALLOWED);

    registry.add(device("lamp-1", "own"));
    refuses(connect("lamp-1", "lamp", "right"), Refusal.CLIENT_ID_NOT_ALLOWED);
    accepts(connect("lamp-1", "lamp-1", "own"), "lamp-1");
    accepts(connect("lamp-2", "lamp", "right"), "lamp");

    registry.update(LAMP, d -> d.withClientIds(ClientIdRule.ANY));
    accepts(connect("whatever", "lamp", "right"), "lamp");
  }

  @Test
  void strangersComeInOnlyWhenSaidAndNeverAsADevice() {
    refuses(connect("guest", "", ""), Refusal.NOT_AUTHORIZED);
    authenticator.anonymousAllowed(true);
    assertThat(connect("guest", "", "")).isInstanceOfSatisfying(Outcome.Accepted.class,
        a -> assertThat(a.principal()).isEqualTo(Principal.ANONYMOUS));
    refuses(connect("lamp", "", ""), Refusal.CLIENT_ID_NOT_ALLOWED);
  }

  @Test
  void believesTheTransport() throws IOException {
    registry.update(LAMP, d -> d.with(new Credential.PreSharedKey("key-1", SecretBytes.copyOf(new byte[16]))));
    TransportIdentity psk = new TransportIdentity.PreSharedKey("key-1");
    accepts(connect(psk, "lamp", "", ""), "lamp");
    accepts(connect(psk, "lamp", "lamp", ""), "lamp");
    refuses(connect(psk, "lamp", "other", "right"), Refusal.NOT_AUTHORIZED);
    refuses(connect(new TransportIdentity.PreSharedKey("key-2"), "lamp", "lamp", "right"), Refusal.NOT_AUTHORIZED);
    assertThat(hashed).hasValue(0);
  }

  @Test
  void isTooBusyBeyondItsQueue() throws InterruptedException {
    CountDownLatch hold = new CountDownLatch(1);
    for (int i = 0; i < 5; i++) { // one at work, four waiting
      hashing.execute(() -> {
        try {
          hold.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }
    refuses(connect("lamp", "lamp", "right"), Refusal.TOO_BUSY);
    hold.countDown();
  }

  private Exchange scram(TransportIdentity identity) {
    return authenticator.begin(peer(identity), Optional.of(new ClientId("lamp")), "SCRAM-SHA-256").orElseThrow();
  }

  private static Outcome step(Exchange e, String data) {
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    e.step(Bytes.utf8(data), answer::complete);
    return answer.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A client of its own, on the JDK's PBKDF2 rather than the server's code.
  private static Outcome speak(Exchange e, String user, String password) throws Exception {
    String first = "n=" + user + ",r=fyko+d2lbbFgONRv9qkxdawL";
    Outcome challenge = step(e, "n,," + first);
    if (!(challenge instanceof Outcome.Continue(Bytes data))) {
      return challenge;
    }
    String[] parts = data.asUtf8().split(",");
    byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
    int iterations = Integer.parseInt(parts[2].substring(2));
    byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
        .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256)).getEncoded();
    byte[] key = hmac(salted, "Client Key");
    String last = "c=biws," + parts[0];
    byte[] signature = hmac(java.security.MessageDigest.getInstance("SHA-256").digest(key),
        first + "," + data.asUtf8() + "," + last);
    for (int i = 0; i < key.length; i++) {
      key[i] ^= signature[i];
    }
    return step(e, last + ",p=" + Base64.getEncoder().encodeToString(key));
  }

  @Test
  void scramAcceptsTheSamePassword() throws Exception {
    Outcome o = speak(scram(TransportIdentity.NONE), "lamp", "right");
    assertThat(o).isInstanceOfSatisfying(Outcome.Accepted.class, a -> {
      assertThat(a.principal().device()).isEqualTo("lamp");
      assertThat(a.data().asUtf8()).startsWith("v=");
    });
    refuses(speak(scram(TransportIdentity.NONE), "lamp", "wrong"), Refusal.BAD_CREDENTIAL);
    refuses(speak(scram(TransportIdentity.NONE), "nobody", "right"), Refusal.BAD_CREDENTIAL);
    assertThat(authenticator.begin(peer(TransportIdentity.NONE), Optional.empty(), "SCRAM-SHA-1")).isEmpty();
  }

  @Test
  void scramTellsNobodyWhichUsersThereAre() {
    Outcome known = step(scram(TransportIdentity.NONE), "n,,n=lamp,r=fyko+d2lbbFgONRv9qkxdawL");
    Outcome unknown = step(scram(TransportIdentity.NONE), "n,,n=lump,r=fyko+d2lbbFgONRv9qkxdawL");
    Outcome again = step(scram(TransportIdentity.NONE), "n,,n=lump,r=fyko+d2lbbFgONRv9qkxdawL");
    assertThat(shape(known)).isEqualTo(shape(unknown));
    assertThat(salt(unknown)).isEqualTo(salt(again)).isNotEqualTo(salt(known));
  }

  private static String[] parts(Outcome o) {
    assertThat(o).isInstanceOf(Outcome.Continue.class);
    return ((Outcome.Continue) o).data().asUtf8().split(",");
  }

  private static String shape(Outcome o) {
    String[] p = parts(o);
    return p[0].length() + " " + p[1].length() + " " + p[2];
  }

  private static String salt(Outcome o) {
    return parts(o)[1];
  }

  @Test
  void scramAnswersNothingAfterItsEndNorForABlockedOrAnotherDevice() throws Exception {
    Exchange over = scram(TransportIdentity.NONE);
    refuses(step(over, "nonsense"), Refusal.BAD_CREDENTIAL);
    refuses(speak(over, "lamp", "right"), Refusal.BAD_CREDENTIAL);

    registry.add(device("other", "pw").with(new Credential.PreSharedKey("key-2", SecretBytes.copyOf(new byte[16]))));
    refuses(speak(scram(new TransportIdentity.PreSharedKey("key-2")), "lamp", "right"), Refusal.NOT_AUTHORIZED);

    registry.update(LAMP, d -> d.withState(Device.State.BLOCKED));
    refuses(speak(scram(TransportIdentity.NONE), "lamp", "right"), Refusal.BLOCKED);
  }
}
