# Self-documenting: `make help` lists every target with the text after `##`.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

$(STAMP): requirements/dev.txt pyproject.toml
	@echo "[1/2] making the environment in $(VENV)"
	@test -x $(BIN)/python || python3 -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@echo "[2/2] installing the pinned packages"
	@# uv is quick and trusts the system's certificates; pip knows every other setting of the machine.
	@$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --require-hashes -r requirements/dev.txt 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: install
install: $(STAMP) ## Make the environment

.PHONY: pin
pin: ## Recompile the hash-checked requirement files
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate pyproject.toml --extra dev --output-file requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate pyproject.toml --output-file requirements/main.txt

.PHONY: up
up: $(STAMP) ## Start everything on this machine, with a demonstration, until Ctrl-C
	@exec $(BIN)/carbon up

.PHONY: test
test: $(STAMP) ## Run every test, two at a time (each starts servers of its own)
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(TESTS)

.PHONY: check
check: $(STAMP) ## Format, lint, types, staircase, migrations and GraphQL drift
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(BIN)/carbon migrate --check
	@$(BIN)/carbon schema --check

.PHONY: bench
bench: $(STAMP) ## Measure speed beside its floors; BENCH=<name> runs one
	@$(BIN)/python -m benchmarks $(BENCH)

.PHONY: migrate
migrate: $(STAMP) ## Bring the tenants' databases to the newest revision
	@$(BIN)/carbon migrate

.PHONY: schema
schema: $(STAMP) ## Export graphql/schema.graphql and docs/errors.md
	@$(BIN)/carbon schema

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'
