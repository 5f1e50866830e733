package io.trivet.identity.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.broker.ClientId;
import io.trivet.broker.Principal;
import io.trivet.broker.TopicFilter;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  private static Principal with(String ward) {
    return new Principal("lamp-1", Map.of("ward", ward), Set.of(), 1);
  }

  private static final ClientId CLIENT = new ClientId("lamp-1.x");

  @Test
  void fillsItsPlaces() {
    assertThat(new Template("w/{attr.ward}/{device.id}-{client.id}/+/#").fill(with("7"), CLIENT))
        .contains(TopicFilter.of("w/7/lamp-1-lamp-1.x/+/#"));
    assertThat(new Template("w/x").fill(with("7"), CLIENT)).contains(TopicFilter.of("w/x"));
    assertThat(new Template("w/{attr.ward}").fill(with("$1\\"), CLIENT)).contains(TopicFilter.of("w/$1\\"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "+", "#", "a/b", "a+", "#a", "/"})
  void aValueThatWouldWidenLeavesTheAllowanceOutAndTheDenialIn(String ward) {
    Template t = new Template("w/{attr.ward}/x");
    assertThat(t.fill(with(ward), CLIENT)).isEmpty();
    assertThat(t.fillWide(with(ward), CLIENT))
        .isEqualTo(ward.isEmpty() ? java.util.Optional.empty() : java.util.Optional.of(TopicFilter.of("w/#")));
  }

  @Test
  void aValueNeverBeginsAReservedTopic() {
    assertThat(new Template("{attr.ward}/#").fill(with("$SYS"), CLIENT)).isEmpty();
    assertThat(new Template("{attr.ward}/#").fillWide(with("$SYS"), CLIENT)).contains(TopicFilter.of("$SYS/#"));
    assertThat(new Template("{attr.ward}").fillWide(with("a/b"), CLIENT)).contains(TopicFilter.of("#"));
  }

  /// Whatever the value: what is filled in has the levels of the template, its wildcards and no others.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void noValueWidens(long seed) {
    Random r = new Random(seed);
    String letters = "ab+#/$ {}.\\é";
    Template t = new Template("w/{attr.ward}/+/x-{attr.ward}/{client.id}/#");
    int filled = 0;
    for (int i = 0; i < 5_000; i++) {
      String value = random(r, letters);
      String client = random(r, letters) + "c";
      var filter = t.fill(with(value), new ClientId(client));
      if (filter.isPresent()) {
        filled++;
        assertThat(filter.get().levels()).containsExactly("w", value, "+", "x-" + value, client, "#");
      }
      boolean fits = !value.isEmpty() && !value.matches("(?s).*[+#/].*") && !client.matches("(?s).*[+#/].*");
      assertThat(filter.isPresent()).as("seed %d: '%s' '%s'", seed, value, client).isEqualTo(fits);
    }
    assertThat(filled).isGreaterThan(100);
  }

  private static String random(Random r, String letters) {
    StringBuilder s = new StringBuilder();
    for (int n = r.nextInt(5); n > 0; n--) {
      s.append(letters.charAt(r.nextInt(letters.length())));
    }
    return s.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "a/{", "a/}", "a/{device}", "a/{attr.}", "a/{attr.1}", "a/{{device.id}}", "a/{device.id}+", "a/#/b", "a/b#",
    "a/{attr.a/b}"
  })
  void refusesWhatIsNoFilter(String text) {
    assertThatThrownBy(() -> new Template(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
