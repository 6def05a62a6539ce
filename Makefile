# make demo | test | bench | fuzz | lint | wheel | clean
# PYTHON: the interpreter that makes .venv, 3.11 or newer. ARGS: more arguments for pytest, as in ARGS="-k ink".
# RUNS: damaged files of each format for fuzz.

PYTHON ?= python3
ARGS ?=
RUNS ?= 10000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.requirements-installed
# A script whose name begins with an underscore helps the others and is not run.
# These train networks for minutes; they are run by hand.
BY_HAND := benchmarks/own_ink.py benchmarks/regularisers.py
BENCHES := $(filter-out $(BY_HAND),$(sort $(wildcard benchmarks/[a-z]*.py)))

.PHONY: help demo test bench fuzz lint wheel clean $(BENCHES)
# Two benchmarks side by side would measure each other.
.NOTPARALLEL:

help:
	@echo 'make demo    write a line of handwriting, read it back, and leave it in demo.svg'
	@echo 'make test    run the tests'
	@echo 'make bench   print every table of benchmarks/'
	@echo 'make fuzz    damage ink files in every way, and see that readers bear it (RUNS=10000 of each format)'
	@echo 'make lint    style, types, and what may import what'
	@echo 'make wheel   dist/handwriting-*.whl, weights inside'
	@echo 'make clean   remove what the others leave, except .venv'

# The environment is made anew when requirements.txt is newer, and needs no network when all of it is there already.
$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo '$(PYTHON) is missing or older than Python 3.11; name a newer one: make PYTHON=python3.12' >&2; exit 2; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'making $(VENV)'; $(PYTHON) -m venv --clear $(VENV); }
	@echo 'installing requirements.txt into $(VENV) (minutes, the first time)'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

demo: $(READY)
	$(BIN)/python app.py demo -o demo.svg

# One thread a process: the tests run side by side, and small networks are slower with more.
test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

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
