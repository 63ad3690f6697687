# Needs Python 3.11 or newer, git and make; everything else goes into .venv.

# Single-threaded and sleeping workers: several tests share the cores, and spinning threads stall them.
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export OMP_WAIT_POLICY ?= PASSIVE

NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for p in python3.11 python3; do \
    $$p -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo $$p && break; done)
endif
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PIP_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
REQUIREMENTS := pyproject.toml $(wildcard requirements/*.txt) $(shell find third_party -name '*.py' -o -name '*.toml')

.PHONY: help install demo test check docs bench clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

install: $(STAMP) ## create .venv with every library (about 1.5 GB); does nothing when it is up to date

$(STAMP): $(REQUIREMENTS)
	@test -n '$(PYTHON)' && $(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || { \
	    echo "equidesign needs Python 3.11 or newer with its venv module: $(or $(PYTHON),neither python3.11 nor python3) will not do." >&2; \
	    echo "Install one (Debian: python3 python3-venv), or name it: make install PYTHON=/path/to/python3.11" >&2; \
	    exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(PIP_ARGS) -r requirements/dev.txt -e '.[all,dev]'
	$(BIN)/python -m pip check
	@touch $@

demo: $(STAMP) ## design, verify and train a force field on real molecules
	$(BIN)/python examples/demo.py

test: $(STAMP) ## run the tests on every core (JOBS=2 for two)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

check: $(STAMP) ## lint, formatting, types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict equidesign

docs: $(STAMP) ## write the pages of the documentation that are made from the program
	$(BIN)/python docs/generate.py

bench: $(STAMP) ## measure the start-up time and the time of a design
	$(BIN)/python benchmarks/startup.py

clean: ## remove .venv, caches and what was built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
