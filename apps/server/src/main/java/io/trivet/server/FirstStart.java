package io.trivet.server;

import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import io.trivet.identity.Credential;
import io.trivet.identity.Device;
import io.trivet.identity.DeviceId;
import io.trivet.identity.ClientIdRule;
import io.trivet.identity.OwnerOnly;
import io.trivet.identity.Passwords;
import io.trivet.identity.Registry;
import io.trivet.identity.Scram;
import io.trivet.identity.rules.RulesFile;
import io.trivet.server.config.OptionText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/// What a server makes for itself before it has anything: a commented configuration, rules, and an administrator.
public final class FirstStart {
  private static final DeviceId ADMIN = new DeviceId("admin");
  private static final int PASSWORD_BYTES = 18;

  private FirstStart() {}

  /// Makes what is missing.
  ///
  /// @return the new administrator's password, at the first start only: it is kept nowhere
  public static Optional<SecretBytes> prepare(DataDirectory data, Registry registry, Randomness random, long nowMillis)
      throws IOException {
    if (!Files.exists(data.config())) {
      OwnerOnly.write(data.config(), OptionText.yaml().getBytes(StandardCharsets.UTF_8));
    }
    if (!Files.exists(data.file("rules.yaml"))) {
      OwnerOnly.write(data.file("rules.yaml"), RulesFile.DEFAULT.getBytes(StandardCharsets.UTF_8));
    }
    if (Files.exists(data.registry())) {
      return Optional.empty();
    }
    SecretBytes password = password(random);
    registry.add(Device.of(ADMIN, nowMillis)
        .withGroups(Set.of("admin"))
        .withClientIds(ClientIdRule.PREFIX)
        .with(new Credential.Password(Passwords.hash(password, random), Scram.verifier(password, random))));
    return Optional.of(password);
  }

  /// 144 random bits, as 24 characters without any that a shell or a person would mistake.
  public static SecretBytes password(Randomness random) {
    byte[] bytes = new byte[PASSWORD_BYTES];
    random.fill(bytes);
    return SecretBytes.copyOf(Base64.getUrlEncoder().withoutPadding().encode(bytes));
  }
}
