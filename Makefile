# Every verb sets up what it needs first and reuses it next time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DURATION ?= 120
EXAMPLES ?= 300
# Each has engines of its own, 1 GB, and waits for them half of its time: three for two cores.
WORKERS ?= 3
STAMP := $(VENV)/.requirements-$(shell cat requirements/*.txt pyproject.toml | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench chaos trust fuzz contracts fmt lock

help: ## Say what can be done
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) ## Make the virtual environment from the hashed requirements

$(STAMP): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("HEP needs Python 3.11 or later, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV): about two minutes the first time, nothing the next."
	@rm -f $(VENV)/.requirements-*
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## Start the whole platform on this machine
	@$(BIN)/hep up

test: setup ## Pass all tests, on real engines
	@echo "Testing on one-machine engines (Kafka, SecantusDB) for each of $(WORKERS) workers; HEP_KAFKA and HEP_MONGODB choose others."
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

check: setup ## Lint, types and architecture
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup ## Measure, each figure beside the raw client doing the same work
	@$(BIN)/python -m tests.bench

chaos: setup ## Kill, pause and wipe under load for DURATION seconds, then count what was lost
	@$(BIN)/python -m tests.chaos --duration $(DURATION) $(if $(SEED),--seed $(SEED))

fuzz: setup ## Send EXAMPLES made-up requests to each operation, and as much to each decoder
	@$(BIN)/python -m pytest tests/fuzz --examples $(EXAMPLES) --override-ini timeout=7200

trust: setup ## Show each promise of docs/trust.md, then DURATION seconds of chaos
	@$(BIN)/python -m tests.trust --duration $(DURATION) $(if $(SEED),--seed $(SEED))

contracts: setup ## Write OpenAPI, AsyncAPI, the events' JSON Schemas, docs/permissions.md, docs/figures
	@for service in prescription adherence notifications reporting; do $(BIN)/python -m $$service contracts; done
	@$(BIN)/python -m tests.permission
	@$(BIN)/python -m tests.figures

fmt: setup ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: setup ## Resolve the requirements anew, with hashes and without addresses
	@scripts/lock
