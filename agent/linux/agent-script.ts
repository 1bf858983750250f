/**
 * The agent for Linux: one file for any POSIX shell with curl or wget (busybox' too), under systemd or a plain init.
 * It is text in a module because renderers may read no files. The text has no `${…}` and no backtick, so it stands here
 * exactly as machines get it; a test gives it to shellcheck and runs it.
 */
export const LINUX_AGENT_SCRIPT = String.raw`#!/bin/sh
# Octofleet's agent. It enrols this system with its one-time token, then says what the system is: at first until the service
# has verified it, after that from time to time. "agent.sh --once" does one round and says what came of it.
set -u
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C

VERSION=1.0.0
CONF=$(printenv OCTOFLEET_AGENT_CONF || echo /etc/octofleet/agent.conf)
STATE=$(printenv OCTOFLEET_AGENT_STATE || echo /var/lib/octofleet)
SEED=/var/lib/cloud/seed/nocloud/user-data
# Until the service says otherwise.
EVERY=300

say() { echo "octofleet-agent: $*"; }

setting() { sed -n "s/^$1=//p" "$CONF" | head -n 1; }

# --- JSON without tools for it: strings lose control characters, then quote and backslash are escaped -------------------

text() {
  printf '"%s"' "$(printf '%s' "$1" | tr -d '\000-\037\177' | cut -c 1-250 | sed 's/[\\"]/\\&/g')"
}

# Lines of standard input as a list of strings.
list() {
  glue=''
  printf '['
  while IFS= read -r line; do
    printf '%s' "$glue"
    text "$line"
    glue=','
  done
  printf ']'
}

# A string or number of an answer of the service, which writes no quotes into these values.
field() { sed -n 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/p' "$STATE/answer"; }

# --- talking to the service ---------------------------------------------------------------------------------------------

# ask PATH: posts the file body; the answer is in the file answer, its HTTP status in CODE (000: nobody answered). The key
# stands in curl's configuration file and not on the command line, where every user could read it. Only busybox' wget, which
# knows no such file, must be handed it that way.
ask() {
  url=$(setting OCTOFLEET_URL)/$1
  : >"$STATE/answer"
  [ -f "$STATE/key" ] || : >"$STATE/key"
  if command -v curl >/dev/null 2>&1; then
    CODE=$(curl -sS --max-time 60 --config "$STATE/key" -H 'Accept: application/json' -H 'Content-Type: application/json' \
      --data-binary @"$STATE/body" -o "$STATE/answer" -w '%{http_code}' "$url" 2>"$STATE/error")
  else
    bearer=$(sed -n 's/^header = "\(.*\)"$/\1/p' "$STATE/key")
    set -- --header 'Accept: application/json'
    [ -z "$bearer" ] || set -- "$@" --header "$bearer"
    timeout 60 wget -S -O "$STATE/answer" "$@" --post-file "$STATE/body" "$url" 2>"$STATE/error"
    CODE=$(sed -n 's/.*HTTP\/1\.[01] \([0-9][0-9][0-9]\).*/\1/p' "$STATE/error" | tail -n 1)
    [ -n "$CODE" ] || CODE=000
  fi
  rm -f "$STATE/body"
  case $CODE in 2??) return 0 ;; esac
  say "$url was answered with $CODE: $(tail -n 1 "$STATE/error" | cut -c 1-200)"
  return 1
}

# --- who we are ---------------------------------------------------------------------------------------------------------

host_name() { cat /proc/sys/kernel/hostname; }

# Real cards first; a container has none, so any card but the loopback is better than nothing.
macs() {
  for dir in /sys/class/net/*; do [ -e "$dir/device" ] && cat "$dir/address"; done 2>/dev/null | grep . ||
    for dir in /sys/class/net/*; do [ "$dir" = /sys/class/net/lo ] || cat "$dir/address"; done 2>/dev/null
}

dmi() { cat "/sys/class/dmi/id/$1" 2>/dev/null; }

os() { sed -n "s/^$1=//p" /etc/os-release 2>/dev/null | head -n 1 | tr -d '"'; }

domain() {
  name=$(realm list --name-only 2>/dev/null | head -n 1)
  trusted=false
  [ -n "$name" ] && adcli testjoin >/dev/null 2>&1 && trusted=true
  printf '{"name":%s,"trusted":%s}' "$(text "$name")" "$trusted"
}

# Files that hold installation secrets and should be gone by now.
leftovers() {
  grep -q '^OCTOFLEET_TOKEN=' "$CONF" && echo "$CONF"
  grep -q passwd "$SEED" 2>/dev/null && echo "$SEED"
}

evidence() {
  printf '{"agentVersion":"%s","bootId":%s,"hostName":%s,"macs":%s,"smbiosUuid":%s,"serial":%s' \
    "$VERSION" "$(text "$(cat /proc/sys/kernel/random/boot_id)")" "$(text "$(host_name)")" "$(macs | list)" \
    "$(text "$(dmi product_uuid)")" "$(text "$(dmi product_serial)")"
  printf ',"os":{"family":"linux","name":%s,"version":%s,"edition":""},"domain":%s,"leftovers":%s,"now":%s}' \
    "$(text "$(os NAME)")" "$(text "$(os VERSION_ID)")" "$(domain)" "$(leftovers | list)" "$(date +%s)"
}

# --- what we do ---------------------------------------------------------------------------------------------------------

# The client key is kept, so that an enrolment whose answer was lost may be repeated by us and by nobody else.
enrol() {
  [ -s "$STATE/key" ] && return 0
  token=$(setting OCTOFLEET_TOKEN)
  [ -n "$token" ] || { say "there is no token in $CONF, so this system cannot enrol"; return 1; }
  [ -s "$STATE/client-key" ] || cat /proc/sys/kernel/random/uuid >"$STATE/client-key"
  printf '{"token":%s,"clientKey":%s,"hostName":%s,"macs":%s,"agentVersion":"%s"}' "$(text "$token")" \
    "$(text "$(cat "$STATE/client-key")")" "$(text "$(host_name)")" "$(macs | list)" "$VERSION" >"$STATE/body"
  ask agent/v1/enrol || return 1
  key=$(field deviceKey)
  case $key in
    '' | *[!A-Za-z0-9._-]*) say "the answer to the enrolment has no device key"; return 1 ;;
  esac
  printf 'header = "Authorization: Bearer %s"\n' "$key" >"$STATE/key.new"
  mv "$STATE/key.new" "$STATE/key"
  rm -f "$STATE/answer"
  say "enrolled"
}

# The token is spent and cloud-init has read its seed: neither shall lie around.
tidy() {
  if grep -q '^OCTOFLEET_TOKEN=' "$CONF"; then
    grep -v '^OCTOFLEET_TOKEN=' "$CONF" >"$CONF.new"
    mv "$CONF.new" "$CONF"
  fi
  if [ -f "$SEED" ] && [ -f /run/cloud-init/result.json ]; then printf '#cloud-config\n{}\n' >"$SEED"; fi
}

# Its number rises for ever, also over restarts of the agent, or a report would be taken for a repeat.
report() {
  seq=$(($(cat "$STATE/seq" 2>/dev/null || echo 0) + 1))
  echo "$seq" >"$STATE/seq.new"
  mv "$STATE/seq.new" "$STATE/seq"
  printf '{"seq":%s,"evidence":%s}' "$seq" "$(evidence)" >"$STATE/body"
  ask agent/v1/report || return 1
  every=$(field reportEverySeconds)
  case $every in '' | *[!0-9]*) ;; *) EVERY=$every ;; esac
  verdict=$(field verdict)
  say "report $seq: $verdict $(sed -n 's/.*"failing":\[\([^]]*\)\].*/\1/p' "$STATE/answer")"
  [ "$verdict" = verified ]
}

mkdir -p "$STATE"
chmod 700 "$STATE"
if [ $# -gt 0 ] && [ "$1" = --once ]; then
  enrol && tidy && report
  exit
fi
pause=5
while :; do
  if enrol && tidy && report; then
    pause=5
    sleep "$EVERY"
  else
    # Asking ever more seldom, up to two minutes: the service may be away, or the system not yet what it shall be.
    sleep "$pause"
    pause=$((pause * 2))
    [ $pause -le 120 ] || pause=120
  fi
done
`;

/** Starts it under systemd. No sandbox: managing the host is what it is for. */
export const LINUX_AGENT_UNIT = `[Unit]
Description=Octofleet agent
Wants=network-online.target
After=network-online.target cloud-config.service
ConditionPathExists=/etc/octofleet/agent.conf

[Service]
ExecStart=/usr/local/lib/octofleet/agent.sh
Restart=always
RestartSec=10
StateDirectory=octofleet
StateDirectoryMode=0700
UMask=0077

[Install]
WantedBy=multi-user.target
`;
