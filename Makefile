# The two commands of the README: `make study` and `make test`.
SHELL := /bin/sh
.DEFAULT_GOAL := study
.PHONY: study test docs env env-study lint style types layers lock sbom \
  licences package bench fuzz faults mutants processors same clean clean-env

export MPLBACKEND := Agg
BIN := .venv/bin
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder --hypothesis-profile=ci

study: env-study ## environment, then the study of study.yaml
	$(BIN)/eitgeo run

test: export STATIC = $(MAKE) -k lint $(BESIDE)
test: export TESTS = $(BIN)/python -m pytest $(PYTEST_ARGS)
test: env ## everything a bare machine can run: `lint` beside the tests
	@sh scripts/check_all.sh "$$STATIC" "$$TESTS"

env: ## what developers use: the environment of a study, and tools
	@sh scripts/make_env.sh dev

env-study:
	@sh scripts/make_env.sh study

docs: env ## the site of the documentation, in build/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

lint: style types layers ## `make -k lint` shows the faults of all three

style: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: env
	$(BIN)/mypy

layers: env
	$(BIN)/lint-imports

EXPORT := uv export --frozen --quiet --no-header --no-emit-project \
  --format requirements-txt

lock: ## resolve again and rewrite both locks (needs uv); then `make sbom`
	uv lock --upgrade
	echo '# Written by `make lock`: do not edit.' | tee requirements.lock.new \
	  >requirements-dev.lock.new
	$(EXPORT) --no-default-groups --group build \
	  --extra study >>requirements.lock.new
	$(EXPORT) --all-extras --all-groups >>requirements-dev.lock.new
	mv requirements.lock.new requirements.lock
	mv requirements-dev.lock.new requirements-dev.lock

sbom: env ## what a study runs with: sbom.cdx.json and docs/licences.md (after `make lock`)
	$(BIN)/python scripts/build_sbom.py

licences: env ## each file has its licence (REUSE.toml)
	$(BIN)/reuse lint

package: env ## the wheel, in a clean environment (needs the index or a cache of uv)
	$(BIN)/python -m pytest -q -m registry tests/repository/test_package.py

bench: env ## compare with peers, one script after the other; writes docs/mesures.md
	$(BIN)/python -m benchmarks.all

fuzz: env ## 10 000 spoilt files for each reader and for study.yaml (2 h of a core)
	EITGEO_FUZZ=$${EITGEO_FUZZ:-10000} $(BIN)/python -m pytest -q -n 2 tests/fuzz \
	  tests/test_study_fuzz.py tests/sources/test_every_source.py \
	  tests/sources/test_sirene_mutated.py

faults: env ## a fault at every change of the disk, kills of the whole pipeline (20 min)
	$(BIN)/python -m pytest -q -m 'slow or not slow' tests/faults

mutants: env ## faults sown in six modules: which does a test see? writes docs/mesures.md
	$(BIN)/python -m tests.mutants.run $(EITGEO_MUTANTS)
	$(BIN)/python -m benchmarks.all --page

processors: env ## the delivered study and the tests of figures on three processors (30 min)
	$(BIN)/python -m pytest -q -n0 -m 'slow or not slow' tests/processors

same: env ## what differs between the runs in folders BEFORE and AFTER
	$(BIN)/python scripts/same.py "$(BEFORE)" "$(AFTER)"

clean: ## remove what runs and tools wrote; the environment stays
	rm -rf data/processed maps build dist .calcul .eitgeo .pytest_cache \
	  .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

clean-env: ## remove the environment
	rm -rf .venv
