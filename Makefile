# One command for each thing one does here. The first one that needs it sets up .venv; after that they start at once.
#
#   make                          this list
#   make call                     place a call without a phone: no key, no network
#   make call SCENARIO=gas_leak   another caller ("all": every scenario, with the model and with the model down)
#   make call FAULT=openai:down   the same call while something is broken
#   make call MODEL=real          the same call with OpenAI itself (needs OPENAI_API_KEY in .env)
#   make call FAST=1              the same call as fast as this machine can, on virtual time (SEED=7: other delays)
#   make call ENV=.env            the same call at your own business: its name, fee, hours, ZIPs; no key of the file
#   make talk                     talk to the agent without a phone, in the browser: what has its keys in .env is itself, the
#                                 rest stands in (PORT=7861 ENV=.env)
#   make quick                    lint, and the unit tests that depend on what changed: under a minute
#   make test                     all tests, the coverage's floor, and some twenty whole calls: some minutes
#   make test-calls               every whole call, a cut of the chaos matrix, crash and deploy, every example
#   make first-day                an operator's first day in a fresh copy, everybody outside standing in: doctor, number, ring
#   make chaos                    break every part at every moment of whole calls; writes docs/what-breaks.md
#   make chaos-mutations          take one protection away after the other: the matrix must turn red
#   make crash                    kill the bot at every moment of whole calls: nothing lost, nothing doubled
#   make crash-away               kill the bot 30 times while its database is away: every visit is a job
#   make ending                   tell it to end while Postgres, the dashboard, V2 or OpenAI hangs: it ends, nothing is lost
#   make deploy-drill             move ten live calls to another machine, as a deploy does: nobody is hung up on
#   make contract                 ask the stand-ins what docs/contract.md says; V2=https://... DASHBOARD=https://... asks real
#                                 servers, with the keys in .env: nothing is written there
#   make capacity                 how much of a core live calls take, and so how many a machine carries
#   make starved                  leave the bot a quarter of its core under ten live calls: nobody is hung up on
#   make overload                 forty callers ring at once, on half a core: who is let in is served, the others are leads
#   make bench                    callers at once on one core, beside the canonical Pipecat bot: what a turn adds, CPU, memory
#   make snapshot-cost            what the snapshot of every turn costs the live calls
#   make eval                     how much of what callers say the rules read right, and every miss
#   make explain SAY="yes but Friday" QUESTION=read_back   how the rules read one turn, and why
#   make coverage                 the unit tests, and which lines and branches of the service they leave out
#   make lint                     ruff, the walls between the packages, and mypy: seconds
#   make fmt                      format, and mend what ruff can mend by itself
#   make hooks                    from now on git commit runs lint on what is committed
#   make run                      the service itself, with the settings of .env
#   make doctor                   every link of a call, from the settings of .env: its state, its cause, what to do
#   make number-show              where calls to TWILIO_PHONE_NUMBER go; number-point lets them come here (YES=1: do not ask),
#                                 number-restore brings back what was before
#   make ring TO=+15125550100     a real phone rings, and whoever answers is the caller; followed until it is over
#   make secrets                  set Fly's secrets from .env, and show none of them
#   make deploy                   fly deploy, once everything is ready for it: SKIP_TESTS=yes leaves out make test alone
#   make image-check              the Dockerfile's steps in a clean folder, without Docker
#   make lock                     pin the newest versions that pyproject.toml allows
#   make setup                    .venv alone, as every command sets it up that needs it
#   make postgres                 install a Postgres for the tests with several machines: as root, on Debian
#   make chromium                 install a Chromium for the tests of the pages: as root, on Debian
#   make clean                    remove .venv and everything else that can be made again
#
# PYTHON=python3.12 chooses another interpreter for .venv; ARGS="-k breaker" goes to pytest.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Named after the content of the lock: a lock that changed is installed, one that was only touched is not.
STAMP := $(VENV)/.installed-$(firstword $(shell cksum requirements-dev.lock))
PYTEST = $(PY) -m pytest -q -n auto --dist loadgroup
UNIT := not calls and not slow
MEASURED := not calls and (not slow or measured)

.DEFAULT_GOAL := help
.PHONY: help setup call talk quick test test-calls explain coverage first-day chaos chaos-mutations crash crash-away ending deploy-drill capacity starved overload contract snapshot-cost bench postgres chromium eval lint fmt hooks run secrets doctor number-show number-point number-restore ring deploy image-check lock clean
MAKEFLAGS += --no-print-directory
# Modules are compiled once: a service that is started a hundred times would else spend seconds on it each time.
unexport PYTHONDONTWRITEBYTECODE

