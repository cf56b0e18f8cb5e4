# Two commands are enough for a newcomer: `make run` and `make test`. The rest is for those who work on it.
# Without make see README.md, "The same start without make".

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n 2

.PHONY: run test test-full test-rest lint bench lock translations clean

## Serve with demo data on 127.0.0.1:$PORT (8000), instance folder $INSTANCE (instance/).
run: .venv/run.stamp
	@exec $(BIN)/flask --app wsgi lms demo

.venv/run.stamp: requirements.txt | .venv/made.stamp
	@echo "Installing what it runs on (requirements.txt, with hashes) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/made.stamp
	@echo "Installing what tests and tools need (requirements-dev.txt, with hashes) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run.stamp

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; say which one: make run PYTHON=python3.12"; exit 1; }
	@echo "Making .venv …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
	  || { echo "On Debian and Ubuntu: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	@touch $@

## What every change must pass: lint, types, contracts, quick tests. At most 12 minutes on two cores.
test: lint
	$(PYTEST) -m "not slow"

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

## Everything: the slow tests and both databases as well. At most 40 minutes.
test-full: test test-rest

test-rest: .venv/dev.stamp
	$(PYTEST) -m slow
	$(PYTEST) --both-databases -m "not slow and not both" -k postgresql

## Ratios to a bare Flask server; see bench/README.md.
bench: .venv/dev.stamp
	$(BIN)/python -m bench

## Lock what requirements*.in ask for, for Python 3.11 to 3.13 on every system.
lock: .venv/dev.stamp
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements-dev.in -o requirements-dev.txt

## Collect the message ids, bring the English catalogue up to date, compile it.
translations: .venv/dev.stamp
	$(BIN)/pybabel -q extract -F pyproject.toml -k lazy --sort-by-file --no-location --omit-header -o .venv/messages.pot lms
	test -f lms/translations/en/LC_MESSAGES/messages.po \
	  && $(BIN)/pybabel -q update -N --ignore-pot-creation-date -i .venv/messages.pot -d lms/translations -l en \
	  || $(BIN)/pybabel -q init -i .venv/messages.pot -d lms/translations -l en
	$(BIN)/pybabel -q compile -d lms/translations --statistics

## Remove what can be made again. Never the instance.
clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
