#!/bin/sh
# What sealing and opening a message costs, beside a record of TLS 1.3. Arguments go to JMH, as in
#   lab/performance/smqtt.sh -p form=COSE SealBenchmark.seal
set -eu
cd "$(dirname "$0")/../.."
trivet_wrapper_home=$PWD
. ./.mvn/jdk25.sh
paths=$(mktemp)
trap 'rm -f "$paths"' EXIT
# The goal that needs every room's classes comes in the same run; the last room's path is the one that stays.
./mvnw -q -B test-compile dependency:build-classpath -Dmdep.outputFile="$paths" -Dmdep.includeScope=test -pl security/smqtt -am
"$JAVA_HOME/bin/java" --sun-misc-unsafe-memory-access=allow \
  -cp "security/smqtt/target/test-classes:security/smqtt/target/classes:$(cat "$paths")" org.openjdk.jmh.Main "$@"
