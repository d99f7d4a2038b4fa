#!/bin/sh
# Writes nginx's configuration from the environment, and becomes nginx.
set -eu
: "${AIRFLOW_PORT:?}" "${REVIEW_PORT:?}" "${S3_PORT:?}" "${SAGEMAKER_PORT:?}"

# A proxy in front of this one may say whose requests it passes on, and how they came. Nobody else is believed.
: > /tmp/trusted.conf
: > /tmp/trusted-geo.conf
for network in $(echo "${TRUSTED_PROXIES:-}" | tr ',' ' '); do
    echo "set_real_ip_from $network;" >> /tmp/trusted.conf
    echo "$network 1;" >> /tmp/trusted-geo.conf
done

# shellcheck disable=SC2016 # the names are for envsubst
envsubst '$AIRFLOW_PORT $REVIEW_PORT $S3_PORT $SAGEMAKER_PORT' < /etc/nginx/nginx.conf.template > /tmp/nginx.conf
exec nginx -c /tmp/nginx.conf -g 'daemon off;'
