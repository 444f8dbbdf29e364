#!/bin/sh
# Makes the files that docker-compose.yml mounts as secrets, in a new directory: deploy/make-secrets.sh [DIRECTORY].
# The directory is its owner's alone; the files are readable to the containers' users, who see no others.
set -eu
directory="${1:-secrets}"
mkdir -m 0700 "$directory"
cd "$directory"
random() { openssl rand -base64 32 | tr -d '\n'; }
password() { openssl rand -hex 24 | tr -d '\n'; }
write() { printf '%s' "$2" > "$1"; chmod 0444 "$1"; }
write superuser_password "$(password)"
write owner_password "$(password)"
write application_password "$(password)"
write redis_password "$(password)"
write database_url "postgres://sferum:$(cat application_password)@postgres:5432/sferum"
write migration_database_url "postgres://sferum_owner:$(cat owner_password)@postgres:5432/sferum"
write redis_url "redis://:$(cat redis_password)@redis:6379"
write sgo_jwt_secret "$(random)"
write secrets_key "$(random)"
write ops_token "$(random)"
