# Every target works on a machine with git, make and Python 3.11 or newer.
PYTHON ?= python3
HAVRE_HOME ?= var
SERVE ?= 1
PORT ?= 8000
BIN := .venv/bin
export HAVRE_HOME

.PHONY: demo dev players test drill journeys lint bench lock clean

.venv/.server: requirements/server.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/server.lock
	touch $@

.venv/.dev: requirements/dev.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock
	touch .venv/.server $@

.venv/.words: .venv/.server $(shell find havre -name '*.po' 2>/dev/null)
	$(BIN)/python -m havre.site.command messages compile
	touch $@

demo: .venv/.server .venv/.words
	SERVE=$(SERVE) PORT=$(PORT) $(BIN)/python -m havre.site.command demo

PLAYERS := tests/publishing/players

dev: .venv/.dev .venv/.words players

# real clients and published schemas that packages are judged by: tests only; without npm those tests are skipped and say so
players: $(PLAYERS)/node_modules/.installed

$(PLAYERS)/node_modules/.installed: $(PLAYERS)/package-lock.json
	if command -v npm >/dev/null && npm ci --silent --no-audit --no-fund --ignore-scripts --prefix $(PLAYERS); then touch $@; else echo "players not installed: their tests are skipped"; fi

test: dev
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not journey and not drill" tests

drill: dev
	$(BIN)/python -m pytest -q -s -m drill tests

journeys: dev
	$(BIN)/python -m pytest -q -m journey tests

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check havre tests benchmarks
	$(BIN)/mypy havre
	PYTHONPATH=. $(BIN)/lint-imports

bench: dev
	$(BIN)/python -m benchmarks

lock: dev
	$(BIN)/uv pip compile pyproject.toml --extra server --extra analysis --extra release --extra spark --extra dev --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements/dev.lock
	$(BIN)/uv pip compile pyproject.toml --extra server --extra analysis --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -c requirements/dev.lock -o requirements/server.lock

clean:
	rm -rf build .mypy_cache .ruff_cache
