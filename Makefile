# Nightloop on this machine. `make` alone lists what there is.
.DEFAULT_GOAL := help
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST)))

VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/installed
NODE := node_modules/installed
STATE ?= .nightloop
DATA ?=
data = $(if $(DATA),--data "$(DATA)")
# Whatever the caller's shell is set to, these commands must not meet another Airflow's or AWS's settings.
unexport PYTHONPATH AIRFLOW_HOME VIRTUAL_ENV

help: ## this list
	@echo "Nightloop: your object detector learns from people every night."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  DATA=folder     your own images in place of the drawn ones (demo, up, bench-night): images/, pool.manifest, holdout.manifest"
	@echo "  AIRFLOW_PORT=8080 AWS_PORT=8090 SAGEMAKER_PORT=8091 REVIEW_PORT=8092     other ports"
	@echo "  PYTHON=python3.12     the Python (3.11 to 3.13) to make $(VENV) with"

install: $(INSTALLED) ## make .venv from requirements.lock; done by the others where needed

# A Python that Airflow runs on, unless PYTHON names one.
find_python = for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	"$$python" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && break; \
	python=; done; \
	test -n "$$python" || { echo "no Python 3.11, 3.12 or 3.13 with venv was found: install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; }

$(INSTALLED): requirements.lock
	@$(find_python); begun=$$(date +%s); \
	echo "installing into $(VENV): once, and again when requirements.lock changes"; \
	$(PY) -m pip --version >/dev/null 2>&1 || "$$python" -m venv --clear $(VENV) || exit 1; \
	uv=$$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements.lock); \
	if $(PY) -m pip install --quiet --disable-pip-version-check "$$uv" && \
	   $(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements.lock; then :; else \
		echo "uv did not manage; trying pip"; \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || exit 1; \
	fi; \
	echo $$(( $$(date +%s) - begun )) > $(VENV)/install-seconds; touch $@

$(NODE): package.json package-lock.json
	@command -v npm >/dev/null || { echo "make lint needs Node.js 20 or newer with npm: https://nodejs.org"; exit 1; }
	@npm ci --no-audit --no-fund --loglevel=error && touch $@

COMPILE = $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11
# The images install a part of the lock by plain pip, at the same versions; the sagemaker SDK has versions of its own.
lock: $(INSTALLED) ## write the .lock files anew from the requirements files
	$(COMPILE) --upgrade -o requirements.lock requirements-celery.txt requirements-services.txt requirements-dev.txt
	$(COMPILE) --no-annotate --constraints requirements.lock -o requirements-celery.lock requirements-celery.txt
	$(COMPILE) --no-annotate --constraints requirements.lock -o requirements-services.lock requirements-services.txt
	$(COMPILE) --no-annotate --upgrade -o requirements-sagemaker.lock requirements-sagemaker.txt

demo: $(INSTALLED) ## one whole night on this machine, reviewed by a script; leaves nothing running; results in build/demo
	@$(PY) -m local demo $(data)

up: $(INSTALLED) ## the same, left running, the reviews left to you; prints addresses and passwords
	@$(PY) -m local up --state "$(STATE)" $(data)

down: ## stop what `make up` started; what it holds is kept
	@if test -x $(PY); then $(PY) -m local down --state "$(STATE)"; else echo "nothing was running"; fi

status: ## which parts run
	@if test -x $(PY); then $(PY) -m local status --state "$(STATE)"; else echo "nothing runs"; fi

clean: ## stop what `make up` started and delete all its data
	@if test -x $(PY); then $(PY) -m local clean --state "$(STATE)"; else rm -rf "$(STATE)"; fi

# In a browser, or on two databases: minutes each, and nothing but the review service.
REVIEW_TESTS := tests/browser tests/integration/review tests/contract tests/unit/services/review

# The loop's tasks on services that fail on order, and on a running Airflow.
AIRFLOW_TESTS := tests/integration/faults tests/system

# Many seeds, many models, or runs that wait for each other: minutes each.
LOOP_TESTS := tests/simulation tests/integration/aws/test_two_runs.py tests/integration/aws/test_lateness.py tests/integration/aws/test_erasing.py \
	tests/integration/aws/test_scaling.py tests/integration/aws/test_large_night.py

test: $(INSTALLED) test-elements ## all quick tests
	@$(PY) -m pytest -q -n 3 --dist loadfile tests $(addprefix --ignore=,tests/compose $(REVIEW_TESTS) $(AIRFLOW_TESTS) $(LOOP_TESTS))

test-elements: ## what the elements and the task page do without a page (Node.js 20 or newer; no packages)
	@command -v node >/dev/null || { echo "the elements' tests need Node.js 20 or newer: https://nodejs.org"; exit 1; }
	@node --test --test-reporter=dot $$(find tests/unit/elements -name '*.test.js')

test-unit: $(INSTALLED) test-elements ## the unit tests alone
	@$(PY) -m pytest -q -n 2 --dist loadfile tests/unit

# Tracing costs time: a step of its own, over the tests of what has a floor, but for the one that measures how long a thread waits.
coverage: $(INSTALLED) ## how much of domain and awswire their tests run; fails below the floor in pyproject.toml
	@$(PY) -m pytest -q -n 2 --dist loadfile --cov --cov-report=term tests/unit/domain tests/unit/services/awswire tests/integration/expectations \
		--deselect tests/unit/services/awswire/test_parsing.py::test_a_body_of_36_megabytes_lets_others_work

test-airflow: $(INSTALLED) ## the loop under faults and kills
	@$(PY) -m pytest -q $(AIRFLOW_TESTS) --ignore tests/system/examples --ignore tests/system/packaging

test-examples: $(INSTALLED) ## the example DAGs, each run in an Airflow of its own
	@$(PY) -m pytest -q tests/system/examples

test-package: $(INSTALLED) ## `pip install .` into empty environments: the plugin, the provider, the operators without numpy; needs the registry
	@$(PY) -m pytest -q tests/system/packaging

# A browser on two shared cores is now and then late for reasons that are not ours: its tests, and only they, get a second try,
# and every use of one is listed (-raR), so that none hides.
test-review: $(INSTALLED) ## the review service, in a browser, on SQLite and on a PostgreSQL of its own (Debian: apt-get install postgresql chromium)
	@$(PY) -m pytest -q -n 2 --dist loadfile --reruns 1 -raR tests/browser
	@tests/with_postgresql $(PY) -m pytest -q -n 2 --dist loadfile $(filter-out tests/browser,$(REVIEW_TESTS))
	@NIGHTLOOP_TEST_DATABASE=postgresql tests/with_postgresql $(PY) -m pytest -q -n 2 --dist loadfile tests/integration/review

test-loop: $(INSTALLED) ## the decisions: property tests, oracles, simulated reviewers (PHOTOS=folder: on photos too), runs that meet
	@NIGHTLOOP_PHOTOS="$(PHOTOS)" $(PY) -m pytest -q -n 2 --dist loadfile $(LOOP_TESTS)

compose-test: $(INSTALLED) ## docker-compose.yaml for real: build, up, a night with kills, a browser, down; needs a Docker engine; 20 minutes
	@docker info >/dev/null 2>&1 || { echo "no Docker engine answers. Get one with Docker Compose 2.20 or newer: https://docs.docker.com/engine/install"; \
		echo "(Debian 13: apt-get install docker.io docker-compose docker-buildx; the user must be in the group docker)"; exit 1; }
	@$(PY) -m pytest -q -s tests/compose

lint: $(INSTALLED) $(NODE) ## style, types and prose
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy services local plugins dags tools
	@PYTHONPATH=plugins:. $(VENV)/bin/lint-imports --no-logo --cache-dir build/import-linter
	@node_modules/.bin/tsc --project .
	@$(PY) -m tools.prose

reference: $(INSTALLED) ## write the pages of docs/reference and the loop file's schema from the code
	@PYTHONPATH=plugins $(PY) -m tools.reference && PYTHONPATH=plugins $(PY) -m nightloop.config.documents

bench-night: $(INSTALLED) ## the demo's night, measured; results in build/bench/night.json
	@$(PY) -m local bench $(data)

bench-review: $(INSTALLED) ## the review service under load, on SQLite and PostgreSQL; results in build/bench/review.json
	@tests/with_postgresql $(PY) -m benchmarks.review.load

bench-hostile: $(INSTALLED) ## templates and inputs that mean harm against the review service; results in build/bench/hostile.json
	@$(PY) -m benchmarks.hostile.suite

bench-review-crash: $(INSTALLED) ## the review service killed again and again; results in build/bench/review-crash.json
	@tests/with_postgresql $(PY) -m benchmarks.review.crash

N ?= 1000
SEED ?= 1
bench-kill: $(INSTALLED) ## the loop's tasks killed N=1000 times: nothing done twice, nothing lost; results in build/bench/kill.json
	@PYTHONPATH=plugins $(PY) -m benchmarks.exactly_once.kill --kills $(N) --seed $(SEED)
bench-loop: $(INSTALLED) ## deciding beside pycocotools, hotcoco and pandas by hand; results in build/bench/loop.json
	@PYTHONPATH=plugins $(PY) -m benchmarks.decisions.peers

bench-picking: $(INSTALLED) ## what the policy picks beside random picks of the same cost (PHOTOS=folder: on photos too); results in build/bench/picking.json
	@PYTHONPATH=plugins $(PY) -m benchmarks.decisions.picking $(if $(PHOTOS),--photos "$(PHOTOS)")

bench-airflow: $(INSTALLED) ## the Airflow side against stubs: scoring, opening, waiting, collecting, a night; results in build/bench/airflow.json
	@PYTHONPATH=plugins $(PY) -m benchmarks.airflow_side.suite

bench-scale: $(INSTALLED) ## large nights, many reviewers, many workers: each beside what bounds it; results in build/bench/scale.json
	@PYTHONPATH=plugins tests/with_postgresql $(PY) -m benchmarks.scale.suite
