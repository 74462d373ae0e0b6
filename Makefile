# The commands of a working day. All of them work on a machine with Python 3.11+ and make only.
PYTHON ?= python3
BIN := .venv/bin
export HOTE_HOME ?= $(CURDIR)/.hote

.PHONY: demo test test-kafka lint bench events lock clean

demo: .venv/installed
	@$(BIN)/hote demo $(if $(ONCE),--once)

test: .venv/installed-dev
	$(BIN)/pytest --numprocesses auto --dist worksteal

# What `make test` runs against the broker of a wheel, against Apache Kafka; without Java 17 and Maven it says so.
test-kafka: .venv/installed-dev
	HOTE_TEST_KAFKA=apache $(BIN)/pytest tests/kafka -rs

lint: .venv/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed-dev
	$(BIN)/python -m tests.benchmarks

docs/events.md: .venv/installed
	$(BIN)/python -m adapters.cli.catalogue > $@

docs/asyncapi.json: .venv/installed
	$(BIN)/python -m adapters.kafka.asyncapi > $@

lock: .venv/installed-dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra build --extra dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra build pyproject.toml -c requirements-dev.txt -o requirements.txt

.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv .hote
