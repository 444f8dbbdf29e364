#!/bin/sh
# Puts a copy into an empty database: restore.sh ADDRESS FILE. ADDRESS is of the role that owns the tables
# (MIGRATION_DATABASE_URL). A copy that does not fit leaves the database empty. Then: npm run migrate, npm run adopt.
set -eu
for role in sferum_app sferum_every_school; do
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$1" <<SQL
select 'create role $role nologin nosuperuser nobypassrls'
where not exists (select from pg_roles where rolname = '$role') \gexec
SQL
done
pg_restore --no-owner --exit-on-error --single-transaction --dbname="$1" "$2"
