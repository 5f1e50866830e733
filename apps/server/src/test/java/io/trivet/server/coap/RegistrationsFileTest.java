package io.trivet.server.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.coap.directory.Registration;
import io.trivet.coap.link.Link;
import io.trivet.coap.link.LinkAttribute;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrationsFileTest {
  @TempDir private Path dir = Path.of("");

  private static Registration registration(String id) {
    return new Registration(id, "node-" + id, "lab", "lamp \"1\"", "coap://[2001:db8::1]:61616", true, 60, 1_000_000,
        List.of(LinkAttribute.text("et", "oic.d.\"lamp\""), LinkAttribute.flag("x")),
        List.of(new Link("/t?a=b", List.of(LinkAttribute.text("rt", "temp; , <x>"))), new Link("/u", List.of())));
  }

  private List<Registration> afterwards(String... put) throws IOException, InterruptedException {
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      RegistrationsFile file = new RegistrationsFile(new StateFile(dir.resolve("directory.json"), writer));
      for (String id : put) {
        file.put(registration(id));
      }
      file.remove("gone");
      writer.shutdown();
      assertThat(writer.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    }
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      return new RegistrationsFile(new StateFile(dir.resolve("directory.json"), writer)).load();
    }
  }

  @Test
  void bringsBackWhatWasRegisteredAndNotRemoved() throws IOException, InterruptedException {
    assertThat(afterwards("1", "2", "gone")).containsExactlyInAnyOrder(registration("1"), registration("2"));
  }

  @Test
  void saysWhatIsWrongWithAFile() {
    assertThatThrownBy(() -> RegistrationsFile.parse(bytes("{\"version\": 9}"))).hasMessageContaining("version 9");
    assertThatThrownBy(() -> RegistrationsFile.parse(bytes("{\"version\": 1, \"registrations\": [{\"id\": \"1\"}]}")))
        .isInstanceOf(IOException.class).hasMessageContaining("attributes");
    assertThatThrownBy(() -> RegistrationsFile.parse(bytes(
        "{\"version\": 1, \"registrations\": [{\"id\": \"1\", \"attributes\": \"</>\", \"links\": \"<\"}]}")))
        .isInstanceOf(IOException.class).hasMessageContaining("links");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @FuzzTest(maxDuration = "20s")
  void takesAnything(byte[] content) {
    try {
      assertThat(RegistrationsFile.parse(content)).isNotNull();
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
