# Everything here works with Python 3.11 or newer and make alone; `make help` lists it.
PYTHON ?= python3
export PORT ?= 8000
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet

# A stamp carries the checksum of the list it stands for: no change, nothing to do.
sum = $(firstword $(shell cksum < $(1)))
RUNTIME := .venv/.runtime-$(call sum,requirements.txt)
COMPILE := .venv/bin/uv pip compile --quiet --universal --generate-hashes --upgrade \
	--python-version 3.11 --no-header
DEV := .venv/.dev-$(call sum,requirements.txt)-$(call sum,requirements-dev.txt)

.DEFAULT_GOAL := help
.PHONY: help install run test drills bench screenshots lint types system \
	requirements messages client

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

install: $(DEV) ## the virtual environment, with what is needed to run and to test

run: $(RUNTIME) ## the whole desk with demo data on http://127.0.0.1:8000 (PORT=)
	@exec $(PY) -m config.run

test: $(DEV) ## everything a change must pass
	@exec $(PY) -m tests.run test

drills: $(DEV) ## what takes long: faults, big properties, the whole matrix (PART=path)
	@exec $(PY) -m tests.run drills $(PART)

screenshots: $(DEV) ## pictures of every page in var/screenshots
	@exec $(PY) -m tests.run screenshots

lint: $(DEV) ## the quick checks: style, layout, import rules
	@exec $(PY) -m tests.run lint

types: $(DEV) ## mypy
	@exec $(PY) -m tests.run types

bench: $(DEV) ## the benchmarks; see benchmarks/README.md
	@exec $(PY) -m benchmarks.run

messages: $(RUNTIME) ## compiles the translations
	@exec $(PY) -m config.messages

client: $(DEV) ## writes the Python client of the API anew
	@DEBUG=1 $(PY) -m complaints.api.generate_client
	@.venv/bin/ruff format --quiet complaints/api/client/generated.py

requirements: $(DEV) ## pins the lists of pyproject.toml anew, with hashes
	@$(PIP) install uv
	@$(COMPILE) --output-file requirements.txt pyproject.toml
	@$(COMPILE) --constraint requirements.txt --group dev --output-file requirements-dev.txt

system: ## Debian's packages for the tests, PDFs and fonts; as root
	apt-get update
	apt-get install --yes --no-install-recommends chromium-headless-shell dovecot-imapd \
		fonts-noto-cjk gettext \
		libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libreoffice-calc poppler-utils \
		postgresql redis-server

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Recourse needs \
	Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=...")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(RUNTIME): | $(PY)
	@echo "Installing what Recourse runs on ..."
	@$(PIP) install --require-hashes --requirement requirements.txt
	@rm -f .venv/.runtime-* && touch $@

$(DEV): $(RUNTIME)
	@echo "Installing what it is tested with ..."
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@rm -f .venv/.dev-* && touch $@
