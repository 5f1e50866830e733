package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The authority with its master key open. One process has it at a time, one thread uses it.
///
/// Every change goes one way, so that a machine may stop between any two writes: new keys go into files that nothing names
/// yet; then lines go to the end of the log; then the ledger is replaced, which names the keys and signs the log's head,
/// and the change has happened. What an interrupted change left behind is put right when the authority is next opened: its
/// keys are deleted, its lines of the log stand, and one more says that they had no effect. A key is handed out only when
/// the ledger names it, so never before the log tells of it.
public final class Authority implements AutoCloseable {
  private final Layout layout;
  private final Closeable lock;
  private final Scheme.Master master;
  private final Signer signer;
  private final Parameters parameters;
  private final Scheme scheme;
  private final Randomness randomness;
  private final InstantSource clock;
  private Ledger ledger;

  /// What a device is to get.
  ///
  /// @param scope its attributes between commas, or under [Kind#KEY_POLICY] its policy; without an epoch
  /// @param recipient absent where it is known from an earlier key
  public record Request(String device, String scope, Optional<Recipient> recipient) {}

  /// @param file the sealed key, below the authority's directory
  public record Issued(Subject subject, Path file) {}

  /// Hears how far a change of many keys has come.
  @FunctionalInterface
  public interface Progress {
    void reached(int done, int of);
  }

  private Authority(Layout layout, Closeable lock, Scheme.Master master, Signer signer, Parameters parameters,
      Ledger ledger, Scheme scheme, Randomness randomness, InstantSource clock) {
    this.layout = layout;
    this.lock = lock;
    this.master = master;
    this.signer = signer;
    this.parameters = parameters;
    this.ledger = ledger;
    this.scheme = scheme;
    this.randomness = randomness;
    this.clock = clock;
  }

  /// Makes an authority in a directory that is not there or empty; all of it or nothing.
  ///
  /// @throws IOException where something is there already, or it cannot be written
  public static Parameters init(Path dir, Kind kind, Guard guard, Randomness randomness, InstantSource clock)
      throws IOException {
    return Founding.init(new Layout(dir, new OwnedDisk()), kind, guard, Seal.USUAL, new AbeScheme(), randomness, clock);
  }

  /// @throws IOException where the passphrase or the PIN is wrong, a file is corrupted, or another process has it open
  public static Authority open(Path dir, Opener opener, Randomness randomness, InstantSource clock) throws IOException {
    return open(new Layout(dir, new OwnedDisk()), opener, new AbeScheme(), randomness, clock);
  }

