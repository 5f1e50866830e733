package io.trivet.lab.memory;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.Authenticator;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider;
import io.trivet.broker.Message;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.lab.wire.TestServer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Who lives in a [TestServer], and what they may do.
public final class Residents implements Authenticator, Decider {
  private static final Principal ALICE = new Principal("alice", Map.of(), Set.of(), 1);

  @Override
  public void authenticate(Attempt attempt, Consumer<Outcome> answer) {
    boolean forbidden = attempt.clientId().map(ClientId::text).filter("forbidden"::equals).isPresent();
    String user = attempt.userName().orElse("");
    boolean proved = attempt.password().map(p -> p.matches(SecretBytes.utf8("secret"))).orElse(false);
    attempt.password().ifPresent(SecretBytes::close);
    if (forbidden) {
      answer.accept(new Outcome.Refused(Refusal.CLIENT_ID_NOT_ALLOWED, "nobody may have this identifier"));
    } else if (user.isEmpty()) {
      answer.accept(accepted(Principal.ANONYMOUS, ""));
    } else if (user.equals("alice") && proved) {
      answer.accept(accepted(ALICE, ""));
    } else {
      answer.accept(new Outcome.Refused(Refusal.BAD_CREDENTIAL, "not alice"));
    }
  }

  @Override
  public Optional<Exchange> begin(Peer peer, Optional<ClientId> clientId, String method) {
    return switch (method) {
      case "LAB" -> Optional.of(Residents::twoSteps);
      case "LAB-ONE" -> Optional.of((_, answer) -> answer.accept(accepted(ALICE, "")));
      default -> Optional.empty();
    };
  }

  private static void twoSteps(Bytes data, Consumer<Outcome> answer) {
    answer.accept(switch (data.asUtf8()) {
      case "open" -> new Outcome.Continue(Bytes.utf8("say"));
      case "sesame" -> accepted(ALICE, "welcome");
      default -> new Outcome.Refused(Refusal.BAD_CREDENTIAL, "said something else");
    });
  }

  private static Outcome accepted(Principal principal, String data) {
    return new Outcome.Accepted(principal, Bytes.utf8(data), Optional.empty());
  }

  @Override
  public Decision publish(Principal who, ClientId clientId, Message message) {
    return judge("denied/", message.topic().toString());
  }

  @Override
  public Decision subscribe(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
    return judge("denied/", filter.toString());
  }

  @Override
  public Decision deliver(Principal receiver, ClientId clientId, Message message) {
    return judge("undeliverable/", message.topic().toString());
  }

  private static Decision judge(String prefix, String topic) {
    return topic.startsWith(prefix) ? new Decision.Deny("below " + prefix) : Decision.ALLOW;
  }

  @Override
  public long generation() {
    return 1;
  }
}
