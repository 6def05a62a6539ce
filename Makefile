# make demo | test | docs | site | bench | fuzz | lint | wheel | clean
# PYTHON: the interpreter that creates .venv (3.11 or newer). ARGS: arguments for pytest, as in ARGS="-k ink".
# RUNS: damaged files per format for fuzz.

PYTHON ?= python3
ARGS ?=
RUNS ?= 10000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.requirements-installed
# A script whose name begins with an underscore is a helper and is not run.
# These train networks for minutes; run them by hand.
BY_HAND := benchmarks/adapt.py benchmarks/own_ink.py benchmarks/page.py benchmarks/regularisers.py
BENCHES := $(filter-out $(BY_HAND),$(sort $(wildcard benchmarks/[a-z]*.py)))

.PHONY: help demo test docs site bench fuzz lint wheel clean $(BENCHES)
# Benchmarks that run side by side would slow each other down.
.NOTPARALLEL:

help:
	@echo 'make demo    write a line of handwriting, read it back, and leave it in demo.svg'
	@echo 'make test    run the tests'
	@echo 'make docs    build the documentation into dist/docs, warnings as errors'
	@echo 'make site    write the page without a server to dist/site'
	@echo 'make bench   print every table of benchmarks/'
	@echo 'make fuzz    damage ink files and check that every reader refuses them cleanly (RUNS=10000 per format)'
	@echo 'make lint    check style, types and imports between modules'
	@echo 'make wheel   build dist/handwriting-*.whl with the weights'
	@echo 'make clean   remove the output of the other targets, except .venv'

# Reinstalls when requirements.txt is newer; needs no network when everything is installed already.
$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo '$(PYTHON) is missing or older than Python 3.11; name a newer one: make PYTHON=python3.12' >&2; exit 2; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'creating $(VENV)'; $(PYTHON) -m venv --clear $(VENV); }
	@echo 'installing requirements.txt into $(VENV), which takes some minutes the first time'
	@$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)
	$(BIN)/python app.py demo -o demo.svg

# One thread a process: the tests run side by side, and small networks are slower with more.
test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

docs: $(READY)
	$(BIN)/sphinx-build -W --keep-going -q -b html docs dist/docs
	@echo 'open dist/docs/index.html'

site: $(READY)
	@mkdir -p dist
	$(BIN)/python app.py page export dist/site
	@echo 'show it: $(BIN)/python -m http.server --directory dist/site'

bench: $(BENCHES)

$(BENCHES): $(READY)
	@echo; echo '== $@'
	@PYTHONPATH=. $(BIN)/python $@

fuzz: $(READY)
	PYTHONPATH=.:tests $(BIN)/python tests/format_fuzzing.py --runs $(RUNS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: $(READY)
	$(BIN)/python -m hatchling build -t wheel

clean:
	rm -rf dist build demo.svg .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
