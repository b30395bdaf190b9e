PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: help demo test check bench format lock screenshot clean

help: ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.runtime: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing what the reviewer needs (about half a minute, once)"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "installing what the tests need (about half a minute, once)"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.runtime ## A review from webhook to comment, on this machine (ARGS=--once ends by itself)
	@$(BIN)/reviewer demo $(ARGS)

test: $(VENV)/.dev ## Every test
	@$(BIN)/pytest $(ARGS)

check: $(VENV)/.dev ## Lint, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev ## Measure, and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(VENV)/.dev ## Resolve the dependencies anew
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

screenshot: $(VENV)/.dev ## Take the pictures of the README anew (needs Chromium)
	@$(BIN)/python docs/make_screenshot.py

clean: ## Remove what make has made
	@rm -rf $(VENV) .demo
