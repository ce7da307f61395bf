# What a newcomer and a developer need; `make` alone lists it. GNU make 4.

PYTHON ?= python3
BIN := .venv/bin
PAINTS := .venv/.paints
INSTALLED := .venv/.installed
# One process more than cores: while one waits for a host program, others work.
PYTEST = pytest --numprocesses $(shell $(PYTHON) -c 'import os; print(os.cpu_count() + 1)') \
  --dist loadfile --no-loadscope-reorder
OLDEST := .venv/oldest

.PHONY: help install demo check test oldest lint sheet bench lock clean
.DELETE_ON_ERROR:

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile
	@echo "With another Python: make install PYTHON=python3.12"

install: $(INSTALLED) ## Install styleplug and its tools into .venv
	@echo "styleplug is in .venv; try: .venv/bin/styleplug --help"

demo: $(PAINTS) ## Paint the bundled photograph, a minute or two on two cores
	@mkdir -p out
	@$(BIN)/styleplug stylize styleplug/pictures/photograph.jpg \
	  --style styleplug/pictures/painting.jpg --size 384 --overwrite -o out/demo.png
	@echo "The picture is in $(CURDIR)/out/demo.png"

check: lint ## All linters, and the tests that are quick
	$(BIN)/$(PYTEST) -m "not slow"

test: lint ## All linters, and every test; in CI with its coverage, that of subprocesses left out
	$(BIN)/$(PYTEST) $(if $(CI),--cov --cov-report=term:skip-covered)

oldest: ## Quick tests with the oldest versions that pyproject.toml allows; needs uv
	uv venv --quiet --clear --python $(PYTHON) $(OLDEST)
	uv pip install --quiet --python $(OLDEST) --resolution lowest-direct -e '.[cpu,torch,dev]'
	$(OLDEST)/bin/$(PYTEST) -m "not slow" --ignore tests/hosts -W default # old ones warn of each other

lint: $(INSTALLED) ## Format, ruff, mypy, and who may import whom
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

sheet: $(INSTALLED) ## Contact sheets in out/sheet, of the pictures in ../shared/images; an hour
	$(BIN)/python tests/benchmarks/sheet.py out/sheet/painterly --preset painterly
	$(BIN)/python tests/benchmarks/sheet.py out/sheet/faithful --preset faithful

bench: $(INSTALLED) ## Measure against other programs, on a quiet machine, into out/bench; an hour or two
	$(BIN)/python tests/benchmarks/bench.py out/bench

lock: ## Pin what make installs to hashes, in requirements/, from constraints.txt; needs uv
	@lock() { printf 'hatchling\neditables\n' | uv pip compile --quiet --universal --generate-hashes \
	  --no-annotate --custom-compile-command 'make lock' -c constraints.txt pyproject.toml - "$$@"; } && \
	  lock --extra cpu -o requirements/paint.txt && \
	  lock --extra cpu --extra dev -o requirements/dev.txt

clean: ## Remove what make has made, .venv too
	rm -rf .venv out/demo.png out/sheet out/bench dist
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# All that painting needs: no PyTorch, which is many times larger than the rest. Each file that
# comes is held to a hash; `make lock` pins them.
PIP := $(BIN)/pip --quiet --disable-pip-version-check install

$(PAINTS): pyproject.toml requirements/paint.txt | $(BIN)/pip
	@echo "Installing styleplug and what it needs into .venv ..."
	@$(PIP) --require-hashes -r requirements/paint.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# PyTorch has no hashes here: which files it brings, gigabytes of CUDA among them, is the user's choice.
$(INSTALLED): pyproject.toml constraints.txt requirements/dev.txt | $(BIN)/pip
	@echo "Installing styleplug, PyTorch and the tools into .venv; the first time takes minutes ..."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-build-isolation -e '.[torch]' -c constraints.txt
	@touch $@ $(PAINTS)

# Debian splits ensurepip off, and its `python3 -m venv` then leaves half an environment behind.
$(BIN)/pip:
	@$(PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "styleplug needs Python 3.11 or newer with its venv module; '$(PYTHON)' won't do." >&2; \
	  echo "  Debian, Ubuntu: sudo apt install python3-venv" >&2; \
	  echo "  elsewhere: install Python from your system's packages or from python.org" >&2; \
	  echo "  another Python that you have: make install PYTHON=python3.12" >&2; \
	  exit 1; }
	@$(PYTHON) -m venv .venv
