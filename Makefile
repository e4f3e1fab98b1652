# Two commands do everything on a fresh machine: `make reproduce` and `make test`. They need python3 with venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: reproduce test lab data benchmarks clean

reproduce: $(READY)
	$(BIN)/alpclusters run

test: $(READY)
	$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile

lab: $(READY)
	$(BIN)/jupyter lab notebooks

data: $(READY)
	$(BIN)/alpclusters data build

# Packages that compute some of the same indicators, for the comparison only and beside the environment.
benchmarks: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target benchmarks/.peers -r benchmarks/peers.txt
	$(BIN)/python -m benchmarks

# The environment is made once, from locked versions with checksums, and again only when the lock changes.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys, venv; sys.exit(sys.version_info < (3, 11) and "alpclusters needs Python 3.11 or later")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf .venv benchmarks/.peers outputs/reports outputs/figures outputs/tables outputs/failed outputs/regions outputs/*.html outputs/*.zip outputs/*.json outputs/standing.txt
