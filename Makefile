PYTHON = .venv/bin/python
PORT ?= 8000
UV ?= uv
LOCK = $(UV) pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --only-binary :all: --custom-compile-command "make lock"

# A live library as Django's deployment check wants it, with a key made for this call and no database of its own.
PRODUCTION = ENV_FILE=/dev/null DEBUG=0 LIBRARY_STATUS=live PUBLIC_URL=https://faq.example.org ALLOWED_HOSTS=faq.example.org \
	DATABASE_URL=sqlite://:memory: SECRET_KEY=$$(python3 -c "import secrets; print(secrets.token_urlsafe(50))")

.PHONY: help run test check mutants bench install lock

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

run: ## serve a demonstration library at http://127.0.0.1:8000/ (PORT chooses another port)
	@PORT=$(PORT) python3 .ci/demo.py

test: ## run every test, on SQLite and on PostgreSQL where one answers
	@python3 .ci/suite.py

check: install ## check format, style, types, settings and migrations
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
	$(PRODUCTION) $(PYTHON) manage.py makemigrations --check --dry-run

mutants: install ## break each rule on purpose and see that a test notices (SOUND=1: make test has just passed, so begin at once)
	$(PYTHON) -m tests.mutants

bench: install ## measure the readers' side beside a peer (tests/bench/ says what to set)
	$(PYTHON) -m tests.bench

install: ## make .venv hold what the lock files say
	@python3 .ci/install.py --dev

lock: ## write all lock files anew from the .in files (needs uv)
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) examples/requirements-mcp.in -o examples/requirements-mcp.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) --no-deps requirements-vectors.in -o requirements-vectors.txt
