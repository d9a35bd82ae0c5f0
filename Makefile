# Everyday tasks. The set-up is in README: these use its .venv.
bin := .venv/bin

.PHONY: check test lint types layers generate lock fix bench clean

check: lint types layers test        ## everything but the other Pythons
	$(bin)/python tools/generate.py --check

test:                                ## tests, with branch coverage
	$(bin)/python -m pytest --cov --cov-report=term-missing:skip-covered -n auto

lint:
	$(bin)/ruff check .
	$(bin)/ruff format --check .

types:
	$(bin)/mypy
	$(bin)/mypy action/base.py action/check.py

layers:
	$(bin)/lint-imports

generate:                            ## packs, JSON Schemas, rule pages, README's tables
	$(bin)/python tools/generate.py

lock:                                ## the action's dependencies, after a change of pyproject.toml
	PATH=$(CURDIR)/$(bin):$$PATH action/lock.sh

fix:
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

bench:                               ## measures, and writes docs/performance.md
	$(bin)/python benchmarks/run.py

clean:
	rm -rf build dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache
