# Sourced by coap.sh and dtls.sh: starts the CoAP servers that are measured beside each other, on loopback. Sets `home`,
# `work`, `names`, `port`, `pid` and `path`; everything started ends with the script.
home=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
warm=${WARM:-4}
time=${TIME:-3}
rounds=${ROUNDS:-3}
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || :; done; wait 2>/dev/null || :; rm -rf "$work"' EXIT
ulimit -n 65536 2>/dev/null || :
names=()
declare -A port pid path
. "$home/.mvn/jdk25.sh"
trivet_find_jdk25

free_port() { python3 -c 'import socket; s=socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
waits() { for _ in $(seq 200); do grep -q "$2" "$1" 2>/dev/null && return; sleep 0.1; done; cat "$1" >&2; exit 1; }

start_trivet() { # WHO-MAY OPTION..., which name the port
  names+=(trivet)
  path[trivet]=ps/test
  mkdir -m 700 "$work/data"
  printf 'version: 1\nrules:\n  - allow: [publish, subscribe, retain]\n    topic: "#"\n%s' "$1" >"$work/rules.yaml"
  shift
  "$home/trivet" serve --data "$work/data" --mqtts 127.0.0.1:0 --set rules="$work/rules.yaml" --set log.level=error \
    --set coap.requests-per-second=100000000 --set coap.requests-total-per-second=100000000 "$@" >"$work/trivet.log" 2>&1 &
  waits "$work/trivet.log" "ready in"
  pid[trivet]=$("$home/trivet" status --data "$work/data" | awk '$1 == "pid" {print $2}')
  pids+=("${pid[trivet]}")
}

start_californium() { # PORT DTLS-PORT; Californium comes from the local Maven repository, where './mvnw test-compile' has put it
  names+=(californium)
  path[californium]=test
  local repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository} classes
  classes=$(find "$repository/org/eclipse/californium" "$repository/org/slf4j/slf4j-api" -name '*.jar' | tr '\n' ':')
  "$JAVA_HOME/bin/java" -XX:+UseCompactObjectHeaders -cp "$home/lab/target/test-classes:$classes" \
    io.trivet.lab.coap.CaliforniumServer "$1" "$2" >"$work/californium.log" 2>&1 &
  pid[californium]=$!
  pids+=($!)
  waits "$work/californium.log" ready
}

start_libcoap() { # PROGRAM OPTION...; left out where it is not installed
  command -v "$1" >/dev/null || return 0
  names+=(libcoap)
  path[libcoap]=example_data
  "$@" -A 127.0.0.1 -d 1000 >"$work/libcoap.log" 2>&1 &
  pid[libcoap]=$!
  pids+=($!)
  sleep 1
}
