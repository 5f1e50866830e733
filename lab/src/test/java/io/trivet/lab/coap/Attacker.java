package io.trivet.lab.coap;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.Options;
import io.trivet.coap.message.CoapMessage;
import io.trivet.coap.message.DatagramCodec;
import io.trivet.coap.message.Type;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Optional;

/// A socket that sends whatever bytes it is told to.
final class Attacker implements AutoCloseable {
  private static final int SILENCE_MILLIS = 300;
  private static final int TRIES = 4;

  private final DatagramSocket socket;
  private final InetSocketAddress server;
  private int nextId = 1;

  Attacker(int port) {
    this(port, InetAddress.getLoopbackAddress());
  }

  /// @param from one of 127.0.0.0/8: on Linux all of them are this machine's
  Attacker(int port, InetAddress from) {
    try {
      socket = new DatagramSocket(0, from);
      socket.setSoTimeout(SILENCE_MILLIS);
      server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(byte[] datagram) {
    try {
      socket.send(new DatagramPacket(datagram, datagram.length, server));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(String hex) {
    send(Bytes.hex(hex).toArray());
  }

  /// @return how many bytes it took
  int request(Type type, Code method, Options options, Bytes payload) {
    byte[] d = DatagramCodec.encode(type, method, nextId++ & 0xFFFF, Bytes.hex("77"), options, payload);
    send(d);
    return d.length;
  }

  /// What came, or nothing within a while.
  Optional<byte[]> receive() {
    byte[] buffer = new byte[65_536];
    DatagramPacket p = new DatagramPacket(buffer, buffer.length);
    try {
      socket.receive(p);
      return Optional.of(Arrays.copyOf(buffer, p.getLength()));
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<CoapMessage> answer() {
    return receive().map(b -> {
      if (DatagramCodec.decode(b, b.length, 64, 64) instanceof CoapMessage m) {
        return m;
      }
      throw new AssertionError("the server sent what is no CoAP: " + Bytes.wrap(b));
    });
  }

  /// Asks and waits; asks again where nothing comes, as an honest client does. A response that comes by itself, after an empty
  /// acknowledgement, is acknowledged.
  Optional<CoapMessage> ask(Type type, Code method, Options options, Bytes payload) {
    int id = nextId++ & 0xFFFF;
    Optional<CoapMessage> answer = Optional.empty();
    for (int i = 0; i < TRIES && answer.isEmpty(); i++) {
      send(DatagramCodec.encode(type, method, id, Bytes.hex("77"), options, payload));
      answer = awaitAnswer();
    }
    return answer;
  }

  /// What comes, empty acknowledgements passed over, within longer than a busy machine takes.
  Optional<CoapMessage> awaitAnswer() {
    for (int i = 0; i < TRIES; i++) {
      Optional<CoapMessage> m = answer();
      if (m.isPresent() && m.get().type() == Type.CON) {
        send(DatagramCodec.encode(CoapMessage.empty(Type.ACK, m.get().messageId())));
      }
      if (m.isPresent() && !(m.get().isEmpty() && m.get().type() == Type.ACK)) {
        return m;
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    socket.close();
  }
}
