package io.trivet.abe.curve;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.NoSuchElementException;

/// The functions of blst (`blst.h`, `blst_aux.h`) in the library that jblst carries. Where that library has
/// only its JNI functions, as on Windows, or does not load, as with musl, this class fails to initialize.
///
/// Short ones are called *critical*: without leaving the state of running Java, so that arrays on the heap
/// can be given and a call costs nanoseconds. A collector waits for such a call to end, so the pairing, a
/// millisecond, is not among them.
///
/// What the header calls `bool` is given as a whole register, 0 or 1: in every calling convention it reads
/// the same, and no branch is needed to make a `boolean` of a secret bit.
@SuppressWarnings("restricted") // what this class is for; the launcher grants native access
final class BlstSymbols {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY = library();

  static final MethodHandle HASH_TO_G1 =
      critical(
          "blst_hash_to_g1",
          FunctionDescriptor.ofVoid(
              ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
  static final MethodHandle P1_GENERATOR = critical("blst_p1_generator", FunctionDescriptor.of(ADDRESS));
  static final MethodHandle P1_MULT = critical("blst_p1_mult", of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
  static final MethodHandle P1_ADD = critical("blst_p1_add_or_double", of(ADDRESS, ADDRESS, ADDRESS));
  static final MethodHandle P1_ADD_AFFINE = critical("blst_p1_add_or_double_affine", of(ADDRESS, ADDRESS, ADDRESS));
  static final MethodHandle P1_NEGATE = critical("blst_p1_cneg", of(ADDRESS, JAVA_LONG));
  static final MethodHandle P1_FROM_AFFINE = critical("blst_p1_from_affine", of(ADDRESS, ADDRESS));
  static final MethodHandle P1_TO_AFFINE = critical("blst_p1_to_affine", of(ADDRESS, ADDRESS));
  static final MethodHandle P1_COMPRESS = critical("blst_p1_compress", of(ADDRESS, ADDRESS));
  static final MethodHandle P1_UNCOMPRESS =
      critical("blst_p1_uncompress", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  static final MethodHandle P1_IN_GROUP =
      critical("blst_p1_affine_in_g1", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
  static final MethodHandle P1_IS_INFINITY =
      critical("blst_p1_affine_is_inf", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));

  static final MethodHandle P2_GENERATOR = critical("blst_p2_generator", FunctionDescriptor.of(ADDRESS));
  static final MethodHandle P2_ADD = critical("blst_p2_add_or_double", of(ADDRESS, ADDRESS, ADDRESS));
  static final MethodHandle P2_ADD_AFFINE = critical("blst_p2_add_or_double_affine", of(ADDRESS, ADDRESS, ADDRESS));
  static final MethodHandle P2_NEGATE = critical("blst_p2_cneg", of(ADDRESS, JAVA_LONG));
  static final MethodHandle P2_TO_AFFINE = critical("blst_p2_to_affine", of(ADDRESS, ADDRESS));
  static final MethodHandle P2_COMPRESS = critical("blst_p2_compress", of(ADDRESS, ADDRESS));
  static final MethodHandle P2_UNCOMPRESS =
      critical("blst_p2_uncompress", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  static final MethodHandle P2_IN_GROUP =
      critical("blst_p2_affine_in_g2", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
  static final MethodHandle P2_IS_INFINITY =
      critical("blst_p2_affine_is_inf", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));

  static final MethodHandle MILLER_LOOP_N =
      LINKER.downcallHandle(symbol("blst_miller_loop_n"), of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
  static final MethodHandle FINAL_EXP = LINKER.downcallHandle(symbol("blst_final_exp"), of(ADDRESS, ADDRESS));
  static final MethodHandle FP_FROM_BYTES = critical("blst_fp_from_bendian", of(ADDRESS, ADDRESS));
  static final MethodHandle FP12_ONE = critical("blst_fp12_one", FunctionDescriptor.of(ADDRESS));
  static final MethodHandle FP12_MUL = critical("blst_fp12_mul", of(ADDRESS, ADDRESS, ADDRESS));
  static final MethodHandle FP12_SQUARE = critical("blst_fp12_cyclotomic_sqr", of(ADDRESS, ADDRESS));
  static final MethodHandle FP12_CONJUGATE = critical("blst_fp12_conjugate", of(ADDRESS));
  static final MethodHandle FP12_FROBENIUS = critical("blst_fp12_frobenius_map", of(ADDRESS, ADDRESS, JAVA_LONG));
  static final MethodHandle FP12_IS_ONE =
      critical("blst_fp12_is_one", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
  static final MethodHandle FP12_IN_GROUP =
      critical("blst_fp12_in_group", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
  static final MethodHandle FP12_TO_BYTES = critical("blst_bendian_from_fp12", of(ADDRESS, ADDRESS));

  private BlstSymbols() {}

  /// Initializes this class, if it was not yet.
  ///
  /// @throws ExceptionInInitializerError where blst cannot be called here, and on later calls NoClassDefFoundError
  static void bind() {}

  private static FunctionDescriptor of(MemoryLayout... arguments) {
    return FunctionDescriptor.ofVoid(arguments);
  }

  private static MethodHandle critical(String name, FunctionDescriptor shape) {
    return LINKER.downcallHandle(symbol(name), shape, Linker.Option.critical(true));
  }

  private static MemorySegment symbol(String name) {
    return LIBRARY.find(name)
        .orElseThrow(() -> new NoSuchElementException("the blst library has no " + name));
  }

  private static SymbolLookup library() {
    String resource = resource();
    try (InputStream in = BlstSymbols.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new NoSuchElementException("jblst carries no " + resource);
      }
      Path unpacked = Files.createTempFile("trivet-blst", ".so"); // its owner's alone to read and write
      try {
        Files.copy(in, unpacked, StandardCopyOption.REPLACE_EXISTING);
        return SymbolLookup.libraryLookup(unpacked, Arena.global());
      } finally {
        Files.delete(unpacked); // it stays mapped
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the blst library could not be unpacked", e);
    }
  }

  private static String resource() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch");
    if (system.startsWith("mac")) {
      return "supranational/blst/Mac/" + (processor.equals("amd64") ? "x86_64" : processor) + "/libblst.dylib";
    }
    if (system.startsWith("linux")) {
      return "supranational/blst/Linux/" + processor + "/libblst.so";
    }
    throw new NoSuchElementException("jblst exports no C functions on " + system);
  }
}
