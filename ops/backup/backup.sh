#!/bin/sh
# Copies the database into one file: backup.sh ADDRESS FILE. ADDRESS is of a role that may read everything:
#   create role sferum_backup login bypassrls password '…'; grant pg_read_all_data to sferum_backup;
# The queue is left out: it is made anew from the rows. The file holds personal data.
set -eu
umask 077
pg_dump --format=custom --exclude-schema=bullmq --no-owner --file="$2.part" "$1"
mv "$2.part" "$2"
