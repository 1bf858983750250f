#!/bin/sh
# Part of the installer: how it talks to the service. Reads URL, NONCE, TOKEN, MAC; keeps SEQ and STEP.
# busybox wget must not be given -T (it crashes), and cannot set a content type: bodies are forms, `timeout` limits the time.

# Every byte as %xx: no character has to be thought about.
encode() { printf '%s' "$1" | od -v -A n -t x1 | tr -d '\n' | sed 's/ /%/g'; }

# name=value … as a form; empty values are left out.
form() {
  body=''
  for pair in "$@"; do
    [ -n "${pair#*=}" ] && body="$body&${pair%%=*}=$(encode "${pair#*=}")"
  done
  echo "${body#&}"
}

# post PATH FORM: prints the answer. 0: accepted. 1: refused, the status is in /tmp/status. 2: nobody answered.
post() {
  : >/tmp/status
  timeout 60 wget -q -O - --post-data "$2" "$URL/$1" 2>/tmp/wget.err && return 0
  sed -n 's/.*server returned error: HTTP[^ ]* \([0-9]*\).*/\1/p' /tmp/wget.err >/tmp/status
  case $(cat /tmp/status) in
    429 | 5* | '') return 2 ;;
    *) return 1 ;;
  esac
}

# The same, until the service has answered, however long that takes.
tell() {
  while :; do
    post "$1" "$2"
    result=$?
    [ $result -ne 2 ] && return $result
    say "the service does not answer, again in 5 s" >&2
    sleep 5
  done
}

status() { cat /tmp/status; }

# get NAME FILE: one of the files that this attempt may fetch.
get() {
  for _ in 1 2 3 4 5 6; do
    timeout 120 wget -q -O "$2" "$URL/d/$TOKEN/$1" 2>/tmp/wget.err && return 0
    say "fetching $1: $(tail -n 1 /tmp/wget.err)"
    sleep 5
  done
  return 1
}

# event STEP STATUS [name=value …]: its number rises, so a repeat is known as one.
event() {
  STEP=$1
  SEQ=$((SEQ + 1))
  say "$*"
  tell "d/$TOKEN/events" "$(form "seq=$SEQ" "step=$1" "status=$2" "${3-}" "${4-}")" >/dev/null && return 0
  case $(status) in
    401 | 409) restart "this attempt is over (status $(status))" ;;
    *) say "the service refused the report of $1: status $(status)" ;;
  esac
}

send_log() {
  dmesg | tail -n 200 >/tmp/dmesg.log
  for name in installer dmesg; do
    tail -c 900000 "/tmp/$name.log" >/tmp/piece
    timeout 60 wget -q -O /dev/null --post-file /tmp/piece "$URL/d/$TOKEN/logs?name=$name.log" 2>/dev/null
  done
}

# fail REASON words: says why, sends the log, and waits for somebody to decide.
fail() {
  reason=$1
  shift
  send_log
  event "$STEP" failed "reason=$reason" "message=$*"
  while :; do
    sleep 60
    event "$STEP" progress "message=waiting for an operator"
  done
}

restart() {
  say "$*; the machine starts again"
  sync
  sleep 5
  reboot -f
  # The machine needs a moment to go; nothing else may happen meanwhile.
  sleep 600
}

exchange() {
  client_key=$(cat /proc/sys/kernel/random/uuid)
  firmware=pcbios
  [ -d /sys/firmware/efi ] && firmware=efi
  body=$(form "clientKey=$client_key" "mac=$MAC" "firmware=$firmware" \
    "smbiosUuid=$(dmi product_uuid)" "serial=$(dmi product_serial)")
  TOKEN=$(tell "d/$NONCE/exchange" "$body") || {
    say "the service does not know this boot script any more (status $(status))"
    sleep 60
    restart "asking for a new boot script"
  }
  case $TOKEN in
    '' | *[!A-Za-z0-9_-]*) restart "the answer to the exchange is not a token" ;;
  esac
  say "this machine is known to the service"
}

send_inventory() {
  disks=''
  for disk in $(disks); do disks="$disks$disk $(disk_words "$disk"); "; done
  nics=''
  for dir in /sys/class/net/*; do
    [ "${dir##*/}" = lo ] || nics="$nics${dir##*/} $(cat "$dir/address"); "
  done
  tell "d/$TOKEN/inventory" "$(form "manufacturer=$(dmi sys_vendor)" "model=$(dmi product_name)" \
    "serial=$(dmi product_serial)" "smbiosUuid=$(dmi product_uuid)" \
    "memoryMiB=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)" \
    "cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "disks=$disks" "nics=$nics")" >/dev/null ||
    say "the service refused the inventory: status $(status)"
}

# A line of install.conf. It is read, never run.
setting() { sed -n "s/^$1=//p" /tmp/install.conf | head -n 1; }
