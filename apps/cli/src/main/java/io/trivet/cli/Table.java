package io.trivet.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// Columns as wide as their widest cell, for people and for `awk`: an empty cell is `-`.
public final class Table {
  private final List<String[]> rows = new ArrayList<>();

  public Table(String... heads) {
    rows.add(heads);
  }

  public void row(String... cells) {
    String[] shown = cells.clone();
    for (int i = 0; i < shown.length; i++) {
      shown[i] = shown[i].isEmpty() ? "-" : shown[i];
    }
    rows.add(shown);
  }

  public void print(PrintWriter out) {
    int[] width = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        width[i] = Math.max(width[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]).repeat(' ', i == row.length - 1 ? 0 : width[i] - row[i].length() + 2);
      }
      out.println(line);
    }
  }
}
