#!/bin/sh
# Runs once, on an empty data directory: a role and databases for each of the two tenants of this PostgreSQL.
set -eu

psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
  -v octofleet_password="$OCTOFLEET_DB_PASSWORD" -v temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
create role octofleet login password :'octofleet_password';
create role temporal login password :'temporal_password';
create database octofleet owner octofleet;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database octofleet, temporal, temporal_visibility from public;
SQL
