package io.trivet.smqtt;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
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
import org.openjdk.jmh.annotations.Warmup;

/// What a message costs after the header, beside a record of TLS 1.3 (RFC 8446, section 5.2) with the same cipher.
/// Opening is of the newest message again, which goes all the way but for the window's step.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class SealBenchmark {
  @Param({"64", "1024"})
  public int bytes;

  @Param({"COSE", "COMPACT"})
  public Form form = Form.COSE;

  private final Ward ward = new Ward();
  private Sealer sealer = ward.sealer();
  private Opener opener = ward.opener();
  private byte[] payload = {};
  private byte[] message = {};
  private byte[] record = {};
  private long number;

  @Setup(Level.Trial)
  public void prepare() {
    sealer = ward.sealer(Ward.options().form(form).rotation(1L << 32, Duration.ofHours(1), Duration.ofDays(1)));
    opener = ward.opener();
    payload = Ward.payload(bytes);
    record = new byte[bytes + 64];
    Sealing.Sealed s = Ward.sealed(sealer, Ward.TOPIC, payload);
    Ward.give(opener, s);
    message = s.message().payload().toArray();
  }

  @Benchmark
  public Sealing seal() {
    return sealer.seal(Ward.TOPIC, payload);
  }

  @Benchmark
  public Opened open() {
    return opener.open(Ward.TOPIC, message);
  }

  @State(Scope.Benchmark)
  public static class Tls {
    final Cipher cipher;
    final SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");

    public Tls() {
      try {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Benchmark
  public int tlsRecord(Tls tls) throws GeneralSecurityException {
    byte[] nonce = new byte[12];
    number++;
    for (int i = 0; i < 8; i++) {
      nonce[11 - i] = (byte) (number >>> 8 * i);
    }
    tls.cipher.init(Cipher.ENCRYPT_MODE, tls.key, new GCMParameterSpec(128, nonce));
    tls.cipher.updateAAD(new byte[5]);
    return tls.cipher.doFinal(payload, 0, payload.length, record, 5);
  }
}
