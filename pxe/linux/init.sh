#!/bin/sh
# Octofleet's Linux installer: the init of an initramfs that has busybox and kernel modules, nothing else. It writes one raw
# disk image, and each thing it does it reports. Its rules:
#  - the disk is touched only after the service said GRANT for this very attempt;
#  - "installed" is said only when the digest of what was written is the digest of the image;
#  - after a failure it stays and keeps talking, for a reboot would hide the reason. It reboots when the service says that the
#    attempt is over (409): then somebody has decided, and the boot script says what.
set -u
export PATH=/bin:/sbin

# shellcheck source=installer/service.sh
. /installer/service.sh
# shellcheck source=installer/disk.sh
. /installer/disk.sh
# shellcheck source=installer/image.sh
. /installer/image.sh
# shellcheck source=installer/target.sh
. /installer/target.sh

LOG=/tmp/installer.log
TARGET=/target
SEQ=0
STEP=preflight
URL='' NONCE='' MAC='' TOKEN='' DISK='' NIC=''

main() {
  start_system
  read_cmdline
  load_drivers
  find_network
  exchange
  send_inventory
  event preflight started
  get install.conf /tmp/install.conf || fail no-settings "the settings of this installation could not be fetched"
  choose_disk
  event preflight 'done' "message=$DISK, $(disk_words "${DISK#/dev/}")"
  ask_wipe_permit
  write_image
  customise
  finish
}

start_system() {
  /bin/busybox --install -s /bin
  mkdir -p /proc /sys /dev /tmp /run /sbin /etc "$TARGET"
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mount -t devtmpfs devtmpfs /dev
  echo 4 >/proc/sys/kernel/printk
  say "the installer has started"
}

# To every console the kernel writes to (a screen, a serial line), and to the log that a failure sends.
say() {
  read -r up _ </proc/uptime
  line="[$up] octofleet: $*"
  echo "$line" >>"$LOG"
  read -r consoles </sys/class/tty/console/active || consoles=console
  for console in $consoles; do echo "$line" >"/dev/$console"; done 2>/dev/null
}

read_cmdline() {
  read -r cmdline </proc/cmdline
  set -f
  for word in $cmdline; do
    case $word in
      octofleet.url=*) URL=${word#*=} ;;
      octofleet.nonce=*) NONCE=${word#*=} ;;
      octofleet.mac=*) MAC=$(echo "${word#*=}" | tr 'A-Z-' 'a-z:') ;;
    esac
  done
  set +f
}

# Buses appear behind drivers (virtio behind PCI), so one round is not enough.
load_drivers() {
  for _ in 1 2 3; do
    find /sys/devices -name modalias -exec cat {} + 2>/dev/null | grep -v '^dmi:' | sort -u >/tmp/modalias
    xargs -r modprobe -qa </tmp/modalias 2>/dev/null
  done
  modprobe -qa sd_mod virtio_rng 2>/dev/null
}

find_network() {
  tries=0
  until NIC=$(nic_of "$MAC"); do
    [ $((tries % 10)) -eq 0 ] && say "looking for the network card $MAC"
    tries=$((tries + 1))
    sleep 1
    load_drivers
  done
  ip link set lo up
  # It stays behind to renew the lease: writing a large disk may take longer than a lease lasts.
  until udhcpc -i "$NIC" -n -t 6 -T 3 -s /etc/udhcpc.sh >>"$LOG" 2>&1; do
    say "no address by DHCP on $NIC yet; is the cable plugged in?"
    sleep 5
  done
  say "network card $NIC is up"
}

nic_of() {
  for dir in /sys/class/net/*; do
    read -r address 2>/dev/null <"$dir/address" || continue
    [ "$address" = "$1" ] && echo "${dir##*/}" && return 0
  done
  return 1
}

dmi() { cat "/sys/class/dmi/id/$1" 2>/dev/null; }

finish() {
  send_log
  event installed 'done' percent=100
  restart "the system is installed"
}

(main)
say "the installer ended, which it never should"
sleep 60
reboot -f
