package io.trivet.coap.block;

import io.trivet.base.Parsed;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import java.util.Optional;

/// The value of Block1 and Block2: which block, whether more follow, how large (RFC 7959, section 2.2).
///
/// @param number 0 to 1,048,575
/// @param exponent 0 to 6 for 16 to 1,024 bytes; 7 for several of 1,024 in one message, over streams (RFC 8323, section 6)
public record Block(int number, boolean more, int exponent) {
  public static final int BERT = 7;

  /// The bit in the option's value that says that more blocks follow, or are wanted.
  public static final int MORE = 8;
  private static final int NUMBER_MAX = (1 << 20) - 1;
  private static final int VALUE_BYTES_MAX = 3;

  public Block {
    if (number < 0 || number > NUMBER_MAX || exponent < 0 || exponent > BERT) {
      throw new IllegalArgumentException("block " + number + " of size exponent " + exponent);
    }
  }

  /// The option as it stands, or nothing where there is none.
  public static Optional<Parsed<Block>> of(Options options, OptionNumber which, boolean severalAllowed) {
    int at = options.indexOf(which);
    if (at < 0) {
      return Optional.empty();
    }
    if (options.length(at) > VALUE_BYTES_MAX) {
      return Optional.of(Parsed.invalid("RFC 7959, section 2.1", "a block option of " + options.length(at) + " bytes"));
    }
    long value = options.uint(at);
    int exponent = (int) value & 7;
    return Optional.of(exponent == BERT && !severalAllowed
        ? Parsed.invalid("RFC 7959, section 2.2", "block size exponent 7 is for streams")
        : Parsed.valid(new Block((int) (value >> 4), (value & MORE) != 0, exponent)));
  }

  /// The largest exponent whose blocks are no larger than that.
  public static int exponentOf(int bytes) {
    return Math.clamp(31 - Integer.numberOfLeadingZeros(Math.max(16, bytes)) - 4, 0, 6);
  }

  /// Bytes of one block.
  public int size() {
    return 1 << Math.min(exponent, 6) + 4;
  }

  /// Where the block begins in the body.
  public long offset() {
    return (long) number * size();
  }

  public long value() {
    return (long) number << 4 | (more ? MORE : 0) | exponent;
  }
}
