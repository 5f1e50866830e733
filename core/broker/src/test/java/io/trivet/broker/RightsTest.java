package io.trivet.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.Stage.Phone;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// What was allowed at the time of a subscription ends when it is not allowed any more.
@NullMarked
class RightsTest {
  private final Stage stage = new Stage(2);

  private void close(String filter) {
    stage.rules.closed.add(filter);
    stage.rules.generation++;
  }

  private static List<String> filters(Phone p) {
    return p.session().subscriptions().stream().map(s -> s.filter().toString()).toList();
  }

  @Test
  void endsWhatIsNotAllowedAnyMoreAndNothingElse() {
    Phone nurse = stage.phone("nurse", 0).connect();
    Phone doctor = stage.phone("doctor", 1).connect();
    nurse.subscribe("ward/7/#", QoS.AT_LEAST_ONCE);
    nurse.subscribe("news", QoS.AT_LEAST_ONCE);
    doctor.subscribe("ward/7/#", QoS.AT_LEAST_ONCE);
    assertThat(stage.broker.reexamine()).isTrue();
    stage.settle();
    assertThat(filters(nurse)).containsExactly("ward/7/#", "news");

    close("ward/7/#");
    assertThat(stage.broker.reexamine()).isTrue();
    assertThat(stage.broker.reexamine()).as("nothing new").isFalse();
    stage.settle();
    assertThat(filters(nurse)).containsExactly("news");
    assertThat(filters(doctor)).isEmpty();
    assertThat(stage.broker.subscriptionCount()).isEqualTo(1);
    assertThat(stage.broker.total(Counter.SUBSCRIPTIONS_ENDED)).isEqualTo(2);

    Phone pump = stage.phone("pump", 0).connect();
    pump.publish("ward/7/pulse", "72", QoS.AT_MOST_ONCE, 0);
    pump.publish("news", "rain", QoS.AT_MOST_ONCE, 0);
    stage.settle();
    assertThat(nurse.got).singleElement().asString().startsWith("news=rain");
  }

  @Test
  void endsAConnectionThatIsNotAllowedAnyMoreAndTakesNoOther() {
    Phone nurse = stage.phone("nurse", 1).connect();
    Phone doctor = stage.phone("doctor", 0).connect();
    close("nurse");
    stage.broker.reexamine();
    stage.settle();
    assertThat(nurse.got).containsExactly("end NOT_ALLOWED");
    assertThat(doctor.got).isEmpty();
    assertThat(stage.broker.total(Counter.DISCONNECTS)).isEqualTo(1);
    Phone again = stage.phone("nurse", 0).connect();
    assertThat(again.got).containsExactly("refused NOT_ALLOWED");
    assertThat(stage.broker.sessionCount()).isEqualTo(1);
  }

  @Test
  void endsThoseOfASessionWhoseClientIsAway() {
    Phone nurse = stage.phone("nurse", 0).connectDurably();
    nurse.subscribe("ward/7/#", QoS.AT_LEAST_ONCE);
    stage.settle();
    nurse.drop(false);
    close("ward/7/#");
    stage.broker.reexamine();
    stage.settle();
    assertThat(stage.broker.subscriptionCount()).isZero();
  }

  @Test
  void looksAgainWhenASessionComesBack() {
    Phone nurse = stage.phone("nurse", 0).connectDurably();
    nurse.subscribe("ward/7/#", QoS.AT_LEAST_ONCE);
    stage.settle();
    nurse.drop(false);
    stage.rules.closed.add("ward/7/#");
    stage.phone("nurse", 1).connectDurably();
    stage.settle();
    assertThat(stage.broker.subscriptionCount()).isZero();
  }

  @Test
  void getsThroughManySessionsAPartInEachCycle() {
    for (int i = 0; i < 1_000; i++) {
      Phone p = stage.phone("p" + i, i % 2).connect();
      p.subscribe("t" + i, QoS.AT_MOST_ONCE);
      stage.rules.closed.add("t" + i);
    }
    stage.rules.generation++;
    stage.broker.reexamine();
    stage.step(0);
    assertThat(stage.broker.subscriptionCount()).as("not all at once").isBetween(500, 999);
    stage.rules.generation++;
    stage.broker.reexamine(); // in the midst of it
    stage.settle();
    assertThat(stage.broker.subscriptionCount()).isZero();
    assertThat(stage.broker.total(Counter.SUBSCRIPTIONS_ENDED)).isEqualTo(1_000);
  }
}
