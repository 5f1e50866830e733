package io.trivet.net.dtls;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.eclipse.californium.elements.util.DataStreamReader;
import org.eclipse.californium.elements.util.DatagramWriter;
import org.eclipse.californium.elements.util.SerializationUtil;

/// The associations of a loop on their way over a restart: a mark of ours with version and length of the connection
/// ids, the time, and Scandium's own form of each connection.
final class SavedAssociations {
  private static final int MARK = 0x54_44_54_31; // "TDT1"

  private SavedAssociations() {}

  static int write(OutputStream to, Duration quietMax, int connectionIdBytes, AssociationStore store)
      throws IOException {
    DataOutputStream head = new DataOutputStream(to);
    head.writeInt(MARK);
    head.writeByte(connectionIdBytes);
    head.flush();
    DatagramWriter time = new DatagramWriter();
    SerializationUtil.writeNanotimeSynchronizationMark(time);
    time.writeTo(to);
    return store.saveConnections(to, quietMax.toSeconds());
  }

  /// @throws IOException where it is no such file, cut short, or of other connection ids
  static int read(InputStream from, int connectionIdBytes, AssociationStore store) throws IOException {
    DataInputStream head = new DataInputStream(from);
    int mark = head.readInt();
    int idBytes = head.readUnsignedByte();
    if (mark != MARK) {
      throw new IOException("these are no saved associations, or of a version that is not known");
    }
    if (idBytes != connectionIdBytes) {
      throw new IOException("saved associations with connection ids of " + idBytes + " bytes, where "
          + connectionIdBytes + " are configured");
    }
    try {
      long shift = SerializationUtil.readNanotimeSynchronizationMark(new DataStreamReader(from));
      return store.loadConnections(from, shift);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IOException("saved associations that cannot be read: " + e.getMessage(), e);
    }
  }
}
