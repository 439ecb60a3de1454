# The only doors. Each sets the checkout up first (tools/set-up), so a fresh clone needs nothing else.
.PHONY: set-up check test demo bench lock clean fuzz crash crash-centre flap
PYTHON := .venv/bin/python

set-up:
	@tools/set-up

check: set-up
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache

# three at a time, also on two cores: the tests wait for devices, servers and browsers more than they compute
test: set-up
	@$(PYTHON) -m pytest -n 3 --dist loadfile

demo: set-up
	@$(PYTHON) -m hardware_sim demo --output demo-output $(if $(KEEP),--keep)

# through every decoder, or those with ONLY in their name: make fuzz N=1000000 SECONDS=60 ONLY=SIP2
fuzz: set-up
	@nice $(PYTHON) -m tests.fuzz --inputs $(or $(N),10000000) --seconds $(or $(SECONDS),1800) --only "$(ONLY)"

bench: set-up
	@$(PYTHON) -m tests.benchmarks $(SECTION)

# Power cuts of the journal, then kills of the kiosk; SEED=n plays one story again.
crash: set-up
ifdef SEED
	@$(PYTHON) -m tests.crash.kill --seed $(SEED)
else
	@nice $(PYTHON) -m tests.crash.power --images $(or $(IMAGES),20000)
	@nice $(PYTHON) -m tests.crash.kill --kills $(or $(N),2000)
endif

# Kills of the centre's collectors under load, on SQLite and PostgreSQL: make crash-centre N=200
crash-centre: set-up
	@nice $(PYTHON) -m tests.crash.collector --kills $(or $(N),200)
	@nice $(PYTHON) -m tests.crash.collector --kills $(or $(N),200) --store postgresql

# a day with a link to the ILS that is up 5 s, down 20 s: make flap N=300 SEED=7
flap: set-up
	@$(PYTHON) -m tests.kiosk.flap --operations $(or $(N),300) --seed $(or $(SEED),1)

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv (pip install uv)"; exit 1; }
	@for name in build dev; do \
	  case $$name in dev) source="pyproject.toml --all-extras";; *) source=tools/$$name.in;; esac; \
	  uv pip compile $$source --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header --quiet -o tools/$$name.lock; done

clean:
	@rm -rf .venv demo-output .pytest_cache .mypy_cache .ruff_cache build *.egg-info
