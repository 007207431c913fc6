# The verbs of this repository. Everything lives in .venv; nothing else on the machine is changed,
# except that `make test` installs PostgreSQL, Redis and Chromium from the system's packages where it may.

SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.8
# uv does not read pip's setting for local wheels by itself.
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
# On Linux the usual torch brings gigabytes of GPU libraries that nothing here uses.
ifeq ($(shell uname -s)$(UV_FIND_LINKS),Linux)
export UV_TORCH_BACKEND ?= cpu
endif
# On a terminal uv shows how far it is; a log needs no list of packages.
INSTALL = $(BIN)/uv pip install $$(test -t 2 || echo --quiet) --python $(BIN)/python

# `make lint types test` promises an order, also under -j.
.NOTPARALLEL:
.PHONY: run chat setup test test-quick check lint types format env env-example clean

run: .venv/run.stamp  ## install what is needed and start WhisperEngine
	@$(BIN)/whisperengine run

chat: .venv/run.stamp  ## talk to CHARACTER in the terminal
	@$(BIN)/whisperengine chat

setup: .venv/dev.stamp  ## install what working on it needs, and run nothing

test: .venv/dev.stamp system-packages  ## every test
	$(BIN)/python -m pytest --durations=15

test-quick: .venv/dev.stamp  ## tests that take seconds
	$(BIN)/python -m pytest -m "not slow"

check: lint types test  ## everything that CI wants

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/dev.stamp
	$(BIN)/mypy

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

env:  ## write .env with random passwords for docker compose
	@$(PYTHON) docker/make_env.py

env-example: .venv/dev.stamp  ## write .env.example from the settings
	$(BIN)/python -m src_v2.config.env_example

lock: .venv/uv.stamp  ## pin dependencies anew; torch stays without its local version, which no index has
	$(BIN)/uv pip compile pyproject.toml $(LOCK_FLAGS) --output-file requirements.lock
	sed -i.bak 's/^torch==.*/torch==2.13.0/' requirements.lock && rm requirements.lock.bak
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.lock $(LOCK_FLAGS) --output-file requirements-dev.lock
	sed -i.bak 's/^torch==.*/torch==2.13.0/' requirements-dev.lock && rm requirements-dev.lock.bak
LOCK_FLAGS := --upgrade --quiet --no-emit-index-url --no-emit-find-links --no-annotate --no-header

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: system-packages lock
system-packages:
	@bash tests/support/system_packages.sh

.venv/uv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "WhisperEngine needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" && exit 1)
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || (echo "This Python cannot make virtual environments; on Debian and Ubuntu: sudo apt install python3-venv" && exit 1)
	@echo "Preparing .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/run.stamp: .venv/uv.stamp requirements.lock pyproject.toml
	@echo "Installing pinned dependencies ..."
	@$(INSTALL) -r requirements.lock
	@$(INSTALL) --no-deps --editable .
	@touch $@

.venv/dev.stamp: .venv/uv.stamp requirements-dev.lock pyproject.toml
	@echo "Installing pinned dependencies, those of the tests included ..."
	@$(INSTALL) -r requirements-dev.lock
	@$(INSTALL) --no-deps --editable .
	@touch $@ .venv/run.stamp
