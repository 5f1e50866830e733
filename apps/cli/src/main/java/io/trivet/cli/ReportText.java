package io.trivet.cli;

import io.trivet.base.SecretBytes;
import io.trivet.server.Report;
import io.trivet.server.TrivetVersion;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// What a server says when it has started: what listens and how it is protected, what is at risk, and what to do next.
final class ReportText {
  private final PrintWriter out;

  ReportText(PrintWriter out) {
    this.out = out;
  }

  void print(Report report) {
    out.println("Trivet " + TrivetVersion.TEXT + ", data in " + report.data());
    for (Report.Listening l : report.listening()) {
      out.printf("listens  %-9s  %-22s %s%n", l.kind(), l.place(), l.protection());
    }
    for (String w : report.warnings()) {
      out.println("WARNING  " + w);
    }
    report.adminPassword().ifPresent(password -> firstStart(report, password));
  }

  private void firstStart(Report report, SecretBytes password) {
    String data = Shell.word(report.data().toString());
    out.println();
    out.println("First start: made a certificate authority, a certificate for this host, and an administrator.");
    out.println("  device    admin");
    out.println("  password  " + password.expose(p -> new String(p, StandardCharsets.UTF_8)) + "   (shown once)");
    report.authority().ifPresent(ca -> out.println("  trust     " + ca));
    out.println();
    out.println("Next, in another terminal:");
    out.println("  ./trivet device add lamp-1 --cert --data " + data);
    out.println();
    password.close();
  }
}
