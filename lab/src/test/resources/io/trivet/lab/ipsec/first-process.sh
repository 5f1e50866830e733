#!/bin/sh
# The first process of a Linux kernel that runs as a program (user-mode Linux) on the machine's own files, read only.
# The kernel's command line names the directory that may be written: SITE=...
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
for word in $(cat /proc/cmdline); do
  case $word in SITE=*) SITE=${word#SITE=} ;; esac
done
mkdir -p "$SITE"
mount -t hostfs site "$SITE" -o "$SITE"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# The kernel asks for modules it lacks by this program.
mkdir -p /run/lib
ln -s /usr/lib/uml/modules /run/lib/modules
printf '#!/bin/sh\nexec modprobe -d /run "$@"\n' >/run/modprobe
chmod 755 /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe
for module in esp4 xfrm_user veth af_packet bridge; do
  /run/modprobe -q "$module"
done
ip link set lo up

# shellcheck source=/dev/null
. "$SITE/environment"
sh "$SITE/two-hosts.sh" >"$SITE/console.txt" 2>&1
echo "exit code $?" >>"$SITE/console.txt"
sync
echo o >/proc/sysrq-trigger
sleep 10
