# The only commands to know. Each prepares what it needs itself.

PYTHON ?= python3
IN_VENV = .venv/bin/python

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check bench

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /  make \1 @ /p' $(MAKEFILE_LIST) | awk -F' @ ' '{ printf "%-14s %s\n", $$1, $$2 }'

setup: ## Install everything into this folder (the other commands do so by themselves)
	@$(PYTHON) bootstrap.py

demo: setup ## Run the whole system on this machine until Ctrl-C (PORT=8000)
	@exec $(IN_VENV) manage.py demo --port $(or $(PORT),8000)

test: ## Run all tests (ARGS="-k name" for some)
	@$(PYTHON) bootstrap.py --browser
	@exec $(IN_VENV) -m pytest $(ARGS)

check: setup ## Format, lint, types, import arrows, missing migrations, diagrams
	$(IN_VENV) -m ruff format --check .
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m mypy
	.venv/bin/lint-imports
	$(IN_VENV) manage.py makemigrations --check --dry-run
	$(IN_VENV) manage.py lint_workflows

bench: setup ## Measure (judges nothing)
	@exec $(IN_VENV) -m pytest tests/benchmarks -m benchmark -p no:randomly -s
