# make run      everything on this machine; Ctrl-C stops it
# make install  only the virtual environment with the command: .venv/bin/hotspots
# make test     lint, types, import rules and all tests
# make check    lint, types and import rules
# make bench    our RADIUS server and FreeRADIUS in alternating rounds, half an hour
# make lock     exact versions of all packages, newest that pyproject.toml allows

SHELL := /bin/sh
PYTHON := $(shell command -v python3.11 || command -v python3)
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
DEBIAN := .ci/need-debian-packages

.PHONY: run install test check bench lock
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:

run: install
	@exec $(VENV)/bin/hotspots run

install: $(VENV)/.installed

test: $(VENV)/.installed-for-tests
	@$(DEBIAN) $$(sed 's/#.*//' .ci/debian-packages)
	@command -v npm >/dev/null || $(DEBIAN) npm  # some packages of nodejs have it with them
	@$(MAKE) --no-print-directory check
	$(VENV)/bin/python -m pytest --numprocesses auto --dist loadfile

check: $(VENV)/.installed-for-tests
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: $(VENV)/.installed-for-tests
	@$(DEBIAN) $$(sed 's/#.*//' benchmarks/debian-packages)
	$(VENV)/bin/python -m benchmarks

lock:
	.ci/lock $(PYTHON)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is missing: apt-get install python3.11" >&2; exit 1; }
	@$(PYTHON) -c "import ensurepip" 2>/dev/null || $(DEBIAN) python3-venv
	$(PYTHON) -m venv $(VENV)

# The project itself without build isolation: its build tool is in the lock file too.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-for-tests: requirements-test.lock $(VENV)/.installed
	$(PIP) install --requirement requirements-test.lock
	@touch $@
