package io.trivet.net.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/// A program run to its end, or ten seconds, whichever comes first.
///
/// @param output both its streams
@NullMarked
public record Program(int status, String output) {
  public static Program run(String input, String... command) throws IOException, InterruptedException {
    Process p = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    StringBuilder output = new StringBuilder();
    Thread reader = Thread.ofVirtual().start(() -> {
      byte[] buffer = new byte[4_096];
      try {
        for (int n; (n = p.getInputStream().read(buffer)) >= 0; ) {
          synchronized (output) {
            output.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    try (OutputStream in = p.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
      in.flush();
      if (!input.isEmpty()) {
        // s_client leaves at the end of its input; give the answer time to come, or the server to end it.
        for (int i = 0; i < 100 && p.isAlive() && !contains(output, input.strip()); i++) {
          Thread.sleep(20);
        }
      }
    } catch (IOException _) {
      // it ended before it read its input, which its status tells
    }
    if (!p.waitFor(10, TimeUnit.SECONDS)) {
      p.destroyForcibly().waitFor();
    }
    reader.join();
    synchronized (output) {
      return new Program(p.exitValue(), output.toString());
    }
  }

  private static boolean contains(StringBuilder output, String text) {
    synchronized (output) {
      return output.indexOf(text) >= 0;
    }
  }
}
