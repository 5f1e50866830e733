#!/usr/bin/env bash
# What a promise costs: QoS 1 to sessions that outlive their connections, ten publishers with 100 in flight each, ten
# subscribers; Trivet in each durability beside other brokers, interleaved in one run, and the disk's own sync beside it.
#
#   lab/performance/durable.sh MQTTLOAD
#
# MQTTLOAD is the load generator's binary. mosquitto is measured where it is installed, with and without persistence;
# HiveMQ CE where HIVEMQ names a command that starts it on port $PORT, with MODE in-memory or file. Prints a Markdown
# table of medians: delivered messages a second, broker CPU microseconds a message, and at 5,000 messages a second the
# latency. WARM and TIME set the seconds of each measurement, ROUNDS how often, DISK the directory for data.
set -euo pipefail
load=${1:?give the path of mqttload}
home=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${DISK:-${TMPDIR:-/tmp}}/durable.XXXXXX")
warm=${WARM:-4}
time=${TIME:-3}
rounds=${ROUNDS:-3}
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || :; done; wait 2>/dev/null || :; rm -rf "$work"' EXIT
ulimit -n 65536 2>/dev/null || :

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
listening() { for _ in $(seq 300); do (: </dev/tcp/127.0.0.1/"$1") 2>/dev/null && return; sleep 0.1; done; echo "nothing on $1" >&2; exit 1; }

cat >"$work/rules.yaml" <<'RULES'
version: 1
rules:
  - allow: [publish, subscribe, retain]
    anonymous: true
    topic: "#"
RULES
names=()
declare -A port pid
for durability in fsync os memory; do
  name="Trivet $durability"
  names+=("$name")
  port[$name]=$(free_port)
  data=$work/trivet-$durability
  mkdir -m 700 "$data"
  "$home/trivet" serve --data "$data" --mqtts 127.0.0.1:0 --insecure-plaintext "127.0.0.1:${port[$name]}" \
    --insecure-anonymous --set rules="$work/rules.yaml" --set log.level=error --set store.durability=$durability \
    --set limits.accepts-per-second=1000000 --set limits.accept-burst=1000000 >"$work/$durability.log" 2>&1 &
  listening "${port[$name]}"
  pid[$name]=$("$home/trivet" status --data "$data" | awk '$1 == "pid" {print $2}')
  pids+=("${pid[$name]}")
done
if mosquitto=$(PATH=$PATH:/usr/sbin command -v mosquitto); then
  for kept in persistent memory; do
    name="mosquitto $kept"
    names+=("$name")
    port[$name]=$(free_port)
    mkdir "$work/mosquitto-$kept"
    printf 'listener %s 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\nuser root\n' "${port[$name]}" \
      >"$work/mosquitto-$kept.conf"
    # Once a second is the most often it saves; what came since is lost all the same.
    [ $kept = memory ] || printf 'persistence true\npersistence_location %s/\nautosave_interval 1\n' \
      "$work/mosquitto-$kept" >>"$work/mosquitto-$kept.conf"
    "$mosquitto" -c "$work/mosquitto-$kept.conf" >"$work/mosquitto-$kept.log" 2>&1 &
    pid[$name]=$!
    pids+=($!)
    listening "${port[$name]}"
  done
fi
if [ -n "${HIVEMQ:-}" ]; then
  for mode in in-memory file; do
    name="HiveMQ CE $mode"
    port[$name]=$(free_port)
    mkdir "$work/hivemq-$mode"
    PORT=${port[$name]} WORK=$work/hivemq-$mode MODE=$mode bash -c "exec $HIVEMQ" >"$work/hivemq-$mode.log" 2>&1 &
    pid[$name]=$!
    pids+=($!)
    names+=("$name")
    listening "${port[$name]}"
  done
fi

sync_cost() { python3 - "$work" <<'PY'
import os, sys, time
f = os.open(os.path.join(sys.argv[1], "sync"), os.O_CREAT | os.O_WRONLY)
took = []
for _ in range(300):
    os.write(f, b"x" * 4096); began = time.perf_counter(); os.fdatasync(f); took.append(time.perf_counter() - began)
took.sort(); print(f"{took[150]*1e3:.2f} {took[297]*1e3:.2f}")
PY
}

syncs=()
for round in $(seq "$rounds"); do
  syncs+=("$(sync_cost)")
  for name in "${names[@]}"; do
    for mode in tput lat; do
      options="-window 100 -e2e 1000"
      [ $mode = tput ] || options="-rate 5000 -window 1000"
      # shellcheck disable=SC2086 # the options are words
      timeout 120 "$load" -mode $mode -V 5 -clean 0 -sei 3600 -qos 1 $options -pubs 10 -subs 10 -topics 10 -warm "$warm" \
        -time "$time" -prefix "r$round$mode" -p "${port[$name]}" -pid "${pid[$name]}" -label "$name" -quiet \
        -json "$work/all.json" >"$work/last" 2>&1 || echo "$name $mode: $(head -c 300 "$work/last")" >&2
    done
  done
done
python3 - "$work/all.json" "${syncs[@]}" "${names[@]}" <<'PY'
import json, statistics, sys
by = {}
for line in open(sys.argv[1]):
    d = json.loads(line); by.setdefault(d["label"], {}).setdefault(d["mode"], []).append(d)
med = lambda ds, key: statistics.median(d[key] for d in ds)
syncs = [a.split() for a in sys.argv[2:] if a.replace(".", "").replace(" ", "").isdigit()]
print("4 KiB and fdatasync on that disk: p50 %s ms, p99 %s ms (medians)\n" % tuple(
    f"{statistics.median(float(s[i]) for s in syncs):.2f}" for i in (0, 1)))
print("| Broker | messages/s | CPU µs/message | at 5,000/s: p50 / p99 ms | lost |\n|---|---|---|---|---|")
for name in sys.argv[2:]:
    if name in by and "tput" in by[name]:
        t, l = by[name]["tput"], by[name].get("lat", [])
        lat = f"{med(l,'p50_us')/1e3:.2f} / {med(l,'p99_us')/1e3:.2f}" if l else "failed"
        print(f"| {name} | {med(t,'dlv_s')/1e3:.0f}k | {med(t,'cpu_us_per_dlv'):.2f} | {lat} | {sum(d['lost'] for d in t + l)} |")
PY
