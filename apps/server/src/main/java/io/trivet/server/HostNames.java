package io.trivet.server;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What clients may call this host: the names and addresses its own certificate stands for.
record HostNames(List<String> names, List<String> addresses) {
  HostNames {
    names = List.copyOf(names);
    addresses = List.copyOf(addresses);
  }

  static HostNames ofThisHost() {
    Set<String> names = new LinkedHashSet<>();
    Set<String> addresses = new LinkedHashSet<>();
    try {
      String name = InetAddress.getLocalHost().getHostName();
      if (name.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?") && !name.matches("[0-9.]+")) {
        names.add(name);
      }
    } catch (UnknownHostException e) {
      names.clear(); // a host without a name is reached by its addresses
    }
    names.add("localhost");
    addresses.add("127.0.0.1");
    addresses.add("::1");
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(a -> !a.isLinkLocalAddress() && !a.isMulticastAddress())
          .map(HostNames::withoutScope)
          .forEach(addresses::add);
    } catch (SocketException e) {
      addresses.remove(""); // the loopback addresses are there already
    }
    addresses.remove("0:0:0:0:0:0:0:1"); // ::1, written out
    return new HostNames(new ArrayList<>(names), new ArrayList<>(addresses));
  }

  private static String withoutScope(InetAddress a) {
    String text = a.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }
}
