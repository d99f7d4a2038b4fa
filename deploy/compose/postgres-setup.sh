#!/bin/sh
# A database and a user for each of the two that keep something in PostgreSQL; both may be there already.
# Run at every start, so a password that was changed in .env is changed here too.
set -eu
prepare() {
    # psql reads a password from its environment: among its words everybody could see it.
    PASSWORD=$2 psql --no-password --quiet --dbname postgres --set ON_ERROR_STOP=1 --set name="$1" <<'SQL'
\getenv password PASSWORD
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
}
prepare airflow "$AIRFLOW_DATABASE_PASSWORD"
prepare review "$REVIEW_DATABASE_PASSWORD"
echo "the databases airflow and review are there"
