#!/bin/sh
# What attribute-based encryption costs: keys, encapsulation and decapsulation for 1, 3, 5 and 10 attributes, both kinds,
# in native code and in Java. Arguments go to JMH, as in
#   lab/performance/abe.sh -p curve=blst -p attributes=3 KemBenchmark.encapsulate
set -eu
cd "$(dirname "$0")/../.."
trivet_wrapper_home=$PWD
. ./.mvn/jdk25.sh
paths=$(mktemp)
trap 'rm -f "$paths"' EXIT
# The goal that needs every room's classes comes in the same run; the last room's path is the one that stays.
./mvnw -q -B test-compile dependency:build-classpath -Dmdep.outputFile="$paths" -Dmdep.includeScope=test -pl security/abe -am
"$JAVA_HOME/bin/java" --sun-misc-unsafe-memory-access=allow \
  -cp "security/abe/target/test-classes:security/abe/target/classes:$(cat "$paths")" org.openjdk.jmh.Main "$@"
