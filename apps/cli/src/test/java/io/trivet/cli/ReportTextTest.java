package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.SecretBytes;
import io.trivet.server.Report;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class ReportTextTest {
  private static String print(Report report, String launcher) {
    StringWriter text = new StringWriter();
    new ReportText(new PrintWriter(text, true), launcher).print(report);
    return text.toString();
  }

  private static final List<Report.Listening> LISTENING = List.of(
      new Report.Listening("mqtts", new InetSocketAddress(8883), "TLS 1.3 and 1.2, X25519MLKEM768 preferred"),
      new Report.Listening("plaintext", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1883), "NONE"));

  @Test
  void tellsTheFirstStartWhatIsThereAndWhatToDoNext() {
    Report first = new Report(Path.of("/srv/my data"), LISTENING, List.of("insecure.plaintext: it is in the clear"),
        Optional.of(SecretBytes.utf8("pa55word")), Optional.of(Path.of("/srv/my data/ca/ca.crt")));
    assertThat(print(first, "./trivet")).isEqualTo("""
        Trivet 0.1.0, data in /srv/my data
        listens  mqtts      *:8883                 TLS 1.3 and 1.2, X25519MLKEM768 preferred
        listens  plaintext  127.0.0.1:1883         NONE
        WARNING  insecure.plaintext: it is in the clear

        First start: made a certificate authority, a certificate for this host, and an administrator.
          device    admin
          password  pa55word   (shown once)
          trust     /srv/my data/ca/ca.crt

        Next, in another terminal:
          ./trivet device add lamp-1 --cert --data '/srv/my data'

        """);
  }

  @Test
  void leavesOutTheUsualDirectory() {
    Report first = new Report(Path.of("data").toAbsolutePath(), LISTENING, List.of(),
        Optional.of(SecretBytes.utf8("pa55word")), Optional.empty());
    assertThat(print(first, "/opt/tri vet/trivet")).contains("  '/opt/tri vet/trivet' device add lamp-1 --cert\n")
        .doesNotContain("trust").doesNotContain("WARNING");
  }

  @Test
  void saysNoPasswordAtTheSecondStart() {
    Report second = new Report(Path.of("/d"), LISTENING, List.of(), Optional.empty(), Optional.empty());
    assertThat(print(second, "./trivet")).isEqualTo("""
        Trivet 0.1.0, data in /d
        listens  mqtts      *:8883                 TLS 1.3 and 1.2, X25519MLKEM768 preferred
        listens  plaintext  127.0.0.1:1883         NONE
        """);
  }
}
