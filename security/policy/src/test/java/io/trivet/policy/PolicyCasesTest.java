package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyCasesTest {
  static final String CASES = """
      version: 1
      subjects:
        ann: {roles: [nurse], attr: {ward: "7"}}
        lamp-1: {}
      cases:
        - name: a nurse reads her ward
          given: {trust: {identity: 0.9}}
          do: deliver
          by: ann
          topic: ward/7/vitals
          payload: '{"hr": 70}'
          expect: modify
        - {name: a lamp does not, do: deliver, by: lamp-1, topic: ward/7/vitals, expect: deny}
        - name: three unlocks in ten seconds and no more
          given: {context: {site.emergency: false}, trust: {identity: 0.9}}
          steps:
            - {do: publish, by: lamp-1, topic: door/3/unlock, expect: deny, rule: door-order}
            - {do: publish, by: lamp-1, topic: door/3/badge, expect: allow}
            - {do: publish, by: lamp-1, topic: door/3/unlock, times: 3, expect: allow}
            - {do: publish, by: lamp-1, topic: door/3/unlock, expect: deny, rule: door-rate, execute: [publish]}
            - wait: 10s
            - {do: publish, by: lamp-1, topic: door/3/unlock, expect: allow, execute: []}
            - wait: 5m
            - {do: publish, by: lamp-1, topic: door/3/unlock, expect: deny, rule: door-order}
            - given: {context: {site.emergency: true}}
            - {do: publish, by: lamp-1, topic: door/3/unlock, expect: allow}
            - given: {trust: {identity: 0.4}}
            - {do: publish, by: lamp-1, topic: door/3/unlock, expect: delay}
        - name: five failures ban a network
          steps:
            - {do: auth_fail, peer: {address: 192.0.2.7, prefix: 192.0.2.0/24}, times: 4, execute: []}
            - {do: auth_fail, peer: {address: 192.0.2.8, prefix: 192.0.2.0/24}, execute: [ban]}
      """;

  private static List<PolicyCases.Result> run(String policy, String cases) {
    try {
      return PolicyCases.run(PolicyTest.policy(policy), cases);
    } catch (PolicyException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  @Test
  void playsCasesOnAClockOfTheirOwn() {
    assertThat(run(PolicyTest.WHOLE, CASES)).hasSize(4).allSatisfy(r -> assertThat(r.problem()).isEmpty());
  }

  @Test
  void tellsWhatWentOtherwiseAndWhere() {
    String policy = """
        version: 1
        rules:
          - {on: publish, topic: "a/#", then: allow}
          - {id: night, on: publish, topic: "a/#", when: "now.getHours('Europe/Rome') >= 22", then: deny}
        """;
    List<PolicyCases.Result> results = run(policy, """
        subjects: {lamp-1: {}}
        cases:
          - {name: by day, at: "2026-11-23T21:59:59+01:00", do: publish, by: lamp-1, topic: a/b, expect: allow}
          - name: into the night
            at: "2026-11-23T21:59:59+01:00"
            steps:
              - {do: publish, by: lamp-1, topic: a/b, expect: allow}
              - wait: 1s
              - {do: publish, by: lamp-1, topic: a/b, expect: allow}
        """);
    assertThat(results.getFirst().passed()).isTrue();
    assertThat(results.getLast().problem()).hasValueSatisfying(p -> assertThat(p.toString()).isEqualTo("""
        line 9, column 9: expected allow, came out deny
        tentative.publish a/b by lamp-1
          + rules line 3: has no condition
          + rule 'night', line 4: now.getHours('Europe/Rome') >= 22
        = deny by rule 'night', line 4, reason 0x87
              - {do: publish, by: lamp-1, topic: a/b, expect: allow}
                ^"""));
  }

  @Test
  void retainsOnlyWhatMayBe() {
    String policy = """
        version: 1
        rules:
          - {allow: publish, topic: "#"}
          - {allow: retain, topic: "kept/#"}
        """;
    assertThat(run(policy, """
        subjects: {lamp-1: {}}
        cases:
          - {name: kept, do: publish, by: lamp-1, topic: kept/x, retain: true, expect: allow}
          - {name: not kept, do: publish, by: lamp-1, topic: x, retain: true, expect: deny}
          - {name: nobody, do: publish, by: anonymous, topic: x, expect: deny}
          - {name: subscribes, do: subscribe, by: lamp-1, topic: "a/+", qos: 1, expect: deny}
          - {name: reads, do: coap.get, by: lamp-1, topic: a, expect: deny, rule: no rule allows}
        """)).allSatisfy(r -> assertThat(r.problem()).isEmpty());
  }

  @Test
  void riskAndTrustFollowTheRules() {
    assertThat(run("""
        version: 1
        trust: {skill: {mtls: 0.5}}
        rules:
          - {on: publish, when: "risk < 0.5 && trust.skill > 0.3", then: allow}
          - {on: actual.publish, topic: bad, then: {execute: {raise: risk, by: 0.3}}}
          - {on: actual.publish, topic: dull, then: {execute: {raise: trust.skill, by: -0.3}}}
        """, """
        subjects: {a: {}, b: {}}
        cases:
          - name: risk
            given: {trust: {skill: 0.5}}
            steps:
              - {do: publish, by: a, topic: bad, times: 2, expect: allow, execute: [raise]}
              - {do: publish, by: a, topic: x, expect: deny}
              - {do: publish, by: b, topic: x, expect: allow}
          - name: trust
            given: {trust: {skill: 0.5}}
            steps:
              - {do: publish, by: a, topic: dull, expect: allow}
              - {do: publish, by: a, topic: x, expect: deny}
              - {do: publish, by: b, topic: x, expect: allow}
        """)).allSatisfy(r -> assertThat(r.problem()).isEmpty());
  }

  private static void refuses(String cases, String... why) {
    PolicyException e = catchThrowableOfType(
        PolicyException.class, () -> PolicyCases.run(PolicyTest.policy(PolicyTest.WHOLE), cases));
    assertThat(e).as(cases).isNotNull();
    assertThat(e.getMessage()).contains(why);
  }

  @Test
  void refusesCasesThatItCannotPlay() {
    refuses("", "'cases' is missing");
    refuses("cases: []\n", "give a list of 1 to");
    refuses("cases: [{do: publish, topic: a}]\n", "'name' is missing");
    refuses("cases: [{name: x}]\n", "either steps, or what to do");
    refuses("cases: [{name: x, do: publsh, topic: a}]\n", "unknown event 'publsh', did you mean 'publish'?");
    refuses("cases: [{name: x, do: publish}]\n", "'topic' is missing");
    refuses("cases: [{name: x, do: publish, topic: a/#}]\n", "wildcard");
    refuses("cases: [{name: x, do: publish, topic: a, by: eve}]\n", "no subject 'eve'");
    refuses("cases: [{name: x, do: publish, topic: a, expect: perhaps}]\n", "line 1, column 50: expect: give allow or deny");
    refuses("cases: [{name: x, at: noon, do: publish, topic: a}]\n", "at: give a time such as");
    refuses("cases: [{name: x, given: {context: {no: 1}}, do: publish, topic: a}]\n", "no context attribute 'no'");
    refuses("cases: [{name: x, given: {context: {site.emergency: 3}}, do: publish, topic: a}]\n", "'3' is no bool");
    refuses("cases: [{name: x, given: {trust: {no: 1}}, do: publish, topic: a}]\n", "no aspect of trust 'no'");
    refuses("cases: [{name: x, do: publish, topic: a, client: \"\\x01\"}]\n", "is no client identifier");
    refuses("cases: [{name: x, steps: [{wait: long}]}]\n", "wait: give a span of time");
  }
}
