#!/bin/sh
# Makes the namespace with 30 days of retention, and the search attributes the service writes. Safe to run again.
set -eu

until temporal operator cluster health >/dev/null 2>&1; do
  echo 'waiting for Temporal'
  sleep 2
done

if temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$NAMESPACE" --retention 720h
else
  temporal operator namespace create --namespace "$NAMESPACE" --retention 720h
fi

present=$(temporal operator search-attribute list --namespace "$NAMESPACE")
for name in DeployStatus DeployPhase DeploymentId MachineId; do
  case "$present" in
    *"$name"*) ;;
    *) temporal operator search-attribute create --namespace "$NAMESPACE" --name "$name" --type Keyword ;;
  esac
done
