package io.trivet.server;

import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `127.0.0.1:8883`, `[::1]:8883`, `localhost:8883`, `*:8883` or just `8883`; port 0 lets the system choose.
public final class ListenAddress {
  private static final Pattern FORM = Pattern.compile("(?:(\\[[0-9A-Fa-f:.%a-z0-9]+\\]|[^:\\[\\]]+|\\*):)?(\\d{1,5})");

  private ListenAddress() {}

  /// @throws ConfigException where it is none, or its host is not known
  public static InetSocketAddress parse(Option o, String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches() || Integer.parseInt(m.group(2)) > 65_535) {
      throw new ConfigException(o.path() + " = " + text
          + ": give host:port, [ipv6]:port, *:port or a port from 0 to 65535");
    }
    int port = Integer.parseInt(m.group(2));
    String host = m.group(1);
    if (host == null || host.equals("*")) {
      return new InetSocketAddress(port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new ConfigException(o.path() + " = " + text + ": the host " + host + " is not known", e);
    }
  }

  public static String print(InetSocketAddress a) {
    if (a.getAddress().isAnyLocalAddress()) {
      return "*:" + a.getPort();
    }
    String host = a.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + a.getPort();
  }
}
