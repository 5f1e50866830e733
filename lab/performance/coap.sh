#!/usr/bin/env bash
# Measures Trivet's CoAP beside Californium and libcoap, over plain UDP on loopback, interleaved row by row in one run.
#
#   lab/performance/coap.sh COAPLOAD [ROW...]
#
# COAPLOAD is the load generator's binary. Prints a Markdown table: server CPU
# microseconds (system and user) a request or notification, requests a second behind it. WARM and TIME set the seconds of
# each measurement, ROUNDS how often.
set -euo pipefail
load=${1:?give the path of coapload}
shift
. "$(dirname "$0")/coap-servers.sh"

port[trivet]=$(free_port)
start_trivet $'    anonymous: true\n' --insecure-coap "127.0.0.1:${port[trivet]}" --insecure-coap-writes
port[californium]=$(free_port)
start_californium "${port[californium]}" 0
port[libcoap]=$(free_port)
start_libcoap coap-server-notls -p "${port[libcoap]}"

rows=("CON GET, 256 clients|-mode get -con -clients 256"
  "NON GET, 256 clients|-mode get -non -clients 256"
  "CON GET, 4,096 clients|-mode get -con -clients 4096"
  "observe, 1,000 observers|-mode observe -clients 1000 -rate 50 -size 8"
  "observe, 10,000 observers|-mode observe -clients 10000 -rate 5 -size 8"
  "CON PUT 64 B, 256 clients|-mode put -con -clients 256 -size 64") # last: what it leaves is longer
if [ $# -gt 0 ]; then
  wanted=()
  for r in "${rows[@]}"; do for w in "$@"; do [ "${r%%|*}" = "$w" ] && wanted+=("$r"); done; done
  rows=("${wanted[@]}")
fi

# Something to get, and warm compilers. What is read is short: an address that has shown nothing gets no more than three
# times what it sent (RFC 7252, section 11.3), and the generator shows nothing.
for n in "${names[@]}"; do
  "$load" -p "${port[$n]}" -mode put -con -path "${path[$n]}" -clients 16 -size 8 -time 1 >/dev/null 2>&1 || :
  "$load" -p "${port[$n]}" -mode get -con -path "${path[$n]}" -clients 256 -time "$warm" >/dev/null 2>&1 || :
done

printf '| Load |'
printf ' %s |' "${names[@]}"
printf '\n|---|'
printf -- '---|%.0s' "${names[@]}"
echo
for r in "${rows[@]}"; do
  IFS='|' read -r title arguments <<<"$r"
  : >"$work/figures"
  for _ in $(seq "$rounds"); do
    for n in "${names[@]}"; do
      # shellcheck disable=SC2086
      timeout 120 "$load" -p "${port[$n]}" -path "${path[$n]}" $arguments -time "$time" -warm 1 -pid "${pid[$n]}" \
        2>&1 | grep '^{' | sed "s/^{/{\"name\":\"$n\",/" >>"$work/figures" || echo "{\"name\":\"$n\"}" >>"$work/figures"
    done
  done
  python3 - "$work/figures" "$title" "${names[@]}" <<'PY'
import json, statistics, sys
figures = [json.loads(l) for l in open(sys.argv[1])]
cells = []
for name in sys.argv[3:]:
    mine = [f for f in figures if f["name"] == name and f.get("cpu_s")]
    cpu = [f.get("cpu_us_per_req", f.get("cpu_us_per_notif")) for f in mine]
    rate = [f.get("req_s", f.get("notif_s")) for f in mine]
    lost = sum(f.get("lost", 0) + f.get("badcode", 0) + f.get("without_last", 0) for f in mine)
    cells.append("failed" if not cpu else "%.2f / %.0fk%s" % (statistics.median(cpu), statistics.median(rate) / 1000,
        " (%d lost)" % lost if lost else ""))
print("| %s | %s |" % (sys.argv[2], " | ".join(cells)))
PY
done
