# Sourced by trivet, check and mvnw: sets JAVA_HOME to a JDK 25, or says what to install.
# Order: TRIVET_JAVA_HOME, JAVA_HOME, the java on the PATH, then where Debian, macOS and SDKMAN put theirs.
trivet_is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] && grep -q '^JAVA_VERSION="25[".]' "$1/release"
}

trivet_find_jdk25() {
  trivet_path_java=$(command -v javac 2>/dev/null) || trivet_path_java=
  if [ -n "$trivet_path_java" ]; then
    trivet_path_java=$(readlink -f "$trivet_path_java" 2>/dev/null || printf '%s' "$trivet_path_java")
    trivet_path_java=${trivet_path_java%/bin/javac}
  fi
  for trivet_candidate in "${TRIVET_JAVA_HOME:-}" "${JAVA_HOME:-}" "$trivet_path_java" \
    /usr/lib/jvm/* /opt/java/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    if [ -n "$trivet_candidate" ] && trivet_is_jdk25 "$trivet_candidate"; then
      JAVA_HOME=$trivet_candidate
      export JAVA_HOME
      return 0
    fi
  done
  cat >&2 <<'MESSAGE'
Trivet needs a JDK 25, and none was found in TRIVET_JAVA_HOME, JAVA_HOME, on the PATH or under /usr/lib/jvm.
Install one, for example:
  Debian, Ubuntu   apt-get install openjdk-25-jdk-headless   (or the package temurin-25-jdk)
  macOS            brew install openjdk@25
  elsewhere        any JDK 25 archive, then: export TRIVET_JAVA_HOME=/path/to/jdk-25
MESSAGE
  return 1
}

trivet_find_jdk25
