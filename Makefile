# Everything here works from a bare Python >= 3.11; .venv is made on first use.
PYTHON ?= python3
BIN := .venv/bin
ALL := -m "" --hypothesis-profile=same

.PHONY: demo test test-all attack test-postgres coverage check fix bench docs pictures lock clean

demo: .venv/ready
	$(BIN)/repair-bot demo

# What each change is tried with, in minutes.
test: .venv/ready
	$(BIN)/pytest

# What CI runs: the long forms as well, and all examples of each property.
test-all: .venv/ready
	$(BIN)/pytest $(ALL)

# What strangers, odd updates, hostile logs and unlucky lives do to the bot: 10,000 examples of each
# property. `make test-all` tries the same with fewer, `make test` with fewer still.
attack: .venv/ready
	$(BIN)/pytest -m "" --hypothesis-profile=thorough --timeout 3600 tests/attack

# The storage's own tests always run on both databases; here the rooms above it as well.
test-postgres: .venv/ready
	$(BIN)/pytest --database postgresql tests/monitor tests/actions tests/recovery

# Lines and branches together, of the bot's child processes too.
coverage: .venv/ready
	$(BIN)/pytest $(ALL) --cov --cov-report=term --cov-fail-under=95

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

fix: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready
	$(BIN)/python -m bench

# The pages of docs/ as a site in site/; a link that leads nowhere fails.
docs: .venv/ready
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# The samples in docs/pictures: look at them after a change of what is shown.
pictures: .venv/ready
	PYTHONPATH=. $(BIN)/python docs/pictures/draw.py
	PYTHONPATH=. $(BIN)/python docs/pictures/chat.py
	PYTHONPATH=. $(BIN)/python docs/pictures/alerts.py
	PYTHONPATH=. $(BIN)/python docs/pictures/film.py
	$(BIN)/python docs/pictures/drawings.py

# requirements.lock pins every package by hash and names no index: see docs/decisions.md.
lock: .venv/ready
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --group dev \
		--custom-compile-command "make lock" --upgrade pyproject.toml -o requirements.lock

.venv/ready: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Re:pair needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --no-deps -e .
	touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build site *.egg-info
