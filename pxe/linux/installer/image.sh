#!/bin/sh
# Part of the installer: the image, from the network onto the disk.

write_image() {
  event downloading started percent=0
  for try in 1 2 3; do
    stream_image && return 0
    say "$problem"
    # A disk that holds half an image must not start.
    dd if=/dev/zero of="$DISK" bs=1M count=1 conv=fsync 2>/dev/null
    [ "$try" -lt 3 ] && event downloading progress "message=$problem; trying again"
    sleep 5
  done
  fail image-not-written "$problem"
}

# The image runs from the network through gunzip onto the disk, and beside that through sha256sum: nothing is stored twice.
stream_image() {
  rm -f /tmp/raw /tmp/hash /tmp/*.rc /tmp/*.err
  mkfifo /tmp/raw /tmp/hash
  unpack='cat'
  [ "$(setting IMAGE_COMPRESSION)" = gzip ] && unpack='gunzip -c'
  sha256sum </tmp/hash >/tmp/digest &
  hasher=$!
  {
    $unpack </tmp/raw 2>/tmp/unpack.err
    echo $? >/tmp/unpack.rc
  } | dd of="$DISK" bs=1M iflag=fullblock conv=fsync 2>/tmp/dd.err &
  writer=$!
  {
    wget -q -O - "$(setting IMAGE_URL)" 2>/tmp/wget.err
    echo $? >/tmp/wget.rc
  } | tee /tmp/hash >/tmp/raw &
  follow "$writer"
  wait "$writer"
  wrote=$?
  wait "$hasher"
  event verifying started
  problem=''
  [ "$(cat /tmp/wget.rc 2>/dev/null)" = 0 ] || problem="the image could not be fetched: $(tail -n 1 /tmp/wget.err)"
  [ -n "$problem" ] || [ "$(cat /tmp/unpack.rc)" = 0 ] || problem="the image could not be unpacked: $(tail -n 1 /tmp/unpack.err)"
  [ -n "$problem" ] || [ $wrote -eq 0 ] || problem="the disk could not be written: $(tail -n 1 /tmp/dd.err)"
  [ -n "$problem" ] || [ "$(cut -c 1-64 /tmp/digest)" = "$(setting IMAGE_SHA256)" ] ||
    problem="what arrived is not the image: SHA-256 $(cut -c 1-64 /tmp/digest), expected $(setting IMAGE_SHA256)"
  [ -z "$problem" ] && event verifying 'done' "message=SHA-256 $(setting IMAGE_SHA256)"
}

# Percent of the disk written, until the writer is gone (a writer that ended has no open files left). A connection that
# brings nothing for five minutes is cut, so that the next try can begin.
follow() {
  total=$(setting IMAGE_DISK_SIZE)
  told=-1
  before=-1
  ticks=0
  still=0
  while [ -e "/proc/$1/fdinfo/1" ]; do
    sleep 1
    ticks=$((ticks + 1))
    # dd's standard output is the disk; the kernel knows how far it is.
    at=$(sed -n 's/^pos:[^0-9]*//p' "/proc/$1/fdinfo/1" 2>/dev/null)
    still=$((still + 1))
    [ "${at:-0}" = "$before" ] || still=0
    before=${at:-0}
    [ $still -lt 300 ] || killall wget
    percent=$((before * 99 / total))
    [ $percent -le 99 ] || percent=99
    # At least one sign of life a minute, whatever the percentage.
    if [ $percent -ge $((told + 5)) ] || [ $((ticks % 60)) -eq 0 ]; then
      event downloading progress "percent=$percent"
      told=$percent
    fi
  done
}
