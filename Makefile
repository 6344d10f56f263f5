# The portal's verbs; `make help` lists them. Variables: README, "Settings".
.DEFAULT_GOAL := help
.PHONY: help run test missing-migrations suite journeys test-postgres lint format bench worker \
	shell migrations

PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PYTEST := $(BIN)/python -m pytest
CHROMIUM := $(or $(STIX_CHROMIUM),$(shell command -v chromium || command -v chromium-browser \
	|| command -v google-chrome))
POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/stix_scratch

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-16s%s\n", $$1, $$2}' Makefile

run: .venv/ready  ## everything a newcomer needs, then the portal on http://127.0.0.1:8000
	$(MANAGE) setup --demo
	@exec $(MANAGE) serve

test: lint missing-migrations suite journeys  ## lint, missing migrations, all tests, journeys

missing-migrations: .venv/tests
	SECRET_KEY=unused DATABASE_URL=sqlite://:memory: $(MANAGE) makemigrations --check --dry-run

suite: .venv/tests
	$(PYTEST) -n 2 -m "not browser"

journeys: .venv/tests  ## the journeys in Chromium alone
ifneq ($(CHROMIUM),)
	STIX_CHROMIUM="$(CHROMIUM)" $(PYTEST) -p no:xdist -m browser
else ifneq ($(BROWSER_REQUIRED),)
	@echo "No Chromium was found, and BROWSER_REQUIRED asks for it: set STIX_CHROMIUM" >&2; exit 1
else
	@echo "No Chromium was found: the browser journeys are left out (set STIX_CHROMIUM)"
endif

test-postgres: .venv/tests  ## what needs the database, again on PostgreSQL (POSTGRES_URL)
	DATABASE_URL="$(POSTGRES_URL)" $(PYTEST) -n 2 -m "db and not browser" \
	  --deselect tests/architecture/test_hostile_input.py::test_no_value_breaks_the_lists_of_the_admin \
	  --deselect tests/architecture/test_hostile_input.py::test_no_bytes_in_a_query_break_a_page \
	  --deselect tests/api/test_openapi.py::TestTruth

lint: .venv/tests  ## ruff, and whether the files are formatted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/tests  ## format the files
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/tests  ## measure against named alternatives; FULL=1 for all
	$(BIN)/python -m benchmarks

worker: .venv/ready  ## the queue's worker alone
	$(MANAGE) qcluster

shell: .venv/ready  ## Python with the models
	$(MANAGE) shell

migrations: .venv/ready  ## write the migrations that the models ask for
	$(MANAGE) makemigrations

.venv/ready: requirements.txt
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) is not installed; Python 3.11 or newer is needed" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, $(PYTHON) is `$(PYTHON) --version`;" \
	    "name another: make PYTHON=python3.12 run" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv" >&2; \
	  exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/tests: .venv/ready tests/requirements.txt
	$(BIN)/pip install --disable-pip-version-check -r tests/requirements.txt
	@touch $@
