package io.trivet.lab.house;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What one class file mentions, read from its constant pool, descriptors, generic signatures and annotations: so also
/// what stands in a method reference, a type argument or an unused parameter.
///
/// @param name the class, dotted
/// @param supertypes the superclass and the interfaces it names itself, dotted
/// @param classes every class mentioned, dotted
/// @param members every field and method mentioned, as `java.lang.System.nanoTime()J`
/// @param isInterface whether there can be no instance of just this
record References(
    String name, List<String> supertypes, Collection<String> classes, Collection<String> members, boolean isInterface) {
  private static final Pattern TYPE_IN_DESCRIPTOR = Pattern.compile("L([\\w/$]+)[;<]");

  static References of(byte[] classFile) {
    ClassModel model = ClassFile.of().parse(classFile);
    TreeSet<String> classes = new TreeSet<>();
    TreeSet<String> members = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      switch (entry) {
        case ClassEntry c -> addClass(c.asInternalName(), classes);
        case MemberRefEntry m -> members.add(
            dotted(m.owner().asInternalName()) + "." + m.name().stringValue() + m.type().stringValue());
        case NameAndTypeEntry n -> addDescriptor(n.type().stringValue(), classes);
        case MethodTypeEntry t -> addDescriptor(t.descriptor().stringValue(), classes);
        default -> { } // text and numbers
      }
    }
    addDeclared(model, classes);
    List<String> supertypes = new ArrayList<>();
    model.superclass().ifPresent(s -> supertypes.add(dotted(s.asInternalName())));
    model.interfaces().forEach(i -> supertypes.add(dotted(i.asInternalName())));
    boolean isInterface = (model.flags().flagsMask() & ClassFile.ACC_INTERFACE) != 0;
    return new References(
        dotted(model.thisClass().asInternalName()), List.copyOf(supertypes), classes, members, isInterface);
  }

  /// Descriptors of the class's own members, signatures and annotations are plain text in the pool, not entries of
  /// their own.
  private static void addDeclared(ClassModel model, Collection<String> classes) {
    model.findAttribute(Attributes.signature())
        .ifPresent(s -> addDescriptor(s.signature().stringValue(), classes));
    model.findAttribute(Attributes.runtimeVisibleAnnotations())
        .ifPresent(a -> a.annotations().forEach(x -> addDescriptor(x.className().stringValue(), classes)));
    model.fields().forEach(f -> {
      addDescriptor(f.fieldType().stringValue(), classes);
      f.findAttribute(Attributes.signature()).ifPresent(s -> addDescriptor(s.signature().stringValue(), classes));
    });
    model.methods().forEach(m -> {
      addDescriptor(m.methodType().stringValue(), classes);
      m.findAttribute(Attributes.signature()).ifPresent(s -> addDescriptor(s.signature().stringValue(), classes));
      m.findAttribute(Attributes.runtimeVisibleAnnotations())
          .ifPresent(a -> a.annotations().forEach(x -> addDescriptor(x.className().stringValue(), classes)));
    });
  }

  private static void addClass(String internalName, Collection<String> classes) {
    if (internalName.startsWith("[")) {
      addDescriptor(internalName, classes);
    } else {
      classes.add(dotted(internalName));
    }
  }

  private static void addDescriptor(String descriptor, Collection<String> classes) {
    Matcher m = TYPE_IN_DESCRIPTOR.matcher(descriptor);
    while (m.find()) {
      classes.add(dotted(m.group(1)));
    }
  }

  private static String dotted(String internalName) {
    return internalName.replace('/', '.');
  }
}
