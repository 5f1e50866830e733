package io.trivet.identity.certificates;

import io.trivet.base.Bytes;
import io.trivet.identity.Credential;
import io.trivet.identity.Credential.OutsideCertificate.Field;
import io.trivet.identity.Device;
import io.trivet.identity.Registry;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/// Which device a certificate belongs to.
public final class CertificateNames {
  private static final int SAN_DNS = 2;
  private static final int SAN_URI = 6;

  /// The built-in authority writes the device into this alternative name.
  static final String DEVICE_URI = "urn:trivet:device:";

  private CertificateNames() {}

  public static String serial(X509Certificate c) {
    return c.getSerialNumber().toString(16).toLowerCase(Locale.ROOT);
  }

  /// One that the built-in authority issued and the registry still lists, byte for byte, or one that a mapping names. The
  /// serial alone is not enough, since outside authorities number theirs as they like.
  public static Optional<Device> deviceOf(Registry registry, X509Certificate c) {
    Optional<Device> issued = registry.findBySerial(serial(c)).filter(d -> isIssuedTo(d, c));
    if (issued.isPresent()) {
      return issued;
    }
    if (alternatives(c, SAN_URI).stream().anyMatch(u -> u.startsWith(DEVICE_URI))) {
      return Optional.empty(); // ours, but rotated or removed: its common name must not let it in by a mapping
    }
    List<Optional<Device>> mapped = new ArrayList<>();
    mapped.add(registry.findByOutside(Field.SUBJECT, c.getSubjectX500Principal().getName(X500Principal.RFC2253)));
    commonName(c).ifPresent(cn -> mapped.add(registry.findByOutside(Field.CN, cn)));
    alternatives(c, SAN_DNS).forEach(n -> mapped.add(registry.findByOutside(Field.DNS, n)));
    alternatives(c, SAN_URI).forEach(n -> mapped.add(registry.findByOutside(Field.URI, n)));
    List<Device> found = mapped.stream().flatMap(Optional::stream).distinct().toList();
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty(); // two devices at once are none
  }

  private static boolean isIssuedTo(Device d, X509Certificate c) {
    Bytes sha256 = Credential.IssuedCertificate.fingerprint(c);
    return alternatives(c, SAN_URI).contains(DEVICE_URI + d.id())
        && d.credentials().stream()
            .anyMatch(k -> k instanceof Credential.IssuedCertificate i && i.sha256().equals(sha256));
  }

  public static Optional<String> commonName(X509Certificate c) {
    RDN[] names = X500Name.getInstance(c.getSubjectX500Principal().getEncoded()).getRDNs(BCStyle.CN);
    return names.length != 1 ? Optional.empty() : Optional.of(IETFUtils.valueToString(names[0].getFirst().getValue()));
  }

  private static List<String> alternatives(X509Certificate c, int kind) {
    List<String> found = new ArrayList<>();
    try {
      Collection<List<?>> all = c.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (name.getFirst() instanceof Integer k && k == kind && name.get(1) instanceof String s) {
            found.add(s);
          }
        }
      }
    } catch (CertificateParsingException e) {
      return List.of(); // names that cannot be read name nobody
    }
    return found;
  }
}
