package io.trivet.cli.authority;

import io.trivet.authority.SealedKey;
import io.trivet.base.Bytes;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Trivet;
import io.trivet.cli.client.Protection;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "fetch",
    description = "On a device: fetch its current key from the authority's service, over TLS with certificates on both ends.",
    mixinStandardHelpOptions = true)
final class FetchCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Mixin
  private Unsealing unsealing = new Unsealing();

  @Option(names = "--server", paramLabel = "URL", required = true, description = "Such as https://keys.example:8446")
  private @Nullable URI server;

  @Option(names = "--cafile", paramLabel = "FILE", required = true, description = "Whom to trust for the service's certificate.")
  private @Nullable Path cafile;

  @Option(names = "--cert", paramLabel = "FILE", required = true, description = "The device's certificate.")
  private @Nullable Path cert;

  @Option(names = "--cert-key", paramLabel = "FILE", required = true, description = "Its private key.")
  private @Nullable Path key;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    URI base = server;
    if (base == null || !"https".equals(base.getScheme()) || base.getHost() == null) {
      throw new CommandFailed("--server " + base + ": give https://HOST:PORT");
    }
    unsealing.run(base.toString(), body(base).toArray(), spec);
    return Trivet.OK;
  }

  private Bytes body(URI base) throws IOException {
    SSLParameters tls = new SSLParameters();
    tls.setProtocols(new String[] {"TLSv1.3"});
    try (HttpClient client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(PATIENCE)
        .sslParameters(tls)
        .sslContext(new Protection(Optional.ofNullable(cafile), Optional.ofNullable(cert), Optional.ofNullable(key),
            Optional.empty(), Optional.empty()).context())
        .build()) {
      HttpResponse<InputStream> r = client.send(
          HttpRequest.newBuilder(base.resolve("/v1/key")).timeout(PATIENCE).GET().build(),
          HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = r.body()) {
        byte[] body = in.readNBytes(SealedKey.FILE_BYTES_MAX + 1);
        if (r.statusCode() != 200) {
          throw new CommandFailed(base + ": " + refusal(r.statusCode()));
        }
        return Bytes.wrap(body);
      }
    } catch (CommandFailed e) {
      throw e;
    } catch (IOException e) {
      throw new CommandFailed(base + ": " + reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed(base + ": interrupted", e);
    }
  }

  private static String reason(IOException e) {
    Throwable at = e;
    while (at.getMessage() == null && at.getCause() != null) {
      at = at.getCause();
    }
    return at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
  }

  private static String refusal(int status) {
    return switch (status) {
      case 403 -> "the certificate names no device that may fetch keys (403)";
      case 404 -> "no key was issued to this device yet (404): 'trivet authority issue' at the authority";
      case 410 -> "this device was revoked (410)";
      case 429 -> "asked too often (429): wait a second";
      case 503 -> "the service cannot read its directory (503): see what it says";
      default -> "answered " + status;
    };
  }
}
