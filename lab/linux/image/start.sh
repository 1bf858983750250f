#!/bin/sh
# The lab image's start, called by busybox init: file systems, name, network. The agent comes by an inittab line of its own.
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
/bin/busybox --install -s
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
hostname -F /etc/hostname
find /sys/devices -name modalias -exec cat {} + 2>/dev/null | grep -v '^dmi:' | sort -u | xargs -r modprobe -qa
ip link set lo up
for dir in /sys/class/net/*; do
  [ -e "$dir/device" ] && udhcpc -b -i "${dir##*/}" -t 6 -T 3 -s /etc/udhcpc.sh
done
echo "the lab system is up as $(hostname)"
