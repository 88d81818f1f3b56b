# Two commands matter: `make run` and `make test`. The rest is their parts.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run install test check bench soak audit install-service uninstall-service clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 20

run: install ## install, create the demo household if there is no database, open the dashboard
	@$(BIN)/alm init --demo --if-missing
	@exec $(BIN)/alm dashboard

install: $(VENV)/.restarted ## the virtual environment with the `alm` command; a page that runs already is restarted

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# The services write nothing beside the sources, so what they would read again at every start is written here; and the
# manual page, which `man alm` finds beside the environment's bin folder.
$(VENV)/.bytecode: $(wildcard alm/*.py alm/*/*.py alm/*/*/*.py) $(VENV)/.installed
	@$(BIN)/python -m compileall -q alm
	@$(BIN)/python scripts/write_man.py $(VENV)/share/man/man1/alm.1
	@touch $@

# The simulation's machine code, for every user of this environment: what is missing or older is compiled when needed.
$(VENV)/.kernels: $(wildcard alm/fire/*.py alm/step/*.py) $(VENV)/.installed
	@echo "Compiling the simulation, once."
	@$(BIN)/python -m alm.fire.warm || echo "It will be compiled at its first use."
	@touch $@

# A page that runs as a service would go on with old code and load parts of the new.
$(VENV)/.restarted: $(VENV)/.installed $(VENV)/.bytecode $(VENV)/.kernels
	@scripts/install-service.sh restart $(SCOPE)
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

test: $(VENV)/.dev $(VENV)/.kernels ## every test, the ones in a real browser too
	@sh scripts/ensure-test-tools.sh
	$(BIN)/python -m pytest -q -n 2

check: $(VENV)/.dev ## lint, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

bench: install $(VENV)/.dev ## speed and memory as ratios against named baselines
	$(BIN)/python scripts/bench.py

soak: $(VENV)/.dev ## the long durability and fuzz runs, under 15 minutes
	$(BIN)/python -m pytest -q -m soak tests

audit: $(VENV)/.installed ## bill of materials and licences (build/sbom.json), then known vulnerabilities; exit 75 where no feed answers
	@$(BIN)/python -m scripts.write_sbom build/sbom.json
	@scripts/audit.sh

install-service: install ## systemd units: the screen, the daily snapshot, prices, alerts (SCOPE=user or system)
	@scripts/install-service.sh install $(SCOPE)

uninstall-service: ## remove the units; the database stays
	@scripts/install-service.sh uninstall $(SCOPE)

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
