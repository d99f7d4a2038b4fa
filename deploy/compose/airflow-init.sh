#!/usr/bin/env bash
# Makes Airflow's database what this version needs, its administrator and its pool. Each may be there already.
set -euo pipefail
airflow db migrate
if ! airflow users list --output plain | awk 'NR > 1 { print $2 }' | grep --quiet --line-regexp --fixed-strings "$AIRFLOW_ADMIN_USER"; then
    airflow users create --role Admin --username "$AIRFLOW_ADMIN_USER" --password "$AIRFLOW_ADMIN_PASSWORD" \
        --firstname Nightloop --lastname Administrator --email "${AIRFLOW_ADMIN_EMAIL:-administrator@example.com}"
fi
airflow pools set "${SCORING_POOL:-scoring}" "${SCORING_SLOTS:-8}" "Chunks that are at the endpoint at once, over all nights and loops"