help:
	@sed -n '2,/^$$/s/^# \{0,1\}//p' Makefile

setup: $(STAMP)

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)." >&2; \
	  echo "Install it, or name it: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@echo "Setting up $(VENV): about 100 packages, a few minutes, once."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); echo "$(PYTHON) cannot make virtual environments (on Debian: apt install python3-venv)." >&2; exit 1; }
	@$(PY) -m pip install --disable-pip-version-check --no-input --require-hashes -r requirements-dev.lock
	@echo "Compiling, so that the first start is as quick as the next."
	@$(PY) -m compileall -q -q -j 0 $(VENV)/lib || true
	@rm -f $(VENV)/.installed-*
	@touch $@
	@echo "Rendering the bot's fixed lines, for calls on virtual time."
	@$(PY) -m simulator.rig.fixed_lines || true

# What may stand on the command line beside a target; beside all others ARGS alone. make itself would take any other name
# without a word, and do something else than what was meant: place another call, deploy with another file.
TAKES.call := SCENARIO FAULT MODEL FAST SEED ENV TO ARGS
TAKES.talk := PORT ENV ARGS
TAKES.ring := TO
TAKES.number-point := YES ARGS
TAKES.number-restore := YES ARGS
TAKES.contract := V2 DASHBOARD ARGS
TAKES.explain := SAY QUESTION ARGS
TAKES.deploy := SKIP_TESTS CONFIG FLY ARGS
TAKES.secrets := ENV CONFIG FLY
TAKEN := $(sort $(foreach goal,$(MAKECMDGOALS),$(or $(TAKES.$(goal)),ARGS)))
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
STRANGE := $(filter-out PYTHON VENV STAMP PYTEST MAKE_PROGRAM $(TAKEN),$(GIVEN))
ifneq ($(STRANGE),)
NEAR := $(foreach name,$(STRANGE),$(shell $(PYTHON) -c 'import difflib, sys; \
  print(*difflib.get_close_matches(sys.argv[1].upper(), sys.argv[2:], 1, 0.5))' '$(name)' $(TAKEN)))
$(error make $(MAKECMDGOALS) takes no $(STRANGE)$(if $(NEAR), (did you mean $(NEAR)?)). It takes: $(TAKEN))
endif

call: $(STAMP)
	@test -z "$(filter-out real,$(MODEL))" || { echo "MODEL can only be: real" >&2; exit 2; }
	@$(if $(TO),$(PY) -m desk ring '$(TO)',$(PY) -m simulator $(if $(SCENARIO),--scenario '$(SCENARIO)') \
	  $(if $(FAULT),--fault '$(FAULT)') $(if $(MODEL),--real-model) $(if $(ENV),--env '$(ENV)') $(if $(filter-out 0 no false,$(FAST)),--fast) \
	  $(if $(SEED),--seed '$(SEED)') $(ARGS))

talk: $(STAMP)
	@$(PY) -m simulator.talk $(if $(PORT),--port '$(PORT)') $(if $(ENV),--env '$(ENV)') $(ARGS)

first-day: $(STAMP)
	@$(PY) -m simulator.drills.first_day

chaos: $(STAMP)
	@$(PY) -m simulator.drills.chaos --doc docs/what-breaks.md $(ARGS)

chaos-mutations: $(STAMP)
	@$(PY) -m simulator.drills.mutations $(ARGS)

crash: $(STAMP)
	@$(PY) -m simulator.drills.crash $(ARGS)

crash-away: $(STAMP)
	@$(PY) -m simulator.drills.crash_away $(ARGS)

ending: $(STAMP)
	@$(PY) -m simulator.drills.ending $(ARGS)

deploy-drill: $(STAMP)
	@$(PY) -m simulator.drills.deploy_drill $(ARGS)

capacity: $(STAMP)
	@$(PY) -m simulator.drills.capacity $(ARGS)

starved: $(STAMP)
	@$(PY) -m simulator.drills.starved $(ARGS)

overload: $(STAMP)
	@$(PY) -m simulator.drills.overload $(ARGS)

contract: $(STAMP)
	@$(PY) -m simulator.contract $(if $(V2),--v2 '$(V2)') $(if $(DASHBOARD),--dashboard '$(DASHBOARD)') $(ARGS)

snapshot-cost: $(STAMP)
	@$(PY) -m bench.snapshot_cost $(ARGS)

