# Every target sets up what it needs. PORT and DATA_DIR are optional: make run PORT=9000 DATA_DIR=/srv/leader
PORT ?= 8000
DATA_DIR ?= var
RUNS ?= 10000
ROWS ?= 100000
TOGETHER ?= 1
SEQUENCES ?= 2000
PYTHON ?= python3
IN_VENV := .venv/bin/python

define BOOTSTRAP
@command -v $(PYTHON) >/dev/null || { echo "Leader needs Python 3.11 or newer, and $(PYTHON) is not here." >&2; exit 1; }
@$(PYTHON) deploy/bootstrap.py
endef

# Set empty: a machine-wide "1" would make every process compile the packages again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check html-validate bench bench-export bench-restore bench-import bench-crash bench-uploads outbox-machine coverage screenshots words lock clean packages test-packages chromium

run: packages
	@exec $(IN_VENV) -m deploy.supervisor --port "$(PORT)" --data-dir "$(DATA_DIR)"

test: test-packages chromium
	@$(IN_VENV) -m pytest -n 2

check: test-packages html-validate
	$(IN_VENV) -m ruff check
	$(IN_VENV) -m ruff format --check
	$(IN_VENV) -m mypy
	$(IN_VENV) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	@$(MAKE) --no-print-directory test

# The check of the markup is a program for Node. Without npm its tests are skipped and say so.
html-validate:
	@if command -v npm >/dev/null; then cd tests/html && npm ci --ignore-scripts --no-audit --no-fund --silent; \
	else echo "npm is not here: the markup of pages is not checked." >&2; fi

bench: test-packages
	@$(IN_VENV) -m benchmarks

bench-export: test-packages
	@$(IN_VENV) -m benchmarks.export --rows "$(ROWS)"

bench-restore: test-packages
	@$(IN_VENV) -m benchmarks.restore --rows "$(ROWS)"

bench-import: test-packages
	@$(IN_VENV) -m benchmarks.importing --rows "$(ROWS)"

bench-crash: test-packages
	@$(IN_VENV) -m benchmarks.crash --runs "$(RUNS)" --together "$(TOGETHER)"

bench-uploads: test-packages
	@$(IN_VENV) -m benchmarks.uploads

# Many long stories of the outbox; the tests tell a few short ones.
outbox-machine: test-packages
	@OUTBOX_SEQUENCES="$(SEQUENCES)" $(IN_VENV) -m pytest -q tests/conversions/test_state_machine.py

# Every branch of the rules of conversions and connections is taken by their own tests (which modules: pyproject.toml).
coverage: test-packages
	@$(IN_VENV) -m coverage run -m pytest -q -m "not browser" tests/conversions tests/connections
	@$(IN_VENV) -m coverage report

screenshots: test-packages chromium
	@$(IN_VENV) -m tests.browser.screenshots

# Collects every text anew; what still waits for a translation has an empty msgstr (docs/words.md).
words: test-packages
	@$(IN_VENV) -m deploy.words

lock:
	$(BOOTSTRAP) lock

# The data folder stays: it holds leads.
clean:
	rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

packages:
	$(BOOTSTRAP) run

test-packages:
	$(BOOTSTRAP) test

chromium: test-packages
	@$(IN_VENV) -m deploy.chromium
