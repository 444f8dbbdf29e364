#!/bin/sh
# Mounted as an init script of PostgreSQL's image: it runs once, on an empty volume.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres \
  -v owner_password="$(cat /run/secrets/owner_password)" \
  -v application_password="$(cat /run/secrets/application_password)" \
  -f /deploy/roles.sql
