#!/bin/sh
# Makes the namespace with 30 days of retention, and the search attributes the service writes. Safe to run again.
set -eu

wait_for() {
  what=$1
  shift
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { echo "gave up waiting for $what" >&2; exit 1; }
    sleep 2
  done
}

attributes() {
  temporal operator search-attribute list --namespace "$NAMESPACE"
}

wait_for 'Temporal' temporal operator cluster health
temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$NAMESPACE"
# A new namespace is unknown to the server's own caches for some ten seconds; until then every other call is refused.
wait_for "namespace $NAMESPACE" attributes
temporal operator namespace update --namespace "$NAMESPACE" --retention 720h

present=$(attributes)
for name in DeployStatus DeployPhase DeploymentId MachineId; do
  case "$present" in
    *"$name"*) ;;
    *) temporal operator search-attribute create --namespace "$NAMESPACE" --name "$name" --type Keyword ;;
  esac
done
