.DEFAULT_GOAL := help
.PHONY: help run test bench coverage fuzz mutants check format assets wheel clean

PYTHON ?= python3
# The wheel of node is taken only where the machine's own npm is missing or too old.
NODE := $(shell command -v npm >/dev/null 2>&1 && node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' 2>/dev/null || echo ,node)
PIP := .venv/bin/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/run-installed  ## Start everything and serve on http://127.0.0.1:8000 (PORT=..., see .env.example)
	@.venv/bin/python -m launcher run

# The suite starts a hundred Python processes: compiled modules are kept, also where the environment says otherwise. One
# process more than there are cores, since many a test waits for another process. A module's tests run in one process,
# so that what they share is made once.
SUITE = -m pytest --numprocesses $(or $(N),$(if $(findstring .py,$(T)),0,$(shell $(PYTHON) -c 'import os; print(os.cpu_count() + 1)'))) --maxprocesses 4 --dist loadscope --no-loadscope-reorder $(T)

test: .venv/dev-installed  ## Run the tests: all, or T=tests/path; ENGINE=plain leaves TimescaleDB out
	@.venv/bin/python -m launcher assets
	@PYTHONDONTWRITEBYTECODE= ENGINE=$(or $(ENGINE),auto) .venv/bin/python $(SUITE)

bench: .venv/dev-installed  ## Measure writes, pages and storage at the planned size; BENCH_SCALE=0.1 for a tenth
	@.venv/bin/python -m launcher assets
	@.venv/bin/python -m benchmarks.bench

coverage: .venv/dev-installed  ## Run the tests and report their coverage of lines and branches, and the files below 80 %
	@.venv/bin/python -m launcher assets
	@rm -rf build/coverage && mkdir -p build && mkdir -m 1777 build/coverage # tests run as other users too
	@PYTHONDONTWRITEBYTECODE= ENGINE=$(or $(ENGINE),auto) .venv/bin/coverage run $(SUITE); ended=$$?; \
		.venv/bin/coverage combine --quiet; \
		.venv/bin/coverage report --sort=cover | awk 'NR < 3 || /^TOTAL/ || $$NF + 0 < 80'; \
		exit $$ended

fuzz: .venv/dev-installed  ## Send thousands of generated requests to the JSON endpoints; SEED=... repeats them
	@.venv/bin/python -m launcher assets
	@FUZZ_EACH=600 FUZZ_LEAST=2000 FUZZ_SEED=$(or $(SEED),$(shell date +%s)) \
		.venv/bin/python -m pytest --capture no --quiet tests/webapp/views/api/test_openapi.py

mutants: .venv/dev-installed build/mutation/installed  ## List small changes of the code that no test notices; M=jobs/runs.py T=tests/jobs
	@.venv/bin/python -m launcher assets
	@ENGINE=$(or $(ENGINE),plain) nice build/mutation/bin/python -m tests.mutants --tests $(or $(T),tests/jobs tests/webapp) --mutate $(or $(M),jobs webapp/queries) $(if $(ONLY),--only '$(ONLY)')

check: .venv/dev-installed  ## Lint, type-check, and ask for known vulnerabilities of dependencies
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/sqlfluff lint --processes 0 --disable-progress-bar sql/queries
	@.venv/bin/djlint --lint --quiet templates
	@.venv/bin/python -m launcher lint
	@.venv/bin/python -m launcher audit

format: .venv/dev-installed  ## Put the code into its form
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

assets: .venv/run-installed  ## Build the scripts and styles
	@.venv/bin/python -m launcher assets

wheel: .venv/dev-installed  ## Build a wheel for other machines into dist/
	@rm -rf dist
	@.venv/bin/python -m pip wheel -qq --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

clean:  ## Remove what was installed and built; the data in var/ stay
	rm -rf .venv build dist webapp/static webapp/assets/node_modules

.venv/run-installed: pyproject.toml setup.py constraints.txt | .venv/bin/python
	@echo "Installing Trackpulse into .venv."
	@$(PIP) '.[embedded$(NODE)]'
	@touch $@

.venv/dev-installed: pyproject.toml setup.py constraints.txt | .venv/bin/python
	@echo "Installing Trackpulse and its development tools into .venv."
	@$(PIP) '.[dev$(NODE)]'
	@touch $@ .venv/run-installed

# Of its own: mutmut brings a library by which gunicorn and RQ rename their processes, wherever it is there.
build/mutation/installed: pyproject.toml setup.py constraints.txt
	@echo "Installing mutmut into build/mutation."
	@$(PYTHON) -m venv build/mutation
	@build/mutation/bin/python $(subst .venv/bin/python,,$(PIP)) '.[mutation$(NODE)]'
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or later is needed: install it, or name it with 'make PYTHON=...'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing: install it (on Debian the package python3-venv)." >&2; exit 1; }
	@echo "Making .venv."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
