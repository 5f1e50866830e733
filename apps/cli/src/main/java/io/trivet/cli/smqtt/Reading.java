package io.trivet.cli.smqtt;

import io.trivet.abe.ReaderKey;
import io.trivet.identity.OwnerOnly;
import io.trivet.smqtt.HeaderTaken;
import io.trivet.smqtt.Opened;
import io.trivet.smqtt.Opener;
import io.trivet.smqtt.OpenerOptions;
import io.trivet.smqtt.Properties;
import io.trivet.smqtt.ReaderState;
import io.trivet.smqtt.Refusal;
import io.trivet.smqtt.Senders;
import io.trivet.smqtt.Smqtt;
import io.trivet.smqtt.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Opens what comes, keys and messages in whatever order. Serves any number of threads.
public final class Reading implements AutoCloseable {
  private final ReaderKey key;
  private final Opener opener;
  private final Optional<Path> state;

  Reading(ReaderKey key, Senders senders, ReaderState before, Optional<Path> state) {
    this.key = key;
    this.state = state;
    this.opener = new Opener(
        key, key.authority(), senders, OpenerOptions.DEFAULT, Smqtt.SYSTEM, Runnable::run, before);
  }

  /// Whether it is a topic for keys, which is not shown.
  public static boolean isKeyTopic(String topic) {
    return topic.startsWith(Topics.KEY_PREFIX);
  }

  /// What is to be said now of that publication, and of earlier ones that waited for their key. A header for other readers
  /// is nothing to speak of.
  public List<Opened> take(String topic, byte[] payload, Properties properties) {
    List<Opened> said = new ArrayList<>();
    if (isKeyTopic(topic)) {
      if (opener.header(topic, payload) instanceof HeaderTaken.Refused(Refusal why, String what)
          && why != Refusal.NOT_FOR_THIS_KEY) {
        said.add(new Opened.Refused(topic, why, why.text() + " (" + what + ")"));
      }
      said.addAll(opener.late());
    } else {
      said.addAll(opener.late());
      said.add(opener.open(topic, payload, properties));
    }
    return said;
  }

  /// What waited and can be said of now.
  public List<Opened> late() {
    return opener.late();
  }

  /// Writes down what was taken.
  @Override
  public void close() throws IOException {
    try {
      if (state.isPresent()) {
        OwnerOnly.write(state.get(), opener.state().toArray());
      }
    } finally {
      key.close();
    }
  }
}
