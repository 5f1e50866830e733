package io.trivet.lab.durability.power;

import io.trivet.base.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads what `shim.c` wrote. A record is 32 bytes of header, a path, data; numbers are in the machine's own
/// order:
///
/// ```
/// 0  magic      "PWRL"         16  number     offset, size or ticket
/// 4  operation  1 to 16        24  path bytes
/// 8  fd                        28  data bytes
/// 12 flags
/// ```
public final class Journal {
  private static final int MAGIC = 0x4c525750;
  private static final int HEADER_BYTES = 32;

  private Journal() {}

  /// All operations up to the end. A record that is not whole is where the process was killed, and the end.
  public static List<Operation> read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    List<Operation> operations = new ArrayList<>();
    while (in.remaining() >= HEADER_BYTES) {
      if (in.getInt() != MAGIC) {
        throw new AssertionError("no record at byte " + (in.position() - 4) + " of " + file);
      }
      int operation = in.getInt();
      int fd = in.getInt();
      int flags = in.getInt();
      long number = in.getLong();
      int pathBytes = in.getInt();
      int dataBytes = in.getInt();
      if (in.remaining() < pathBytes + dataBytes) {
        break;
      }
      byte[] path = new byte[pathBytes];
      in.get(path);
      byte[] data = new byte[dataBytes];
      in.get(data);
      operations.add(operation(operation, fd, flags, number, new String(path, StandardCharsets.UTF_8), data));
    }
    return operations;
  }

  private static Operation operation(int op, int fd, int flags, long number, String path, byte[] data) {
    int zero = path.indexOf('\0');
    String first = zero < 0 ? path : path.substring(0, zero);
    String second = path.substring(zero + 1);
    return switch (op) {
      case 1 -> new Operation.Open(fd, path, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
      case 2 -> new Operation.Close(fd);
      case 3 -> new Operation.Write(fd, number, Bytes.copyOf(data, 0, data.length));
      case 4 -> new Operation.Resize(fd, number);
      case 5 -> new Operation.Grow(fd, number);
      case 6 -> new Operation.Rename(first, second);
      case 7 -> new Operation.Unlink(path);
      case 8 -> new Operation.Link(first, second);
      case 9 -> new Operation.MakeDirectory(path);
      case 10 -> new Operation.RemoveDirectory(path);
      case 11 -> new Operation.SyncBegin(fd, number);
      case 12 -> new Operation.SyncEnd(fd, number);
      case 13 -> new Operation.Duplicate(fd, flags);
      case 14 -> path.isEmpty() ? new Operation.StdioByDescriptor(fd) : new Operation.StdioByPath(path);
      case 15 -> new Operation.Unsupported(path);
      case 16 -> new Operation.ResizePath(path, number);
      default -> throw new AssertionError("operation " + op);
    };
  }
}
