package io.trivet.abe;

import io.trivet.base.Randomness;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What a key costs, by the number of attributes of an `and`: issuing it, encapsulating, decapsulating.
/// `lab/performance/abe.sh` runs it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class KemBenchmark {
  private static final byte[] CONTEXT = {1, 2, 3, 4};
  private static final SecureRandom SECURE = new SecureRandom();
  private static final Randomness RANDOMNESS = SECURE::nextBytes;

  @Param({"blst", "java"})
  public String curve = "";

  @Param({"CIPHERTEXT_POLICY", "KEY_POLICY"})
  public Kind kind = Kind.CIPHERTEXT_POLICY;

  @Param({"1", "3", "5", "10"})
  public int attributes;

  private MasterKey master = MasterKey.generate(kind, RANDOMNESS, Backends.BLST);
  private ReaderKey reader = master.issue("a0", RANDOMNESS).orThrow();
  private String sent = "";
  private String held = "";
  private byte[] ciphertext = {};

  @Setup(Level.Trial)
  public void prepare() {
    Groups groups = curve.equals("java") ? Backends.JAVA : Backends.BLST;
    String policy = IntStream.range(0, attributes).mapToObj(i -> "a" + i).collect(Collectors.joining(" and "));
    String labels = policy.replace(" and ", ", ");
    master = MasterKey.generate(kind, RANDOMNESS, groups);
    sent = KemTest.sent(kind, policy, labels);
    held = KemTest.held(kind, policy, labels);
    reader = master.issue(held, RANDOMNESS).orThrow();
    ciphertext = encapsulate().ciphertext();
    System.out.println("ciphertext " + ciphertext.length + " B, key " + reader.encoded().length + " B");
  }

  @TearDown
  public void close() {
    master.close();
    reader.close();
  }

  @Benchmark
  public ReaderKey issue() {
    return master.issue(held, RANDOMNESS).orThrow();
  }

  @Benchmark
  public Encapsulation encapsulate() {
    return master.publicKey().encapsulate(sent, CONTEXT).orThrow();
  }

  @Benchmark
  public Decapsulated.Opened decapsulate() {
    if (reader.decapsulate(ciphertext, CONTEXT) instanceof Decapsulated.Opened opened) {
      return opened;
    }
    throw new AssertionError("does not open");
  }
}
