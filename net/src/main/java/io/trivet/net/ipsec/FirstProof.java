package io.trivet.net.ipsec;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The first of several proofs that can be had; where there is none, the refusal names each and what it lacked.
record FirstProof(List<IpsecProof> proofs) implements IpsecProof {
  FirstProof(List<IpsecProof> proofs) {
    if (proofs.isEmpty()) {
      throw new IllegalArgumentException("no proof to ask for");
    }
    this.proofs = List.copyOf(proofs);
  }

  @Override
  public String name() {
    return proofs.stream().map(IpsecProof::name).collect(Collectors.joining(" or "));
  }

  @Override
  public String prove(int fd, InetSocketAddress local, Protocol protocol) throws IpsecUnavailable {
    List<String> failures = new ArrayList<>();
    for (IpsecProof p : proofs) {
      try {
        return p.prove(fd, local, protocol);
      } catch (IpsecUnavailable e) {
        failures.add(p.name() + ": " + e.getMessage());
      }
    }
    throw new IpsecUnavailable("nothing here proves that ESP protects what reaches " + protocol + " "
        + local.getAddress().getHostAddress() + " port " + local.getPort() + ", which its listener requires. Tried "
        + String.join("; ", failures));
  }
}
