package io.trivet.local;

import static io.trivet.local.StoreContract.append;
import static io.trivet.local.StoreContract.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.StoreBatch;
import io.trivet.broker.StoreOp;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NullMarked
class RecordCheckTest {
  private final SimulatedEngine engine = new SimulatedEngine();
  private final SteppedStore store = new SteppedStore(engine);

  @BeforeEach
  void fill() {
    store.recover(new Recovered());
    commit(session(1), session(2), session(3), append("x", 1, 2, 3), append("y", 1), StoreContract.retained("t", "r", 1));
    commit(new StoreOp.Remove(1, 0), new StoreOp.Release(2, 0));
  }

  private void commit(StoreOp... ops) {
    StoreBatch b = new StoreBatch();
    List.of(ops).forEach(b::add);
    store.commit(b, _ -> {});
  }

  private List<RecordCheck.Finding> check() throws IOException {
    return RecordCheck.run(engine, Progress.NONE);
  }

  private void write(Family family, byte[] key) throws IOException {
    Changes c = new Changes();
    c.delete(family, key);
    engine.write(c, true);
  }

  @Test
  void findsNothingInASoundStore() throws IOException {
    assertThat(check()).isEmpty();
  }

  @Test
  void namesADamagedRecordOfEachFamily() throws IOException {
    for (Family f : List.of(Family.RETAINED, Family.REFERENCES, Family.RELEASED, Family.MESSAGES)) {
      engine.damage(f, new Random(1));
      assertThat(check()).as(f.toString()).anyMatch(x -> x.family() == f && x.what().contains("damaged"));
    }
  }

  @Test
  void findsAnEntryWhoseMessageIsMissing() throws IOException {
    write(Family.MESSAGES, Keys.number(1));
    assertThat(check()).extracting(RecordCheck.Finding::what).contains("its message 1 is not there");
  }

  @Test
  void findsACountThatDoesNotFit() throws IOException {
    write(Family.REFERENCES, Keys.number(1));
    assertThat(check()).extracting(RecordCheck.Finding::what).containsExactly("3 inboxes are counted, 2 hold it");
  }

  @Test
  void findsWhatBelongsToNobody() throws IOException {
    write(Family.SESSIONS, Keys.number(2));
    assertThat(check()).extracting(RecordCheck.Finding::what).containsExactly("there is no session 2");
  }

  @Test
  void findsTotalsThatDoNotFit() throws IOException {
    write(Family.INBOXES, Keys.pair(1, 1));
    assertThat(check()).hasSize(1).first().matches(x -> x.what().contains("it counts 3 messages"));
  }
}
