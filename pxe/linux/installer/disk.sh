#!/bin/sh
# Part of the installer: which disk, and the right to erase it. Sets DISK.

# Whole disks that stay in the machine: no memory, loop, CD or USB device, nothing that cannot be written.
disks() {
  for dir in /sys/block/*; do
    name=${dir##*/}
    case $name in loop* | ram* | sr* | fd* | zram* | md* | dm-*) continue ;; esac
    case $(readlink -f "$dir") in */usb[0-9]*) continue ;; esac
    [ "$(cat "$dir/ro")$(cat "$dir/removable")" = 00 ] && [ "$(cat "$dir/size")" -gt 0 ] && echo "$name"
  done
}

serial_of() {
  dir=/sys/block/$1
  if [ -e "$dir/serial" ]; then
    cat "$dir/serial"
  elif [ -e "$dir/device/serial" ]; then
    cat "$dir/device/serial"
  elif [ -e "$dir/device/vpd_pg80" ]; then
    tail -c +5 "$dir/device/vpd_pg80"
  fi | tr -cd '!-~'
}

disk_bytes() { echo $(($(cat "/sys/block/$1/size") * 512)); }
disk_words() { echo "$(($(disk_bytes "$1") / 1000000)) MB serial=$(serial_of "$1")"; }

choose_disk() {
  wanted=$(setting DISK_SERIAL)
  for _ in $(seq 30); do
    found=''
    for disk in $(disks); do
      if [ -z "$wanted" ] || [ "$(serial_of "$disk")" = "$wanted" ]; then found="$found $disk"; fi
    done
    [ -n "$found" ] && break
    load_drivers
    sleep 1
  done
  # shellcheck disable=SC2086 # a list of names without blanks
  set -- $found
  case $# in
    0) fail no-disk "no disk${wanted:+ with the serial number $wanted} in this machine; there are: $(list_disks)" ;;
    1) DISK=/dev/$1 ;;
    *) fail several-disks "more than one disk fits, name one by its serial number: $(list_disks)" ;;
  esac
  size=$(disk_bytes "$1")
  [ "$size" -ge "$(setting IMAGE_DISK_SIZE)" ] ||
    fail disk-too-small "$DISK has $size bytes, the image needs $(setting IMAGE_DISK_SIZE)"
}

list_disks() { for disk in $(disks); do printf '%s, %s; ' "$disk" "$(disk_words "$disk")"; done; }

ask_wipe_permit() {
  STEP=partitioning
  permit_key=$(cat /proc/sys/kernel/random/uuid)
  answer=$(tell "d/$TOKEN/wipe-permit" "$(form "permitKey=$permit_key" "disk=$DISK $(disk_words "${DISK#/dev/}")")") ||
    fail wipe-denied "the service does not permit to erase the disk (status $(status))"
  case $answer in
    GRANT*) say "may erase $DISK" ;;
    *) fail wipe-denied "the service does not permit to erase the disk: $answer" ;;
  esac
}
