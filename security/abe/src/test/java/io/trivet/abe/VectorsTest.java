package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Keys, ciphertexts and secrets of fixed randomness, as written down in `vectors.txt`. A change here is a
/// change of format: what is in the field would open no more.
class VectorsTest {
  private static final String HASH_OF_B =
      "a88a908ce1c025daefa883b3c4030044ba52ad54cbdc452a7bb14349599da9f9523364c3836b5146acce0f90c7a75d16";
  private static final String HASH_OF_NURSE =
      "9772adb882278ec1fd9014dfc90535b0b01b46491edfabbae15fa034c035b68bafcdc6fb5d55fd5d5112d599d2199e5c";
  private static final String HASH_OF_BEGINNING =
      "a7077b67c2453d6b440afd53e3d0ad5639a1650d59d12cb4b423f1324901039e305371a3080b4ecb3ad368c8b121abab";

  /// @param fields in the order of the file
  private record Vector(Map<String, String> fields) {
    String text(String name) {
      String value = fields.get(name);
      if (value == null) {
        throw new AssertionError("no " + name + " in " + fields.keySet());
      }
      return value;
    }

    byte[] bytes(String name) {
      return Bytes.hex(text(name)).toArray();
    }

    Kind kind() {
      return Kind.valueOf(text("kind"));
    }
  }

  private static List<Vector> vectors() throws IOException {
    List<Vector> vectors = new ArrayList<>();
    try (InputStream in = VectorsTest.class.getResourceAsStream("vectors.txt")) {
      if (in == null) {
        throw new AssertionError("no vectors.txt");
      }
      for (String block : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n\n", -1)) {
        Map<String, String> fields = new LinkedHashMap<>();
        block.lines()
            .filter(l -> !l.startsWith("#") && !l.isBlank())
            .forEach(l -> fields.put(l.substring(0, l.indexOf(':')), l.substring(l.indexOf(':') + 1).strip()));
        if (!fields.isEmpty()) {
          vectors.add(new Vector(fields));
        }
      }
    }
    return vectors;
  }

  @TestFactory
  List<DynamicTest> comeOutTheSameOnBothImplementations() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Vector v : vectors()) {
      for (Groups g : List.of(Backends.BLST, Backends.JAVA)) {
        String name = v.text("kind") + " " + v.text("sent") + " on " + g.curve().name();
        tests.add(DynamicTest.dynamicTest(name, () -> comesOut(v, g)));
      }
    }
    assertThat(tests).hasSize(8);
    return tests;
  }

  private static void comesOut(Vector v, Groups groups) {
    try (MasterKey master = MasterKey.decode(v.bytes("master-key"), groups).orThrow();
        ReaderKey issued = master.issue(v.text("held"), new Counted(Long.parseLong(v.text("issue-seed")))).orThrow();
        ReaderKey written = ReaderKey.decode(v.bytes("reader-key"), master.publicKey()).orThrow()) {
      assertThat(master.kind()).isEqualTo(v.kind());
      assertThat(master.publicKey().encoded()).isEqualTo(v.bytes("public-key"));
      assertThat(issued.encoded()).isEqualTo(v.bytes("reader-key"));
      PublicKey sender = master.publicKey().withRandomness(to -> System.arraycopy(v.bytes("seed"), 0, to, 0, to.length));
      Encapsulation e = sender.encapsulate(v.text("sent"), v.bytes("context")).orThrow();
      assertThat(e.ciphertext()).isEqualTo(v.bytes("ciphertext"));
      assertThat(e.secret()).isEqualTo(v.bytes("secret"));
      assertThat(KemTest.opens(written, e, v.bytes("context"))).isTrue();
    }
  }

  @TestFactory
  List<DynamicTest> attributesAreHashedToTheSamePoints() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Groups g : List.of(Backends.BLST, Backends.JAVA)) {
      tests.add(DynamicTest.dynamicTest(g.curve().name(), () -> {
        assertThat(hex(g.curve().compressed(g.curve().hash(new byte[] {'B'})))).isEqualTo(HASH_OF_B);
        assertThat(hex(g.curve().compressed(g.hash(new Atom.Held("role:nurse"))))).isEqualTo(HASH_OF_NURSE);
        assertThat(hex(g.curve().compressed(g.hash(new Atom.Begins("level", 3, 2, 2))))).isEqualTo(HASH_OF_BEGINNING);
      }));
    }
    return tests;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
