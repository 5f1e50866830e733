#!/bin/sh
# Two hosts, a wire between them (a third namespace that only bridges) and strongSwan on each. Whoever calls it is root
# in a mount namespace of its own, or the first process of a kernel of its own. Judged by the files left in $SITE/out;
# only what hinders the run ends it.
#
#   SITE   directory with server/ and device/ (trees for swanctl, each with a strongswan.conf), client.py
#   ECHO   command of the guarded server, which is given an address and PROOFS
#   NAME   in the names of the network namespaces
set -eu
out=$SITE/out
server=ts-$NAME
device=td-$NAME
wire=tw-$NAME
started=
ikes=
mkdir -p "$out"

client() { ip netns exec "$device" python3 "$SITE/client.py" "$@"; }

end() {
  for pid in $started; do kill "$pid" 2>/dev/null || :; done
  wait
  ip netns del "$server" 2>/dev/null || :
  ip netns del "$device" 2>/dev/null || :
  ip netns del "$wire" 2>/dev/null || :
}
trap end EXIT
trap 'exit 143' TERM INT

# Waits at most 60 s for a command to succeed; longer than ever needed, also where a kernel runs inside another.
await() {
  what=$1
  shift
  left=300
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { echo "waited in vain for $what" >&2; exit 1; }
    sleep 0.2
  done
}

ike() { # HOST TREE
  # Its own /run: the daemon keeps its process id there, and there is one of them for each host.
  ip netns exec "$1" sh -c "mount -t tmpfs tmpfs /run && STRONGSWAN_CONF='$SITE/$2/strongswan.conf' \
    exec /usr/lib/ipsec/charon" >"$out/charon-$2.txt" 2>&1 &
  started="$started $!"
  ikes="$ikes $!"
  await "the IKE daemon of the $2" test -S "$SITE/$2/vici"
}

swan() { # TREE COMMAND...
  tree=$1
  shift
  STRONGSWAN_CONF="$SITE/$tree/strongswan.conf" SWANCTL_DIR="$SITE/$tree" timeout 30 \
    swanctl "$@" --uri "unix://$SITE/$tree/vici"
}

capture() { # FILE
  # On the wire: a host that takes a packet out of its tunnel shows it to a capture of its own once more, in the clear.
  ip netns exec "$wire" dumpcap -q -i tap -w "$out/$1" >"$out/dumpcap.txt" 2>&1 &
  capturing=$!
  started="$started $capturing"
  await "the capture" test -s "$out/$1"
}

capture_end() {
  sleep 0.5 # what the wire has carried is on its way to the file
  kill "$capturing"
  wait "$capturing" || :
}

ip netns add "$server"
ip netns add "$device"
ip netns add "$wire"
ip -n "$wire" link add br0 type bridge
for host in "$server" "$device"; do
  end=$([ "$host" = "$server" ] && echo tap || echo far)
  ip -n "$wire" link add "$end" type veth peer name veth0 netns "$host"
  ip -n "$wire" link set "$end" master br0
  ip -n "$wire" link set "$end" up
done
ip -n "$wire" link set br0 up
ip -n "$server" addr add 10.99.0.1/24 dev veth0
ip -n "$device" addr add 10.99.0.2/24 dev veth0
for host in "$server" "$device"; do
  ip -n "$host" link set lo up
  ip -n "$host" link set veth0 up
done

case $PROOFS in *firewall*) ip netns exec "$server" nft -f "$SITE/trivet.nft" ;; esac
# shellcheck disable=SC2086
ip netns exec "$server" $ECHO 10.99.0.1 $PROOFS >"$out/echo.txt" 2>&1 &
started="$started $!"
await "the guarded server" grep -q -e '^ready' -e '^refused' "$out/echo.txt"

capture clear.pcapng
client control "$out/clear-control.txt" 10.99.0.1 5999
client udp "$out/clear-udp.txt" 10.99.0.1 5683
client tcp "$out/clear-tcp.txt" 10.99.0.1 1883
capture_end

capture esp.pcapng
ike "$server" server
ike "$device" device
swan server --load-all >"$out/load-server.txt" 2>&1
swan device --load-all >"$out/load-device.txt" 2>&1
client udp "$out/esp-udp.txt" 10.99.0.1 5683
client tcp "$out/esp-tcp.txt" 10.99.0.1 1883
swan device --list-sas >"$out/sas.txt" 2>&1
ip netns exec "$server" cat /proc/net/xfrm_stat >"$out/server-kernel.txt" 2>&1 || :
ip netns exec "$server" ip xfrm policy >>"$out/server-kernel.txt" 2>&1 || :
capture_end

# The tunnel is gone and its policies with it: nothing is left but the server's own guard.
for daemon in $ikes; do
  kill "$daemon"
  wait "$daemon" || :
done
client udp "$out/down-udp.txt" 10.99.0.1 5683
client tcp "$out/down-tcp.txt" 10.99.0.1 1883
echo done >"$out/done"
