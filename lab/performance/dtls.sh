#!/usr/bin/env bash
# Measures CoAP over DTLS 1.2 with a pre-shared key and AES-128-CCM-8: Trivet beside Californium and libcoap, on
# loopback, in turn in one run.
#
#   lab/performance/dtls.sh
#
# Needs gcc and libssl-dev for the load generator beside this file, and coap-server-openssl for libcoap. Prints a
# Markdown table: server CPU microseconds (system and user) a handshake or request and how many a second; and memory for
# each association: of the Java servers live heap after a collection, of libcoap resident memory. WARM and TIME set the
# seconds of each measurement, ROUNDS how often, PEERS how many associations.
set -euo pipefail
. "$(dirname "$0")/coap-servers.sh"
peers=${PEERS:-10000}
load=$work/dtlsload
gcc -O2 -o "$load" "$home/lab/performance/dtlsload.c" -lssl -lcrypto

key=0123456789abcdef
port[trivet]=$(free_port)
start_trivet "" --coaps "127.0.0.1:${port[trivet]}"
(umask 077 && printf '%s' "$key" | od -An -tx1 | tr -d ' \n' >"$work/key")
"$home/trivet" device add trivet --psk-file "$work/key" --data "$work/data" >/dev/null
"$home/trivet" coap put "coaps://127.0.0.1:${port[trivet]}/ps/test" -m hello123 --psk-identity trivet --psk-file "$work/key"
port[californium]=$(free_port)
start_californium 0 "${port[californium]}"
port[libcoap]=$(($(free_port) + 1)) # its DTLS port is the one after
start_libcoap coap-server-openssl -p $((port[libcoap] - 1)) -k "$key" -h trivet

run() { timeout 200 "$load" -p "${port[$1]}" -path "${path[$1]}" -pid "${pid[$1]}" "${@:2}"; }
held() { # live heap or resident memory, in bytes
  if [ "$1" = libcoap ]; then
    awk '$1 == "VmRSS:" {print $2 * 1024}' "/proc/${pid[$1]}/status"
  else
    "$JAVA_HOME/bin/jcmd" "${pid[$1]}" GC.class_histogram | awk '/FillerElement/ {filler = $3} /^Total/ {print $3 - filler}'
  fi
}

printf '| Load |'
printf ' %s |' "${names[@]}"
printf '\n|---|'
printf -- '---|%.0s' "${names[@]}"
echo
declare -A memory
associations() { # after a second of handshakes, so that classes and tables are there
  run "$1" -mode handshake -conc 16 -time 1 >/dev/null
  local before made
  before=$(held "$1")
  made=$(run "$1" -mode memory -clients "$peers" | sed 's/.*"count":\([0-9]*\).*/\1/')
  memory[$1]="$((($(held "$1") - before) / peers))$([ "$made" = "$peers" ] || echo " (only $made were made)")"
}
# libcoap's turn comes last, since it is slow ever after.
for n in "${names[@]}"; do [ "$n" = libcoap ] || associations "$n"; done
for n in "${names[@]}"; do run "$n" -mode get -time "$warm" >/dev/null; done
for r in "handshakes, 16 at a time|-mode handshake -conc 16" "CON GET, 256 clients|-mode get -clients 256"; do
  : >"$work/figures"
  for _ in $(seq "$rounds"); do
    for n in "${names[@]}"; do
      # shellcheck disable=SC2086
      run "$n" ${r#*|} -time "$time" -warm 1 | sed "s/^{/{\"name\":\"$n\",/" >>"$work/figures"
    done
  done
  python3 - "$work/figures" "${r%%|*}" "${names[@]}" <<'PY'
import json, statistics, sys
figures = [json.loads(l) for l in open(sys.argv[1])]
cells = []
for name in sys.argv[3:]:
    mine = [f for f in figures if f["name"] == name]
    lost = sum(f["lost"] + f["failed"] for f in mine)
    cells.append("%.1f / %.1fk%s" % (statistics.median(f["cpu_us"] for f in mine),
        statistics.median(f["rate"] for f in mine) / 1000, " (%d lost)" % lost if lost else ""))
print("| %s | %s |" % (sys.argv[2], " | ".join(cells)))
PY
done
[ -z "${pid[libcoap]:-}" ] || associations libcoap
printf '| %s associations: bytes each |' "$peers"
for n in "${names[@]}"; do printf ' %s |' "${memory[$n]}"; done
echo
