#!/bin/sh
# Writes .env from .env.example, with a new random value for each secret that is empty there. An .env that exists stays as it is.
set -eu
cd "$(dirname "$0")/../.."
target=${1:-.env}
if [ -e "$target" ]; then
    echo "$target exists: nothing was changed"
    exit 0
fi
random() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }
umask 077
while IFS= read -r line; do
    case $line in
        AIRFLOW_FERNET_KEY=) echo "$line$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')" ;;
        AIRFLOW_JWT_SECRET=) echo "$line$(random 48)" ;;
        *_PASSWORD= | *_SECRET= | *_KEY= | *_TOKEN=) case $line in \#*) echo "$line" ;; *) echo "$line$(random 24)" ;; esac ;;
        *) printf '%s\n' "$line" ;;
    esac
done < .env.example > "$target.unfinished"
mv "$target.unfinished" "$target"
echo "$target has been written; only you can read it"