  static Authority open(Layout layout, Opener opener, Scheme scheme, Randomness randomness, InstantSource clock)
      throws IOException {
    Parameters p = layout.readParameters();
    Closeable lock = layout.disk().lock(layout.lock());
    Scheme.Master master = null;
    Signer signer = null;
    Authority opened = null;
    try {
      try (SecretBytes secret = Seal.open(layout.readMaster(), opener)) {
        master = scheme.decode(secret).orThrow();
        signer = Signer.of(secret);
      }
      if (!p.equals(Founding.parameters(master, signer))) {
        throw new AuthorityException(layout.parameters() + ": does not belong to the master key; restore the whole "
            + "directory from one backup");
      }
      opened = new Authority(
          layout, lock, master, signer, p, layout.readLedger(p), scheme, randomness, clock);
      opened.recover();
      return opened;
    } catch (IllegalArgumentException e) {
      opened = null;
      throw new AuthorityException(layout.master() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      opened = null;
      throw e;
    } finally {
      if (opened == null) {
        release(lock, master, signer);
      }
    }
  }

  private static void release(Closeable lock, Scheme.@Nullable Master master,
      @Nullable Signer signer) throws IOException {
    if (master != null) {
      master.close();
    }
    if (signer != null) {
      signer.close();
    }
    lock.close();
  }

  public Parameters parameters() {
    return parameters;
  }

  public long epoch() {
    return ledger.epoch();
  }

  public LogHead head() {
    return ledger.log();
  }

  /// In the order of their names.
  public Collection<Subject> subjects() {
    return ledger.subjects().values();
  }

  public Optional<Subject> find(String device) {
    return ledger.find(device);
  }

  private void recover() throws IOException {
    Optional<Recovery.Left> left = new Recovery(layout, ledger).run();
    if (left.isPresent()) {
      ledger = ledger.withLog(left.get().head());
      commit(List.of(new Draft(LogEntry.What.RECOVER, "", "", left.get().note())), ledger);
    }
  }

  /// Keys for devices, of this epoch: for all of them, or where one is refused for none.
  ///
  /// @param reinstate whether a device that was revoked gets a key again
  /// @throws IllegalArgumentException for what is wrong with a request, with the device it is about
  /// @throws IOException where nothing could be written; nothing then has changed
  public List<Issued> issue(List<Request> requests, boolean reinstate, Progress progress) throws IOException {
    Map<String, Subject> wanted = new LinkedHashMap<>();
    for (Request r : requests) {
      Subject s = subject(r, reinstate);
      if (wanted.put(s.device(), s) != null) {
        throw new IllegalArgumentException(s.device() + ": stands there twice");
      }
    }
    if (ledger.subjects().size() + wanted.size() > Ledger.SUBJECTS_MAX) {
      throw new IllegalArgumentException("more than " + Ledger.SUBJECTS_MAX + " devices");
    }
    return change(List.copyOf(wanted.values()), ledger.epoch(), progress, issued -> issued.stream()
        .map(i -> new Draft(LogEntry.What.ISSUE, i.device(), digest(i.scope()), "key " + i.keyNumber()))
        .toList());
  }

  private Subject subject(Request r, boolean reinstate) {
    Optional<Subject> known = ledger.find(DeviceName.checked(r.device()));
    if (known.isPresent() && known.get().isRevoked() && !reinstate) {
      throw new IllegalArgumentException(r.device() + ": was revoked in epoch " + known.get().revokedIn().getAsLong()
          + "; to trust it again say so with --reinstate");
    }
    Recipient to = r.recipient().or(() -> known.map(Subject::recipient)).orElseThrow(() ->
        new IllegalArgumentException(r.device() + ": has no public key here yet: make a pair with "
            + "'trivet authority device-key " + r.device() + "' on the device and give its public half with --key"));
    String scope = switch (Scopes.checked(scheme, master.kind(), r.scope())) {
      case Parsed.Valid<String>(String s) -> s;
      case Parsed.Invalid<String>(_, String what) -> throw new IllegalArgumentException(r.device() + ": " + what);
    };
    return new Subject(r.device(), scope, to, ledger.epoch(), 1, Bytes.wrap(new byte[32]),
        OptionalLong.empty());
  }

  /// The next epoch: a new key for every device that was not revoked. Those that were cannot read what is sealed in it.
  ///
  /// @return the new epoch
  public long rotate(Progress progress) throws IOException {
    List<Subject> all = ledger.subjects().values().stream().filter(s -> !s.isRevoked()).toList();
    long next = ledger.epoch() + 1;
    change(all, next, progress, issued -> {
      StringBuilder everything = new StringBuilder();
      issued.forEach(i -> everything.append(i.device()).append(' ').append(digest(i.scope())).append('\n'));
      return List.of(new Draft(LogEntry.What.ROTATE, "", digest(everything.toString()), issued.size() + " keys"));
    });
    return next;
  }

  @FunctionalInterface
  private interface Telling {
    List<Draft> of(List<Subject> issued);
  }

  private List<Issued> change(List<Subject> wanted, long epoch, Progress progress, Telling telling) throws IOException {
    KeyRun run = new KeyRun(layout, master, parameters, randomness);
    List<Subject> issued = run.issue(wanted, epoch, ledger.nextKey(), progress);
    try {
      commit(telling.of(issued),
          ledger.withEpoch(epoch).withNextKey(ledger.nextKey() + issued.size()).with(issued));
    } catch (IOException e) {
      run.withdraw(issued, e);
      throw e;
    }
    sweep();
    return issued.stream().map(s -> new Issued(s, layout.keys().resolve(s.fileName()))).toList();
  }

  /// No more keys for these devices. What they have goes on reading until the next [#rotate].
  ///
  /// @throws IllegalArgumentException where one is unknown, or revoked already
  public void revoke(List<String> devices) throws IOException {
    List<Subject> revoked = new ArrayList<>();
    List<Draft> drafts = new ArrayList<>();
    for (String d : devices.stream().distinct().toList()) {
      Subject s = ledger.find(DeviceName.checked(d)).orElseThrow(() -> new IllegalArgumentException(
          d + ": no key was issued to it; see 'trivet authority list'"));
      if (s.isRevoked()) {
        throw new IllegalArgumentException(d + ": was revoked already, in epoch " + s.revokedIn().getAsLong());
      }
      revoked.add(s.revoked(ledger.epoch()));
      drafts.add(new Draft(LogEntry.What.REVOKE, d, digest(s.scope()), "reads what is sealed until epoch "
          + ledger.epoch() + " ends"));
    }
    commit(drafts, ledger.with(revoked));
    sweep();
  }

  /// Says in the log that something is about to leave; write it only afterwards.
  ///
  /// @param note what, and to where
  public void exported(String note) throws IOException {
    commit(List.of(new Draft(LogEntry.What.EXPORT, "", "", note)), ledger);
  }

  /// The master key under another guard, for a safe place; it replaces `master.key` of a directory that has lost its own.
  /// The log tells of it first.
  public Bytes exportMaster(Guard guard, String note) throws IOException {
    exported(note);
    try (SecretBytes secret = master.encoded()) {
      return Seal.USUAL.close(master.kind(), master.id(), secret, guard, randomness).encoded();
    }
  }

  private static String digest(String scope) {
    return LogEntry.sha256(scope.getBytes(StandardCharsets.UTF_8));
  }

  /// A line of the log before it has its place.
  private record Draft(LogEntry.What what, String subject, String attributes, String note) {}

  private void commit(List<Draft> drafts, Ledger next) throws IOException {
    LogHead head = ledger.log();
    StringBuilder lines = new StringBuilder();
    for (Draft d : drafts) {
      LogEntry e = new LogEntry(head.lines() + 1, clock.instant(), d.what, d.subject, d.attributes, next.epoch(), d.note,
          head.hash());
      lines.append(e.line()).append('\n');
      head = head.after(e);
    }
    Ledger committed = next.withLog(head);
    LogTail tail = new LogTail(layout);
    long before = tail.append(lines.toString());
    try {
      layout.disk().write(layout.ledger(), committed.signed(signer).toArray());
    } catch (IOException e) {
      tail.takeBack(before, e);
      throw e;
    }
    ledger = committed;
  }

  /// Deletes keys that the ledger does not name, or no longer hands out.
  private void sweep() throws IOException {
    new Recovery(layout, ledger).sweep();
  }

  @Override
  public void close() throws IOException {
    release(lock, master, signer);
  }
}
