# Casebook. `make help` lists what can be made.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help site build test check format bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

site: build ## Install, build the site, and serve it, following every save
	$(BIN)/casebook serve

build: .venv/.ready ## Install, check the library, and build the site into site/
	$(BIN)/casebook build

test: .venv/.ready .venv/.browser ## Everything: lint, types, unit tests, the site in a real browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -bb -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

check: .venv/.ready ## Check the library
	$(BIN)/casebook check

format: .venv/.ready ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.ready ## Measure on a generated library (not a test)
	$(BIN)/python scripts/bench.py
	$(BIN)/python scripts/bench_live.py
	$(BIN)/python scripts/bench_preview.py

clean: ## Delete what was generated; the environment stays
	rm -rf build site

# The environment, made anew when what it is made from changes.
.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint constraints.txt
	touch $@

# A browser for the tests: Playwright's own, or the system's where that cannot be had.
.venv/.browser: .venv/.ready
	$(BIN)/python scripts/browser.py
	touch $@
