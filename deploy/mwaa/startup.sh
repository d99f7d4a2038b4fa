#!/bin/sh
# MWAA runs this before each Airflow process. Nightloop looks for `include` beside `plugins`; the files are synchronised with the DAGs.
home=${AIRFLOW_HOME:-/usr/local/airflow}
ln -sfn "$home/dags/include" "$home/include"
export NIGHTLOOP_LOOPS="$home/dags/include/loops"