bench: $(STAMP)
	@$(PY) -m bench.calls $(ARGS)

# For the tests with several machines, which start a Postgres of their own.
postgres:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { \
	    echo "Postgres is missing; as root on Debian: make postgres. Its tests are skipped." >&2; exit 0; }; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null; }

# For the tests of the pages about calls, which look at them in a browser.
chromium:
	@command -v chromium >/dev/null || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { \
	    echo "Chromium is missing; as root on Debian: make chromium. Its tests are skipped." >&2; exit 0; }; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; }

eval: $(STAMP)
	@$(PY) -m bench.evaluate $(ARGS)

explain: $(STAMP)
	@test -n '$(subst ','\'',$(SAY))' || { echo 'Say what: make explain SAY="yes but Friday" QUESTION=read_back' >&2; exit 2; }
	@$(PY) -m bench.explain $(if $(QUESTION),--question '$(QUESTION)') $(ARGS) -- '$(subst ','\'',$(SAY))'

# The walls have two halves: import-linter's between the packages, and ours around the root modules. Fast enough for no cache.
lint: $(STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports --no-cache --no-logo
	$(PY) -m tests.support.layout
	$(PY) -m mypy

fmt: $(STAMP)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

hooks: $(STAMP)
	$(VENV)/bin/pre-commit install

# 5 is pytest's word for no test: all that depend on the change are slow or whole calls.
quick: lint
	@tests="$$($(PY) -m tests.support.changed)" && { $(PYTEST) -m "$(UNIT)" $(ARGS) $$tests || test $$? = 5; }

# The floor is for all of them, so not for those that ARGS chooses.
coverage: $(STAMP)
	@$(PYTEST) -m "$(MEASURED)" --cov $(if $(ARGS),--cov-fail-under=0) $(ARGS)

# Only the unit tests and the operator's commands are measured: it makes them half as long again, and what the others start are other processes.
# No test needs a quiet or fast machine: bench/under_load.sh runs this beside busy loops.
test: lint
	@$(if $(ARGS),$(PYTEST) -m "not calls" $(ARGS),$(PYTEST) -m "$(MEASURED)" --cov --cov-report= && $(PYTEST) -m "slow and not calls and not measured")

# The properties with all their examples; then the calls, of which each module runs as many at once as there are cores.
test-calls: $(STAMP)
	@$(PY) -m pytest -q -n auto --dist loadgroup --hypothesis-profile=thorough $(ARGS) \
	  $$(grep -rl --include='test_*.py' '^from tests.support.property_examples import' tests)
	@$(PY) -m pytest -q --durations=10 -m calls $(ARGS)

run: $(STAMP)
	@test -f .env || { echo "There is no .env yet: cp .env.example .env, and fill in the first six lines." >&2; exit 1; }
	@exec $(PY) bot.py

doctor: $(STAMP)
	@$(PY) -m desk doctor $(ARGS)

number-show: $(STAMP)
	@$(PY) -m desk number show

number-point number-restore: $(STAMP)
	@$(PY) -m desk number $(subst number-,,$@) $(if $(filter-out 0 no false,$(YES)),--yes) $(ARGS)

ring: $(STAMP)
	@test -n "$(TO)" || { echo "Say whom: make ring TO=+15125550100" >&2; exit 2; }
	@$(PY) -m desk ring '$(TO)'

# Refused while anything is not ready: desk/deploy.py says what, and what to do. A recipe that names MAKE itself is run
# under `make -n` and -t as well, and this one must not.
MAKE_PROGRAM = $(MAKE)
deploy: $(STAMP)
	@$(PY) -m desk.deploy --fly '$(FLY)' --make '$(MAKE_PROGRAM)' $(if $(CONFIG),--config '$(CONFIG)') \
	  $(if $(SKIP_TESTS),--skip-tests '$(SKIP_TESTS)') -- $(ARGS)

secrets: $(STAMP)
	@$(PY) -m desk.deploy --fly '$(FLY)' $(if $(CONFIG),--config '$(CONFIG)') --secrets '$(or $(ENV),.env)'

image-check: $(STAMP)
	@$(PY) -m tests.support.image_check --python $(PYTHON)

lock: $(STAMP)
	$(PY) -m uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements.lock
	$(PY) -m uv pip compile -q pyproject.toml --extra simulator --extra talk --extra otel --extra dev -c requirements.lock --universal \
	  --python-version 3.11 --generate-hashes --upgrade --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links -o requirements-dev.lock

clean:
	rm -rf $(VENV) data calls .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
