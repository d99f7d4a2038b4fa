#!/bin/sh
# Runs once, when the volume is empty: a database and a user for each of the two that keep something here.
set -eu
for name in airflow review; do
    case $name in
        airflow) password=$AIRFLOW_DATABASE_PASSWORD ;;
        review) password=$REVIEW_DATABASE_PASSWORD ;;
    esac
    psql --no-password --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
        --set name="$name" --set password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
