# Everyday tasks. The set-up is in README: these use its .venv.
bin := .venv/bin

.PHONY: check test lint types layers generate lock fix release audit bench docs mutation fuzz fuzz-reader clean

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

docs:                                ## the documentation as a site, in site/; no link may lead nowhere
	$(bin)/sphinx-build -q -W --keep-going -n -b html -c docs . site

mutation:                            ## changes the code and looks who notices; needs .[mutation]
	$(bin)/python tools/mutate.py

lock:                                ## the action's dependencies, after a change of pyproject.toml
	PATH=$(CURDIR)/$(bin):$$PATH action/lock.sh

fix:
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

release: audit                       ## dist/: sdist, wheel (reproducibly), bill of materials, checksums
	tools/release.sh

audit:                               ## asks the public advisories about the locked dependencies; needs .[release]
	$(bin)/pip-audit --disable-pip --no-deps -r action/requirements.txt

bench:                               ## measures, and writes docs/performance.md
	$(bin)/python benchmarks/run.py

fuzz:                                ## the properties of tests/fuzz, for about an hour
	OKXLINT_FUZZ=hour $(bin)/python -m pytest tests/fuzz -q

fuzz-reader:                         ## the reader under atheris, for an hour; needs .[fuzz]
	$(bin)/python fuzz/reader.py -max_total_time=3600

clean:
	rm -rf build dist site .mutation .coverage* .fuzz .hypothesis .mypy_cache .pytest_cache .ruff_cache
