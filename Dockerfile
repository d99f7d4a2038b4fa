# Airflow with Nightloop's DAGs, plugins and loop files in it:
#   docker build -t nightloop-airflow .
# The slim image of Airflow: what it lacks, and nothing else, comes from the lock. A tag ending in -python3.12 names a Python.
ARG AIRFLOW_IMAGE=apache/airflow:slim-3.3.2
FROM ${AIRFLOW_IMAGE}
USER 50000:0

# Changes seldom, so it comes first. Every version and hash is locked.
COPY requirements-celery.lock /opt/nightloop/
RUN pip install --no-cache-dir --require-hashes --requirement /opt/nightloop/requirements-celery.lock

# The sagemaker SDK cannot share Airflow's environment. `--build-arg SAGEMAKER_SDK=yes` gives it one of its own (0.7 GB), for
# @task.external_python(python="/home/airflow/sagemaker/bin/python").
ARG SAGEMAKER_SDK=
COPY requirements-sagemaker.lock /opt/nightloop/
RUN if [ -n "$SAGEMAKER_SDK" ]; then \
        python -m venv /home/airflow/sagemaker \
        && /home/airflow/sagemaker/bin/pip install --no-cache-dir --require-hashes \
            --requirement /opt/nightloop/requirements-sagemaker.lock; \
    fi

# Read-only to the user that runs them, and compiled: a task's process would do it each time, and could not keep it.
COPY LICENSE NOTICE /opt/nightloop/
COPY deploy/compose/airflow-init.sh /opt/nightloop/
COPY include /opt/airflow/include
COPY plugins /opt/airflow/plugins
COPY dags /opt/airflow/dags
# Where a volume with the demo's loop is mounted.
USER root
RUN python -m compileall -q /opt/airflow/plugins /opt/airflow/dags \
    && install --directory --owner 50000 --group 0 --mode 0775 /opt/airflow/demo-loops
USER 50000:0
ENV NIGHTLOOP_LOOPS=/opt/airflow/include/loops \
    AIRFLOW__CORE__LOAD_EXAMPLES=False
