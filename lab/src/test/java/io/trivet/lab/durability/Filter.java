package io.trivet.lab.durability;

/// A topic filter as MQTT 5.0, section 4.7 has it, in code of its own: a mistake that the server makes is not
/// made here as well. Topics that begin with `$` do not occur.
record Filter(String text) {
  boolean matches(String topic) {
    String[] wanted = text.split("/", -1);
    String[] levels = topic.split("/", -1);
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].equals("#")) {
        return true;
      }
      if (i >= levels.length || !wanted[i].equals("+") && !wanted[i].equals(levels[i])) {
        return false;
      }
    }
    return wanted.length == levels.length;
  }
}
