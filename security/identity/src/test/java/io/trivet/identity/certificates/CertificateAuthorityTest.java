package io.trivet.identity.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.identity.DeviceId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
  private final Instant now = Instant.now();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path dir;

  private Path home = Path.of("ca");

  @BeforeEach
  void place() {
    home = dir.resolve("ca");
  }

  private void write(String name, X509Certificate c) throws IOException {
    Files.writeString(home.resolve(name), Pem.of(c));
  }

  private void accepts(String... arguments) throws Exception {
    OpenSsl result = OpenSsl.run(home, arguments);
    assertThat(result.exit()).as(result.output()).isZero();
  }

  private void refuses(String why, String... arguments) throws Exception {
    OpenSsl result = OpenSsl.run(home, arguments);
    assertThat(result.exit()).as(result.output()).isNotZero();
    assertThat(result.output()).contains(why);
  }

  @Test
  void opensslVerifiesWhatItIssues() throws Exception {
    CertificateAuthority ca = CertificateAuthority.openOrCreate(home, now);
    write("server.crt", ca.issueServer(List.of("broker.example", "localhost"), List.of("127.0.0.1", "::1"), now)
        .certificate());
    write("lamp.crt", ca.issueDevice(new DeviceId("lamp-1"), now).certificate());

    accepts("verify", "-x509_strict", "-CAfile", "ca.crt", "-purpose", "sslserver", "-verify_hostname", "broker.example",
        "server.crt");
    accepts("verify", "-x509_strict", "-CAfile", "ca.crt", "-purpose", "sslserver", "-verify_ip", "::1", "server.crt");
    accepts("verify", "-x509_strict", "-CAfile", "ca.crt", "-purpose", "sslclient", "lamp.crt");
    refuses("hostname mismatch", "verify", "-CAfile", "ca.crt", "-verify_hostname", "other.example", "server.crt");
    refuses("unsuitable certificate purpose", "verify", "-CAfile", "ca.crt", "-purpose", "sslclient", "server.crt");
    refuses("unsuitable certificate purpose", "verify", "-CAfile", "ca.crt", "-purpose", "sslserver", "lamp.crt");
    assertThat(OpenSsl.run(home, "x509", "-in", "lamp.crt", "-noout", "-text").output())
        .contains("CN = lamp-1", "URI:urn:trivet:device:lamp-1", "TLS Web Client Authentication", "CA:FALSE");
    assertThat(OpenSsl.run(home, "x509", "-in", "ca.crt", "-noout", "-text").output()).contains("CA:TRUE, pathlen:0");
    assertThat(OpenSsl.run(home, "pkey", "-in", "ca.key", "-noout", "-text").output()).contains("prime256v1");
  }

  @Test
  void opensslReadsTheRevocationList() throws Exception {
    CertificateAuthority ca = CertificateAuthority.openOrCreate(home, now);
    X509Certificate gone = ca.issueDevice(new DeviceId("gone"), now).certificate();
    write("gone.crt", gone);
    write("kept.crt", ca.issueDevice(new DeviceId("kept"), now).certificate());

    ca.revoke(List.of(CertificateNames.serial(gone)), now);

    accepts("crl", "-in", "ca.crl", "-CAfile", "ca.crt", "-noout", "-verify");
    accepts("verify", "-CAfile", "ca.crt", "-crl_check", "-CRLfile", "ca.crl", "kept.crt");
    refuses("certificate revoked", "verify", "-CAfile", "ca.crt", "-crl_check", "-CRLfile", "ca.crl", "gone.crt");
  }

  @Test
  void opensslBelievesTheStatus() throws Exception {
    CertificateAuthority ca = CertificateAuthority.openOrCreate(home, now);
    X509Certificate server = ca.issueServer(List.of("localhost"), List.of(), now).certificate();
    write("server.crt", server);
    Files.write(home.resolve("status.der"), ca.status(server, now).toArray());

    OpenSsl result = OpenSsl.run(home, "ocsp", "-respin", "status.der", "-CAfile", "ca.crt", "-issuer", "ca.crt",
        "-cert", "server.crt");

    assertThat(result.exit()).isZero();
    assertThat(result.output()).contains("Response verify OK", "server.crt: good", "Next Update");
  }

  @Test
  void whatWasRevokedStaysSoAndListsAreNumbered() throws Exception {
    CertificateAuthority ca = CertificateAuthority.openOrCreate(home, now);
    ca.revoke(List.of("aa"), now);
    X509CRL list = ca.revoke(List.of("bb", "aa"), now.plusSeconds(60));

    assertThat(list.getRevokedCertificates()).extracting(e -> e.getSerialNumber().toString(16))
        .containsExactlyInAnyOrder("aa", "bb");
    assertThat(list.getRevokedCertificate(new BigInteger("aa", 16)).getRevocationDate().toInstant())
        .isEqualTo(now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
    assertThat(OpenSsl.run(home, "crl", "-in", "ca.crl", "-noout", "-crlnumber").output()).contains("0x02");
  }

  @Test
  void theListIsRenewedBeforeItEnds() throws IOException {
    CertificateAuthority ca = CertificateAuthority.openOrCreate(home, now);
    assertThat(ca.renewRevocationList(now)).isTrue();
    ca.revoke(List.of("aa"), now);
    assertThat(ca.renewRevocationList(now.plus(Duration.ofDays(10)))).isFalse();
    assertThat(ca.renewRevocationList(now.plus(Duration.ofDays(16)))).isTrue();

    X509CRL renewed = Pem.revocationLists(ca.revocationFile()).getFirst();
    assertThat(renewed.getNextUpdate().toInstant()).isAfter(now.plus(Duration.ofDays(45)));
    assertThat(renewed.getRevokedCertificates()).hasSize(1);
  }

  @Test
  void certificatesAreRenewedInTime() throws IOException {
    CertificateAuthority ca = CertificateAuthority.openOrCreate(home, now);
    X509Certificate c = ca.issueServer(List.of("a"), List.of(), now).certificate();
    assertThat(CertificateAuthority.isRenewalDue(c, now.plus(Duration.ofDays(366)))).isFalse();
    assertThat(CertificateAuthority.isRenewalDue(c, now.plus(Duration.ofDays(368)))).isTrue();
    assertThat(Duration.between(c.getNotBefore().toInstant(), c.getNotAfter().toInstant()).toDays())
        .isLessThanOrEqualTo(398);
    assertThat(ca.root().getNotAfter().toInstant()).isAfter(now.atZone(java.time.ZoneOffset.UTC).plusYears(10).toInstant());
  }

  @Test
  void comesBackFromItsFilesAndKeepsItsKeyToItself() throws IOException {
    CertificateAuthority made = CertificateAuthority.openOrCreate(home, now);
    assertThat(CertificateAuthority.openOrCreate(home, now).root()).isEqualTo(made.root());
    assertThat(permissions("ca.key")).isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home))).isEqualTo("rwx------");

    Files.setPosixFilePermissions(home.resolve("ca.key"), PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> CertificateAuthority.openOrCreate(home, now)).hasMessageContaining("chmod 600");
  }

  private String permissions(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(name)));
  }

  @Test
  void refusesAKeyThatIsNotItsOwnAndHalfAnAuthority() throws IOException {
    CertificateAuthority.openOrCreate(home, now);
    CertificateAuthority.openOrCreate(dir.resolve("other"), now);
    Files.copy(dir.resolve("other/ca.crt"), home.resolve("ca.crt"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> CertificateAuthority.openOrCreate(home, now)).isInstanceOf(IOException.class)
        .hasMessageContaining("not the key of ca.crt");
    Files.delete(home.resolve("ca.crt"));
    assertThatThrownBy(() -> CertificateAuthority.openOrCreate(home, now)).hasMessageContaining("but not the other");
  }

  @Test
  void serialsAreLongAndNeverTheSame() throws IOException {
    CertificateAuthority ca = CertificateAuthority.openOrCreate(home, now);
    Set<BigInteger> serials = new HashSet<>();
    int longest = 0;
    for (int i = 0; i < 50; i++) {
      BigInteger serial = ca.issueDevice(new DeviceId("d"), now).certificate().getSerialNumber();
      assertThat(serial.signum()).isPositive();
      longest = Math.max(longest, serial.bitLength());
      serials.add(serial);
    }
    assertThat(serials).hasSize(50);
    assertThat(longest).isBetween(115, 127);
  }

  @Test
  void namesAFileThatHoldsNothingOfTheKind() throws IOException {
    Path file = Files.writeString(dir.resolve("x.pem"), "nothing");
    assertThatThrownBy(() -> Pem.certificates(file)).hasMessageContaining("x.pem: holds no certificate");
    assertThatThrownBy(() -> Pem.revocationLists(file)).hasMessageContaining("x.pem: holds no revocation list");
    assertThatThrownBy(() -> Pem.privateKey(file)).hasMessageContaining("x.pem: give one unencrypted key");
    Files.write(file, new byte[] {0x30, 0x03, 1, 2, 3});
    assertThatThrownBy(() -> Pem.certificates(file)).hasMessageContaining("x.pem: no X.509 certificate");
    assertThatThrownBy(() -> Pem.revocationLists(file)).hasMessageContaining("x.pem: no revocation list");
  }
}
