package io.trivet.cli.coap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trivet.base.Bytes;
import io.trivet.broker.Principal;
import io.trivet.cli.client.ClientFailure;
import io.trivet.coap.oscore.Aead;
import io.trivet.coap.oscore.OscoreAssociation;
import io.trivet.coap.oscore.OscoreSecret;
import io.trivet.coap.oscore.OscoreSettings;
import io.trivet.coap.oscore.SequenceStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/// An OSCORE context as `trivet device add --oscore` writes it, and beside it, in a file whose name ends with `.sequence`,
/// how far its sender sequence numbers may have been used: advanced and synced before one is used, so that none is used
/// twice whatever happens to this process (RFC 8613, section 7.2.1). One command at a time uses a context.
public final class OscoreFile implements AutoCloseable {
  private static final long BYTES_MAX = 64 << 10;
  private static final int NUMBERS_AT_ONCE = 8;
  private static final int PEERS_MAX = 16;
  private static final int LOCK_TRIES = 100;
  private static final long LOCK_PAUSE_MILLIS = 100;
  private static final String OWNER_ONLY = "rw-------";

  private final OscoreAssociation association;
  private final FileChannel sequence;
  private final FileLock lock;

  private OscoreFile(OscoreAssociation association, FileChannel sequence, FileLock lock) {
    this.association = association;
    this.sequence = sequence;
    this.lock = lock;
  }

  OscoreAssociation association() {
    return association;
  }

  /// @throws ClientFailure where the file is no context, or another command uses it
  public static OscoreFile open(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new ClientFailure(file + ": too large for an OSCORE context");
    }
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new ClientFailure(file + ": no JSON: " + e.getOriginalMessage(), e);
    }
    OscoreSecret secret;
    Optional<Bytes> idContext;
    try {
      int algorithm = json.path("aead").asInt(10);
      Aead aead = Aead.ofCose(algorithm).orElseThrow(
          () -> new IllegalArgumentException("aead " + algorithm + " is not spoken here"));
      secret = new OscoreSecret(hex(json, "master-secret"), hex(json, "master-salt"), hex(json, "sender-id"),
          hex(json, "recipient-id"), aead);
      idContext = json.has("id-context") ? Optional.of(hex(json, "id-context")) : Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new ClientFailure(file + ": no OSCORE context: " + e.getMessage(), e);
    }
    return locked(file, secret, idContext);
  }

  private static Bytes hex(JsonNode json, String name) {
    if (!json.has(name) && !name.equals("master-salt")) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return Bytes.wrap(HexFormat.of().parseHex(json.path(name).asText("")));
  }

  private static OscoreFile locked(Path file, OscoreSecret secret, Optional<Bytes> idContext) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".sequence");
    if (!Files.exists(beside)) {
      try {
        Files.createFile(beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
      } catch (java.nio.file.FileAlreadyExistsException e) {
        // Another command made it just now.
      }
    }
    FileChannel channel = FileChannel.open(beside, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = lock(channel, file);
      long from = read(channel, beside);
      OscoreAssociation a = OscoreAssociation.of(file.toString(), Principal.ANONYMOUS, secret, idContext, true, false,
          new Numbers(channel, from), settings());
      return new OscoreFile(a, channel, lock);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static OscoreSettings settings() {
    OscoreSettings d = OscoreSettings.DEFAULT;
    return new OscoreSettings(d.windowSize(), NUMBERS_AT_ONCE, d.echoLifetime(), PEERS_MAX);
  }

  private static FileLock lock(FileChannel channel, Path file) throws IOException {
    for (int i = 0; i < LOCK_TRIES; i++) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      try {
        Thread.sleep(LOCK_PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted");
      }
    }
    throw new ClientFailure(file + ": another command uses this context; each needs one of its own");
  }

  private static long read(FileChannel channel, Path file) throws IOException {
    ByteBuffer b = ByteBuffer.allocate(Long.BYTES);
    int n = channel.read(b, 0);
    if (n <= 0) {
      return 0;
    }
    if (n != Long.BYTES || channel.size() != Long.BYTES) {
      // Whoever began anew at 0 would use numbers twice, which opens both messages to everybody.
      throw new ClientFailure(file + ": damaged, so nobody knows which numbers were used: make a new context with"
          + " 'trivet device add --oscore'");
    }
    return b.flip().getLong();
  }

  /// The numbers of the one file that is open.
  private static final class Numbers implements SequenceStore {
    private final FileChannel channel;
    private final long from;

    Numbers(FileChannel channel, long from) {
      this.channel = channel;
      this.from = from;
    }

    @Override
    public long unreserved(String contextId) {
      return from;
    }

    @Override
    public void reserve(String contextId, long upTo, Consumer<Boolean> done) {
      boolean made;
      try {
        channel.write(ByteBuffer.allocate(Long.BYTES).putLong(upTo).flip(), 0);
        channel.force(true);
        made = true;
      } catch (IOException e) {
        made = false; // no number is given out then, and the request fails
      }
      done.accept(made);
    }

    @Override
    public void forget(String contextId) {
      // The numbers stay used, whoever holds the file.
    }
  }

  @Override
  public void close() throws IOException {
    lock.release();
    sequence.close();
  }
}
