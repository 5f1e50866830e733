package io.trivet.net.ipsec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.net.ipsec.IpsecProof.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.NullMarked;

/// No listing, whatever is in it, does more than be judged or be refused; and none without the words is a proof.
@NullMarked
class NftRulesetFuzzTest {
  private static final InetSocketAddress LOCAL = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 5683);

  @FuzzTest
  void judgesOrRefuses(byte[] listing) {
    NftVerdict verdict;
    try {
      verdict = NftRuleset.parse(listing).judge(LOCAL, Protocol.UDP);
    } catch (IOException e) {
      return;
    }
    // Escapes may spell the words otherwise.
    String text = new String(listing, StandardCharsets.ISO_8859_1);
    if (verdict instanceof NftVerdict.Guarded && !text.contains("\\")
        && !((text.contains("ipsec") || text.contains("secpath")) && text.contains("dport"))) {
      throw new AssertionError("a proof without the question: " + verdict);
    }
  }
}
