#!/usr/bin/env bash
# Measures Trivet beside other brokers, all over plain TCP on loopback, interleaved row by row in one run.
#
#   lab/performance/compare.sh MQTTLOAD [ROW...]
#
# MQTTLOAD is the load generator's binary. mosquitto is measured where it is installed; HiveMQ CE where HIVEMQ names a
# command that starts it on port $PORT. Prints a Markdown table: broker CPU microseconds a delivered message (system and
# user), delivered messages a second behind it. WARM and TIME set the seconds of each measurement, ROUNDS how often.
set -euo pipefail
load=${1:?give the path of mqttload}
shift
home=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
warm=${WARM:-5}
time=${TIME:-3}
rounds=${ROUNDS:-3}
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || :; done; wait 2>/dev/null || :; rm -rf "$work"' EXIT
ulimit -n 65536 2>/dev/null || :

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
listening() { for _ in $(seq 200); do (: </dev/tcp/127.0.0.1/"$1") 2>/dev/null && return; sleep 0.1; done; echo "nothing on $1" >&2; exit 1; }

declare -A port pid
names=(trivet)
port[trivet]=$(free_port)
mkdir -m 700 "$work/data"
cat >"$work/rules.yaml" <<'RULES'
version: 1
rules:
  - allow: [publish, subscribe, retain]
    anonymous: true
    topic: "#"
RULES
"$home/trivet" serve --data "$work/data" --mqtts 127.0.0.1:0 --insecure-plaintext "127.0.0.1:${port[trivet]}" \
  --insecure-anonymous --set rules="$work/rules.yaml" --set log.level=error --set limits.accepts-per-second=1000000 \
  --set limits.accept-burst=1000000 --set limits.connections-per-address-max=1000000 \
  --set limits.subscriptions-per-session-max=1000000 >"$work/trivet.log" 2>&1 &
listening "${port[trivet]}"
pid[trivet]=$("$home/trivet" status --data "$work/data" | awk '$1 == "pid" {print $2}')
pids+=("${pid[trivet]}")

if mosquitto=$(PATH=$PATH:/usr/sbin command -v mosquitto); then
  names+=(mosquitto)
  port[mosquitto]=$(free_port)
  printf 'listener %s 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\n' "${port[mosquitto]}" >"$work/mosquitto.conf"
  "$mosquitto" -c "$work/mosquitto.conf" >"$work/mosquitto.log" 2>&1 &
  pid[mosquitto]=$!
  pids+=($!)
  listening "${port[mosquitto]}"
fi
if [ -n "${HIVEMQ:-}" ]; then
  names+=(hivemq)
  port[hivemq]=$(free_port)
  PORT=${port[hivemq]} WORK=$work bash -c "exec $HIVEMQ" >"$work/hivemq.log" 2>&1 &
  pid[hivemq]=$!
  pids+=($!)
  listening "${port[hivemq]}"
fi

ten="-pubs 10 -subs 10 -topics 10"
declare -A options=(
  ["QoS 0, 1 to 1"]="-mode tput -qos 0 -e2e 1000"
  ["QoS 0, fan-out 100"]="-mode tput -qos 0 -subs 100 -e2e 20"
  ["QoS 0, fan-in 100"]="-mode tput -qos 0 -pubs 100 -e2e 20"
  ["QoS 1, 1 to 1"]="-mode tput -qos 1 -window 100 -e2e 1000"
  ["QoS 1, 10 pairs"]="-mode tput -qos 1 -window 100 -e2e 1000 $ten"
  ["QoS 2, 10 pairs"]="-mode tput -qos 2 -window 100 -e2e 1000 $ten"
  ["10,000 wildcard filters, 10 match"]="-mode wild -subs 100 -filters 10000 -wmatch 10 -e2e 100 -conc 16"
  ["QoS 1 at 20,000/s"]="-mode lat -qos 1 -rate 20000 -window 1000 $ten"
  ["connect"]="-mode conn -conc 50 -src 8"
  ["idle, 15,000 connections"]="-mode idle -conns 15000"
)
rows=("QoS 0, 1 to 1" "QoS 0, fan-out 100" "QoS 0, fan-in 100" "QoS 1, 1 to 1" "QoS 1, 10 pairs" "QoS 2, 10 pairs"
  "10,000 wildcard filters, 10 match" "QoS 1 at 20,000/s" "connect" "idle, 15,000 connections")
[ $# -eq 0 ] || rows=("$@")

for row in "${rows[@]}"; do
  for round in $(seq "$rounds"); do
    for name in "${names[@]}"; do
      extra="-warm $warm -time $time"
      : >"$work/out.json"
      case $row in idle*) extra= ;; connect) extra="-warm 3 -time $time" ;; esac
      # shellcheck disable=SC2086 # the options are words
      timeout 120 "$load" ${options[$row]} $extra -p "${port[$name]}" -pid "${pid[$name]}" -label "$name" -quiet \
        -json "$work/out.json" >"$work/last" 2>&1 || echo "$row, $name: $(head -c 300 "$work/last")" >&2
      tail -n 1 "$work/out.json" 2>/dev/null | grep -q "\"label\":\"$name\"" ||
        echo "{\"label\":\"$name\",\"broken\":1}" >>"$work/out.json"
      tail -n 1 "$work/out.json" | ROW=$row ROUND=$round python3 -c '
import json, os, sys
d = json.loads(sys.stdin.readline()); d["row"] = os.environ["ROW"]; print(json.dumps(d))' >>"$work/all.json"
    done
  done
done
python3 - "$work/all.json" "${names[@]}" <<'PY'
import json, statistics, sys
rows, names = {}, sys.argv[2:]
for line in open(sys.argv[1]):
    d = json.loads(line)
    rows.setdefault(d["row"], {}).setdefault(d["label"], []).append(d)
def median(ds, key):
    v = [d[key] for d in ds if key in d]
    return statistics.median(v) if v else None
def cell(row, ds):
    ds = [d for d in ds if "broken" not in d]
    if not ds: return "failed"
    if row.startswith("idle"):
        key = next((k for k in ("rss_per_conn", "bytes_per_conn", "rss_b_conn") if k in ds[0]), None)
        return f"{median(ds, key):.0f} B" if key else json.dumps(ds[0])[:200]
    if row == "connect":
        key = next((k for k in ("cpu_us_per_conn", "cpu_us_conn") if k in ds[0]), None)
        return f"{median(ds, key):.0f} µs" if key else json.dumps(ds[0])[:200]
    if "20,000/s" in row:
        return f"{median(ds,'p50_us'):.0f} / {median(ds,'p99_us'):.0f} µs (CPU {median(ds,'cpu_us_per_dlv'):.2f})"
    return f"{median(ds,'cpu_us_per_dlv'):.2f} / {median(ds,'dlv_s')/1000:.0f}k"
print("| Load | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
for row, by in rows.items():
    print(f"| {row} | " + " | ".join(cell(row, by.get(n, [])) for n in names) + " |")
PY
