# `make run` starts the demonstration; `make test` checks everything. Both install what they need.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export UV_PYTHON_DOWNLOADS := never
# Compiled modules are kept, whatever the shell says: each process would spend seconds on compiling the same again.
unexport PYTHONDONTWRITEBYTECODE
export ENDUSE_HOME ?= $(CURDIR)/var
BIN := .venv/bin
# Two workers fit the smallest machine that runs the suite.
WORKERS ?= 2

.PHONY: help run setup setup-test test check-all lint types imports unit browser postgres postgres-rest messages openapi fuzz faults clean bench-serials bench-translog bench-names bench-evidence bench-flows bench-site bench-casework

help:  ## what there is to make
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

run: setup  ## the demonstration, loaded once into $ENDUSE_HOME, and the site running
	@$(BIN)/enduse demo

setup:  ## the environment: Python and front-end packages by their lock files, the catalogues
	@tools/setup.sh

setup-test: setup
	@tools/setup_test.sh

test: setup-test lint types imports unit browser postgres  ## everything that a change must pass

check-all: test postgres-rest  ## the slow parts too
	$(BIN)/pytest -n $(WORKERS) -m slow || [ $$? = 5 ]  # 5: no test is marked slow now

lint:
	$(BIN)/ruff check enduse tests tools bench

types:
	$(BIN)/mypy enduse

imports:
	$(BIN)/lint-imports

unit:  ## unit, property and conformance tests on SQLite
	$(BIN)/pytest -n $(WORKERS) -q -m "not browser and not slow"

browser:  ## the walks and the accessibility checks in Chromium
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -q -m "browser and not slow" -p no:randomly

# Pages, the command line, permissions and what they show ask the database nothing that the floors do not ask it too.
SHOWN := $(addprefix tests/,web cli permissions conformance walk api accounts lab)

postgres:  ## the floors on PostgreSQL
	tools/with_postgres.sh $(BIN)/pytest -n $(WORKERS) -q -m "not browser and not slow and not engine" $(addprefix --ignore=,$(SHOWN)) tests

postgres-rest:  ## what shows them, on PostgreSQL
	tools/with_postgres.sh $(BIN)/pytest -n $(WORKERS) -q -m "not browser and not slow and not engine" $(SHOWN)

messages:  ## collect what is to be translated into the Spanish catalogue (needs gettext)
	tools/messages.sh

openapi:  ## write the API's description, from which the command line is made
	$(BIN)/python tools/write_openapi.py

bench-serials bench-translog bench-names bench-evidence bench-flows bench-site bench-casework: setup
	@uv sync --quiet --locked --group bench
	$(BIN)/python bench/$(subst bench-,,$@).py

fuzz: setup  ## twenty minutes of hostile marks and damaged registers
	@uv sync --quiet --locked --inexact --group fuzz
	$(BIN)/python tools/fuzz_serials.py

faults: setup-test  ## about ten minutes: 200 kills at random moments, a full disk, two servers, every stored byte flipped: on both databases
	$(BIN)/pytest -q -n 0 -p no:randomly -m "slow or not slow" tests/ledger/test_full_disk.py tests/ledger/test_faults.py tests/engines/translog/test_flipped_bytes.py
	tools/with_postgres.sh $(BIN)/pytest -q -n 0 -p no:randomly -m "slow or not slow" tests/ledger/test_faults.py

clean:
	rm -rf .venv node_modules enduse/web/static/vendor
