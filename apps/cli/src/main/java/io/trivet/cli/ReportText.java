package io.trivet.cli;

import io.trivet.base.SecretBytes;
import io.trivet.server.Report;
import io.trivet.server.TrivetVersion;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// What a server says when it has started: what listens and how it is protected, what is at risk, and what to do next.
final class ReportText {
  private final PrintWriter out;
  private final String launcher;

  /// @param launcher how the person started this, so that the next command works when pasted
  ReportText(PrintWriter out, String launcher) {
    this.out = out;
    this.launcher = launcher;
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
    boolean usual = report.data().equals(Path.of("data").toAbsolutePath().normalize());
    String data = usual ? "" : " --data " + Shell.word(Shell.near(report.data().toString()));
    out.println();
    out.println("First start: made a certificate authority, a certificate for this host, and an administrator.");
    out.println("  device    admin");
    out.println("  password  " + password.expose(p -> new String(p, StandardCharsets.UTF_8)) + "   (shown once)");
    report.authority().ifPresent(ca -> out.println("  trust     " + ca));
    out.println();
    out.println("Next, in another terminal:");
    out.println("  " + Shell.word(launcher) + " device add lamp-1 --cert" + data);
    out.println();
    password.close();
  }
}
