package io.trivet.identity.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.identity.Credential;
import io.trivet.identity.Credential.OutsideCertificate.Field;
import io.trivet.identity.Device;
import io.trivet.identity.DeviceId;
import io.trivet.identity.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceTrustTest {
  private final Instant now = Instant.now();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path dir;

  @SuppressWarnings("NullAway.Init")
  private CertificateAuthority ours;

  @SuppressWarnings("NullAway.Init")
  private CertificateAuthority theirs;

  private Instant time = now;

  @BeforeEach
  void authorities() throws IOException {
    ours = CertificateAuthority.openOrCreate(dir.resolve("ours"), now);
    theirs = CertificateAuthority.openOrCreate(dir.resolve("theirs"), now);
  }

  private DeviceTrust trust(boolean acceptStale, X509CRL... lists) throws CertificateException {
    return new DeviceTrust(List.of(ours.root()), List.of(lists), acceptStale, () -> time);
  }

  private static void accepts(DeviceTrust t, X509Certificate... chain) {
    assertThatCode(() -> t.checkClientTrusted(chain, "EC")).doesNotThrowAnyException();
  }

  private static void refuses(DeviceTrust t, String why, X509Certificate... chain) {
    assertThatThrownBy(() -> t.checkClientTrusted(chain, "EC"))
        .isInstanceOf(CertificateException.class).hasMessageContaining(why);
  }

  private X509Certificate device(CertificateAuthority ca, String id) {
    return ca.issueDevice(new DeviceId(id), now).certificate();
  }

  @Test
  void trustsOursForClientsAndNothingElse() throws Exception {
    DeviceTrust t = trust(false);
    accepts(t, device(ours, "a"));
    accepts(t, device(ours, "a"), ours.root());
    refuses(t, "no valid path", device(theirs, "a"));
    refuses(t, "no valid path", device(theirs, "a"), theirs.root());
    refuses(t, "no valid path", device(theirs, "a"), ours.root());
    refuses(t, "not for client authentication", ours.issueServer(List.of("a"), List.of(), now).certificate());
    refuses(t, "not for signing", ours.root());
    refuses(t, "a chain of 0");
    refuses(t, "a chain of 9", new X509Certificate[9]);
    assertThatThrownBy(() -> t.checkServerTrusted(new X509Certificate[0], "EC")).isInstanceOf(CertificateException.class);
    assertThat(t.getAcceptedIssuers()).containsExactly(ours.root());
  }

  @Test
  void refusesBeforeAndAfterItsTime() throws Exception {
    DeviceTrust t = trust(false);
    X509Certificate c = device(ours, "a");
    time = now.plus(Duration.ofDays(900));
    refuses(t, "no valid path", c);
    time = now.minus(Duration.ofDays(1));
    refuses(t, "no valid path", c);
  }

  @Test
  void refusesTheRevoked() throws Exception {
    X509Certificate gone = device(ours, "gone");
    X509CRL list = ours.revoke(List.of(CertificateNames.serial(gone)), now);
    DeviceTrust t = trust(false, list);
    refuses(t, "was revoked", gone);
    accepts(t, device(ours, "kept"));
  }

  @Test
  void aStaleListRefusesUnlessSaidOtherwise() throws Exception {
    X509Certificate gone = device(ours, "gone");
    X509Certificate kept = device(ours, "kept");
    X509CRL list = ours.revoke(List.of(CertificateNames.serial(gone)), now);
    time = now.plus(Duration.ofDays(31));
    refuses(trust(false, list), "should have been renewed", kept);
    accepts(trust(true, list), kept);
    refuses(trust(true, list), "was revoked", gone);
  }

  @Test
  void theNewestListCounts() throws Exception {
    X509Certificate gone = device(ours, "gone");
    X509CRL before = ours.revoke(List.of(), now.minus(Duration.ofDays(40)));
    X509CRL after = ours.revoke(List.of(CertificateNames.serial(gone)), now);
    for (DeviceTrust t : List.of(trust(false, before, after), trust(false, after, before))) {
      refuses(t, "was revoked", gone);
      accepts(t, device(ours, "kept"));
    }
  }

  @Test
  void refusesListsOfStrangersAndKeepsWhatItHad() throws Exception {
    X509CRL foreign = theirs.revoke(List.of("aa"), now);
    assertThatThrownBy(() -> trust(false, foreign)).hasMessageContaining("none of the authorities");

    DeviceTrust t = trust(false);
    assertThatThrownBy(() -> t.replace(List.of(theirs.root()), List.of(ours.revoke(List.of(), now)), false))
        .isInstanceOf(CertificateException.class);
    accepts(t, device(ours, "a"));

    t.replace(List.of(theirs.root()), List.of(foreign), false);
    accepts(t, device(theirs, "a"));
    refuses(t, "no valid path", device(ours, "a"));
  }

  private Registry registry() throws IOException {
    return Registry.open(dir.resolve("devices.json"));
  }

  private static Device of(String id) {
    return Device.of(new DeviceId(id), 1);
  }

  @Test
  void findsTheDeviceOfAnIssuedCertificateOnly() throws IOException {
    Registry r = registry();
    X509Certificate first = device(ours, "a");
    X509Certificate second = device(ours, "a");
    Device a = r.add(of("a").with(Credential.IssuedCertificate.of(first)));
    assertThat(CertificateNames.deviceOf(r, first)).contains(a);
    assertThat(CertificateNames.deviceOf(r, second)).as("not the one registered").isEmpty();

    // Another certificate with the serial of the registered one.
    r.add(of("b").with(new Credential.IssuedCertificate(CertificateNames.serial(second), Bytes.wrap(new byte[32]), 1)));
    assertThat(CertificateNames.deviceOf(r, second)).isEmpty();
  }

  @Test
  void aRotatedCertificateIsNotLetInByItsName() throws IOException {
    Registry r = registry();
    r.add(of("a").with(new Credential.OutsideCertificate(Field.CN, "a")));
    assertThat(CertificateNames.deviceOf(r, device(ours, "a"))).isEmpty();
  }

  @Test
  void mapsOutsideCertificatesByWhatTheySay() throws IOException {
    Registry r = registry();
    X509Certificate c = theirs.issueServer(List.of("lamp.example", "other.example"), List.of(), now).certificate();
    Device byDns = r.add(of("dns").with(new Credential.OutsideCertificate(Field.DNS, "other.example")));
    assertThat(CertificateNames.deviceOf(r, c)).contains(byDns);
    r.remove(byDns.id());
    Device byCn = r.add(of("cn").with(new Credential.OutsideCertificate(Field.CN, "lamp.example")));
    assertThat(CertificateNames.deviceOf(r, c)).contains(byCn);
    Device both = r.update(byCn.id(),
        d -> d.with(new Credential.OutsideCertificate(Field.SUBJECT, "CN=lamp.example")));
    assertThat(CertificateNames.deviceOf(r, c)).contains(both);

    r.add(of("dns2").with(new Credential.OutsideCertificate(Field.DNS, "other.example")));
    assertThat(CertificateNames.deviceOf(r, c)).as("two devices at once").isEmpty();
  }
}
