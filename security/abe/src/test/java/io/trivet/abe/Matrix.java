package io.trivet.abe;

import io.trivet.abe.curve.Scalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Rows of numbers modulo r, solved by Gaussian elimination: what an attacker does with rows he holds,
/// whatever the policy says of him.
final class Matrix {
  private static final BigInteger R = Scalar.ORDER;

  private Matrix() {}

  static BigInteger[] row(SpanProgram program, int row) {
    BigInteger[] out = new BigInteger[program.columns()];
    Arrays.setAll(out, c -> new BigInteger(1, program.entry(row, c).bigEndian()));
    return out;
  }

  /// Weights with which the rows add up to (1, 0 ... 0); empty where that is not in their span.
  static Optional<BigInteger[]> target(List<BigInteger[]> rows, int columns) {
    // One equation for each column, one unknown for each row, and the right side.
    int unknowns = rows.size();
    List<BigInteger[]> equations = new ArrayList<>();
    for (int c = 0; c < columns; c++) {
      BigInteger[] e = new BigInteger[unknowns + 1];
      for (int i = 0; i < unknowns; i++) {
        e[i] = rows.get(i)[c].mod(R);
      }
      e[unknowns] = c == 0 ? BigInteger.ONE : BigInteger.ZERO;
      equations.add(e);
    }
    BigInteger[] solution = new BigInteger[unknowns];
    Arrays.fill(solution, BigInteger.ZERO);
    List<Integer> pivots = eliminate(equations, unknowns);
    for (BigInteger[] e : equations.subList(pivots.size(), columns)) {
      if (e[unknowns].signum() != 0) {
        return Optional.empty();
      }
    }
    for (int k = 0; k < pivots.size(); k++) {
      solution[pivots.get(k)] = equations.get(k)[unknowns];
    }
    return Optional.of(solution);
  }

  /// To reduced echelon form.
  ///
  /// @return the column of each row's pivot
  private static List<Integer> eliminate(List<BigInteger[]> a, int unknowns) {
    List<Integer> pivots = new ArrayList<>();
    for (int c = 0; c < unknowns && pivots.size() < a.size(); c++) {
      int top = pivots.size();
      int found = top;
      while (found < a.size() && a.get(found)[c].signum() == 0) {
        found++;
      }
      if (found == a.size()) {
        continue;
      }
      BigInteger[] pivot = a.get(found);
      a.set(found, a.get(top));
      BigInteger inverse = pivot[c].modInverse(R);
      Arrays.setAll(pivot, i -> pivot[i].multiply(inverse).mod(R));
      a.set(top, pivot);
      for (int other = 0; other < a.size(); other++) {
        BigInteger[] row = a.get(other);
        BigInteger factor = row[c];
        if (other != top && factor.signum() != 0) {
          Arrays.setAll(row, i -> row[i].subtract(factor.multiply(pivot[i])).mod(R));
        }
      }
      pivots.add(c);
    }
    return pivots;
  }
}
