package io.trivet.net.transport;

import java.security.SecureRandom;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/// The pre-shared-key side of one listener.
final class PskEndpoint {
  private final PskLookup lookup;
  private final TlsCrypto crypto = new BcTlsCrypto(new SecureRandom());

  PskEndpoint(PskLookup lookup) {
    this.lookup = lookup;
  }

  PskStage handler(Arrival arrival) {
    return new PskStage(arrival, new PskServer(crypto, lookup));
  }
}
