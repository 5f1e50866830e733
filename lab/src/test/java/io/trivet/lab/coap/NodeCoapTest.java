package io.trivet.lab.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.clients.Command;
import io.trivet.lab.clients.LabServer;
import io.trivet.lab.clients.NodeModules;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// node-coap on Node.js.
@Tag("slow")
class NodeCoapTest {
  private static final LabServer SERVER = new LabServer();

  @BeforeAll
  static void start() {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void publishesReadsAndObserves() {
    try (Command node = NodeModules.run("coap.js", "" + SERVER.port("coap"), "node/1")) {
      assertThat(node.awaitSuccess(Duration.ofSeconds(40)))
          .contains("ok observed", "ok large", "ok echo", "ok deleted");
    }
  }
}
