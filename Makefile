# PFD Panel. `make` alone explains itself.
.DEFAULT_GOAL := help
VENV ?= .venv
PY := $(VENV)/bin/python
export PYTHON
export OMP_NUM_THREADS ?= 1
# tests start a hundred processes, each of which would compile every module again
unexport PYTHONDONTWRITEBYTECODE
HOME_DIR ?= .pfd

.PHONY: help
help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# the stamp carries the environment: it is rebuilt when what it must hold changes
$(VENV)/.ready: pyproject.toml constraints.txt
	@python=$$(scripts/find_python.sh) && echo "environment in $(VENV) with $$python (about 6.3 GB with the CUDA libraries of PyTorch, a few minutes the first time; README.md says how to do with less)" && "$$python" -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,postgres]'
	@touch $@

.PHONY: env
env: $(VENV)/.ready ## build the environment in .venv

.PHONY: demo
demo: env ## fill a demo catalog (first time), serve it and print the link
	$(VENV)/bin/pfd --home $(HOME_DIR) demo

.PHONY: serve
serve: env ## serve the catalog in HOME_DIR (default .pfd)
	$(VENV)/bin/pfd --home $(HOME_DIR) serve

.PHONY: lint
lint: env ## style, format, types, import contracts
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache

.PHONY: test
test: lint ## everything that gates a change (under 15 minutes on 2 cores)
	$(PY) -m pytest -m "not slow" --numprocesses 2 --dist loadgroup --no-loadscope-reorder

.PHONY: test-slow
test-slow: env ## every kill point and long matrix
	$(PY) -m pytest -m slow --timeout 1800 --numprocesses 2 --dist loadgroup

.PHONY: bench
bench: env ## every benchmark (PFD_TEST_DATA names the real recordings); raw output in benchmarks/results
	@mkdir -p benchmarks/results
	@for script in benchmarks/bench_*.py; do \
	    name=$$(basename $$script .py); echo "== $$name"; \
	    $(PY) -m benchmarks.$$name > benchmarks/results/$$name.txt.new || exit 1; \
	    mv benchmarks/results/$$name.txt.new benchmarks/results/$$name.txt; \
	    cat benchmarks/results/$$name.txt; \
	done

.PHONY: clean
clean: ## remove the environment and the demo catalog
	rm -rf $(VENV) .pfd build *.egg-info
