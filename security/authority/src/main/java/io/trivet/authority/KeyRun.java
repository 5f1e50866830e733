package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Makes keys for many devices at once, one thread a core, each sealed and on the disk before the next begins.
record KeyRun(Layout layout, Scheme.Master master, Parameters parameters, Randomness randomness) {
  /// @param firstNumber of the first key; each has one more
  /// @return the devices with their keys, in the order given
  /// @throws IOException where a key could not be written; none is then left
  List<Subject> issue(List<Subject> wanted, long epoch, long firstNumber, Authority.Progress progress)
      throws IOException {
    if (wanted.isEmpty()) {
      return List.of();
    }
    int threads = Math.min(wanted.size(), Runtime.getRuntime().availableProcessors());
    List<Subject> made = new ArrayList<>(wanted.size());
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Subject>> running = new ArrayList<>(wanted.size());
      for (int i = 0; i < wanted.size(); i++) {
        Subject s = wanted.get(i);
        long number = firstNumber + i;
        Callable<Subject> one = () -> issue(s, epoch, number);
        running.add(pool.submit(one));
      }
      Exception failed = null;
      for (Future<Subject> f : running) {
        try {
          if (failed == null) {
            made.add(f.get());
            progress.reached(made.size(), wanted.size());
          } else if (!f.cancel(false)) {
            made.add(f.get()); // it was under way, and has to be withdrawn too
          }
        } catch (ExecutionException e) {
          failed = failed == null ? e : failed;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          failed = e;
          running.forEach(r -> r.cancel(true));
          break;
        }
      }
      if (failed != null) {
        pool.shutdownNow();
        throw failure(failed, made);
      }
    }
    return made;
  }

  private IOException failure(Exception failed, List<Subject> made) {
    IOException told = switch (failed.getCause()) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> new AuthorityException("stopped before all keys were made: nothing has changed", failed);
    };
    withdraw(made, told);
    return told;
  }

  /// Deletes keys that are not to be. Where that fails they lie there unnamed until the authority is next opened.
  void withdraw(List<Subject> made, IOException because) {
    for (Subject s : made) {
      try {
        layout.disk().delete(layout.keys().resolve(s.fileName()));
      } catch (IOException e) {
        because.addSuppressed(e);
      }
    }
  }

  private Subject issue(Subject s, long epoch, long number) throws IOException {
    String scope = Scopes.in(master.kind(), s.scope(), epoch);
    Bytes file = switch (master.issue(scope, randomness)) {
      case Parsed.Invalid<SecretBytes>(_, String what) -> throw new IllegalArgumentException(s.device() + ": " + what);
      case Parsed.Valid<SecretBytes>(SecretBytes key) -> {
        try (KeyFile plain =
            new KeyFile(parameters.authority(), s.device(), epoch, master.kind(), parameters.publicKey(), key)) {
          yield SealedKey.seal(s.recipient(), plain).encoded();
        }
      }
    };
    Bytes digest = Bytes.wrap(HexFormat.of().parseHex(LogEntry.sha256(file.toArray())));
    Subject issued = new Subject(s.device(), s.scope(), s.recipient(), epoch, number, digest, s.revokedIn());
    layout.disk().write(layout.keys().resolve(issued.fileName()), file.toArray());
    return issued;
  }
}
