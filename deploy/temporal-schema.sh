#!/bin/sh
# Brings both of Temporal's databases to the schema of this release. Safe to run again; upgrades go one minor at a time.
set -eu

tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --endpoint "$SQL_HOST" --port "$SQL_PORT" \
    --user "$SQL_USER" --password "$SQL_PASSWORD" --database "$database" "$@"
}

# `setup-schema` makes the version tables and refuses when they are there already; `update-schema` then does the work.
prepare() {
  tool "$1" setup-schema --version 0.0 || echo "the version tables of $1 are there already"
  tool "$1" update-schema --schema-name "$2"
}

prepare temporal postgresql/v12/temporal
prepare temporal_visibility postgresql/v12/visibility
