# `make demo` shows the main job; `make test` proves it. Both set up what they need in .venv, once.

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
PINNED := $(INSTALL) --require-hashes --no-build-isolation --use-pep517

# The first interpreter that runs, is new enough and can make an environment: a name on the path may be an empty shim.
PYTHON ?= $(shell for candidate in python3.11 python3.12 python3.13 python3; do \
	"$$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$candidate"; break; }; done)

.PHONY: help demo test lint format bench differential properties simulate crash fuzz mutation lock clean

help:
	@echo "make demo    the guided tour: a claim decided, a skipped step refused, a decision reproduced"
	@echo "make test    style, types, floors, then every test"
	@echo "make lint    style, types and floors only"
	@echo "make bench   the figures, beside other engines (BENCH=--quick: only to see that it runs)"
	@echo "make differential  two engines on 1,000,000 lines and 50,000 policies, two evaluators of money on 200,000 claims a"
	@echo "             plan and 50,000 random plans, and a stranger's check of 90,000 decisions; goes on where it stopped"
	@echo "make properties  laws tried on PROPERTY_EXAMPLES=20 times as many made-up examples as in make test"
	@echo "make crash   programs killed 2,000 times, 1,000 failing writes, PostgreSQL clients killed and servers stopped"
	@echo "make simulate  LIVES=20000 lives of cases against a model of them, and SEEDS=50000 seeds of agencies, a bad"
	@echo "             network and a failing store; goes on where it stopped"
	@echo "make fuzz    bytes drawn for every parser, FUZZ_SECONDS=60 each; only located problems may come out"
	@echo "make mutation  the kernel changed bit by bit, to see that a test notices each change (MUTATION=language: a part)"
	@echo "make format  rewrite the code in the house style"
	@echo "make lock    write the pins under requirements/ anew (with UPGRADE=--upgrade: to the newest versions)"
	@echo "make clean   remove .venv and what tools left behind"

demo: $(VENV)/.installed
	@$(BIN)/python -m yibao demo

# The tests come last, so that their summary closes the run.
test: lint
	$(BIN)/python -m pytest

# The import linter's cache stays wrong about a file that was read before a module that it imports was there.
lint: $(VENV)/.installed-dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.installed-dev
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

# Each stamp is written only after its whole recipe, so that an interrupted install is done again.
$(VENV)/.created:
	@test -n "$(PYTHON)" || { echo "yibao needs Python 3.11 or newer, with its venv module." >&2; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# durable_rules comes as source: what builds it is pinned and installed before it, and its build fetches nothing.
$(VENV)/.installed: $(VENV)/.created pyproject.toml requirements/build.txt requirements/runtime.txt
	@echo "Installing the pinned packages and yibao …"
	@$(PINNED) --requirement requirements/build.txt
	@$(PINNED) --requirement requirements/runtime.txt
	@$(INSTALL) --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m compileall -q engine
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.txt
	@echo "Installing the pinned tools for tests …"
	@$(PINNED) --requirement requirements/dev.txt
	@touch $@

# Compiled first, as pip compiles what it installs: the start of the command is among the figures.
bench: $(VENV)/.installed-bench
	@$(BIN)/python -m compileall -q engine
	$(BIN)/python -m tests.bench $(BENCH)
	$(BIN)/python -m tests.bench --replay $(BENCH)
	$(BIN)/python -m tests.bench.stores $(BENCH)

# A peer that does not install here is left out, and the run says so.
$(VENV)/.installed-bench: $(VENV)/.installed-dev requirements/bench.txt
	-@$(PINNED) --requirement requirements/bench.txt
	@touch $@

FUZZ_SECONDS ?= 60

fuzz: $(VENV)/.installed-fuzz
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) $(FUZZ)

# Only ready-made: its source wants a compiler with a fuzzer. Where there is none for this Python, the run says so.
$(VENV)/.installed-fuzz: $(VENV)/.installed-dev requirements/fuzz.txt
	-@$(PINNED) --only-binary :all: --requirement requirements/fuzz.txt
	@touch $@

mutation: $(VENV)/.installed-mutation
	$(BIN)/python -m tests.mutation $(MUTATION)

$(VENV)/.installed-mutation: $(VENV)/.installed-dev requirements/mutation.txt
	@$(PINNED) --requirement requirements/mutation.txt
	@touch $@

# A seed draws two lines of the shipped policy, one random policy, a claim for each shipped plan, or one random plan.
differential: $(VENV)/.installed-dev
	$(BIN)/python -m tests.differential profiles --to 500000
	$(BIN)/python -m tests.differential policies --to 50000
	$(BIN)/python -m tests.differential money --to 200000
	$(BIN)/python -m tests.differential plans --to 50000
	$(BIN)/python -m tests.differential proofs --to 50000

PROPERTY_EXAMPLES ?= 20

properties: $(VENV)/.installed-dev
	PROPERTY_EXAMPLES=$(PROPERTY_EXAMPLES) $(BIN)/python -m pytest tests/properties

crash: $(VENV)/.installed-dev
	$(BIN)/python -m tests.crash kills --rounds 2000
	$(BIN)/python -m tests.crash faults --rounds 1000
	$(BIN)/python -m tests.crash client-kills --rounds 200
	$(BIN)/python -m tests.crash stops --rounds 20

LIVES ?= 20000
SEEDS ?= 50000

simulate: $(VENV)/.installed-dev
	$(BIN)/python -m tests.simulation lives --to $(LIVES)
	$(BIN)/python -m tests.simulation agencies --to $(SEEDS)

COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --no-config --universal \
	--python-version 3.11 --generate-hashes $(UPGRADE)

lock: $(VENV)/.created
	@$(PINNED) --requirement requirements/lock.txt
	$(COMPILE) --group build --output-file requirements/build.txt
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) --group dev --constraint requirements/build.txt --constraint requirements/runtime.txt \
		--output-file requirements/dev.txt
	$(COMPILE) --group bench --constraint requirements/build.txt --constraint requirements/runtime.txt \
		--constraint requirements/dev.txt --output-file requirements/bench.txt
	$(COMPILE) --group fuzz --output-file requirements/fuzz.txt
	$(COMPILE) --group mutation --constraint requirements/runtime.txt --constraint requirements/dev.txt \
		--output-file requirements/mutation.txt
	$(COMPILE) --group lock --output-file requirements/lock.txt

clean:
	rm -rf $(VENV) build dist mutants .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
