#!/usr/bin/env bash
# Lays out in build/mwaa (or the folder given) what the bucket of an MWAA environment holds: dags/, plugins.zip, requirements.txt,
# startup.sh. docs/how-to/run-on-mwaa-or-astronomer.md
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$root/build/mwaa}
if [ -e "$out" ] && [ ! -f "$out/plugins.zip" ]; then
    echo "error: $out is there and is no bundle of before: name another folder" >&2
    exit 2
fi
mkdir -p "$out.new/plugins"
new=$(cd "$out.new" && pwd)
trap 'rm -rf "$new"' EXIT
cd "$root"
cp -R dags "$new/dags"
# Files beside the DAGs come to an environment with them; startup.sh puts them where Nightloop looks.
cp -R include "$new/dags/include"
cp -R plugins/.airflowignore plugins/nightloop_plugin.py plugins/nightloop "$new/plugins"
find "$new" -name __pycache__ -type d -prune -exec rm -r {} +
(cd "$new/plugins" && python3 -m zipfile -c ../plugins.zip .airflowignore nightloop_plugin.py nightloop)
rm -r "$new/plugins"
# The versions that Airflow's image has, in place of the constraints that MWAA would choose; Airflow itself is the environment's.
sed -n 's/^\([a-z0-9][a-z0-9._-]*==[^ ;]*\)\( ; [^\\]*[^\\ ]\)\{0,1\} \\$/\1\2/p' requirements-celery.lock \
    | grep -v -E '^apache-airflow(-core|-task-sdk)?==' > "$new/dags/constraints.txt"
{ echo "--constraint /usr/local/airflow/dags/constraints.txt"; grep -v -e '^#' -e '^apache-airflow>' requirements.txt; } > "$new/requirements.txt"
cp deploy/mwaa/startup.sh "$new"
rm -rf "${new%.new}"
mv "$new" "${new%.new}"
