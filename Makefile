# Everything a contributor types; `make` alone lists it.
SHELL = /bin/sh
.DEFAULT_GOAL := help

# To Ansible the checkout is the collection inet6.postfix, in a tree that tests/setup.sh makes. What Ansible writes stays
# in the checkout too: no Galaxy, no network, nothing in the user's home.
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.build/collections
export ANSIBLE_HOME := $(CURDIR)/.build/ansible

# Programs of .venv that call each other by name (ansible-lint calls ansible-playbook) find each other.
IN_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"
RUN := .venv/bin/python
LAB := PYTHONPATH=tests $(RUN) -m lab

.PHONY: help setup demo demo-report test test-quick lint unit controllers browser sanity molecule load rollout-test matrix mail-flow report-pictures bench-validate bench-mail-log bench-fleet oracle oracle-quick traps release-test reference importer release-check release lock clean distclean

help:  ## This list
	@sed -n 's/^\([a-z-]*\):.*##/\1 #/p' Makefile | while IFS='#' read -r target text; do \
		printf '  make %-16s%s\n' "$$target" "$$text"; done

setup:  ## Make .venv with everything pinned (the other targets do it by themselves)
	@tests/setup.sh

demo: setup  ## Turn IPv6 on in a real Postfix, on a host in Docker, and leave it up to look at
	@$(IN_VENV) PYTHONPATH=tests python -m lab.demo

test: setup  ## All tests, two at a time
	@$(LAB) ready
	@$(IN_VENV) $(RUN) tests/jobs.py lint unit controllers browser sanity release-test oracle-quick molecule

test-quick: setup  ## The tests that need no container
	@$(RUN) tests/jobs.py lint unit sanity

lint: setup  ## ansible-lint, yamllint, ruff, mypy, shellcheck, changelog fragments, documentation of plugins
	.venv/bin/ruff check --output-format concise
	.venv/bin/mypy
	.venv/bin/shellcheck .ci/run tests/*.sh tests/lab/recipe/*.sh molecule/*/files/*.sh
	.venv/bin/antsibull-changelog lint
	$(IN_VENV) antsibull-docs lint-collection-docs --plugin-docs --disallow-unknown-collection-refs .
	.venv/bin/yamllint --strict .
	$(IN_VENV) ansible-lint --offline -q
	$(IN_VENV) ansible-lint --offline -q awx/project/playbooks

unit: setup  ## Unit tests (ARGS='-k name' goes to pytest)
	$(RUN) -m pytest $(ARGS)

browser: setup  ## The report in a real Chromium, which is installed where it is missing (ARGS='-k sorts' goes to pytest)
	$(RUN) -m pytest tests/browser $(ARGS)

controllers: setup  ## Values under each ansible-core, and the set-up of AWX, by its own modules
	$(RUN) -m pytest tests/controllers $(ARGS)

sanity: setup  ## ansible-test sanity (ARGS='--test pylint' goes to ansible-test)
	@$(RUN) tests/sanity.py $(ARGS)

molecule: setup  ## Molecule scenarios, two at a time (SCENARIO=default runs one)
	@$(LAB) ready
	@$(IN_VENV) $(RUN) tests/jobs.py $(SCENARIO)

load: setup  ## Restart Postfix by the role under load: no mail lost or repeated, a short outage (N=20 cycles)
	@$(IN_VENV) PYTHONPATH=tests:molecule/shared python benchmarks/load.py $(or $(N),20)

rollout-test: setup  ## Roll out over twenty hosts, one of which fails
	@$(LAB) ready bookworm
	@$(IN_VENV) $(RUN) tests/jobs.py rollout

mail-flow: setup  ## Send mail every way between real hosts, and write the tables of docs/mail-flow.md anew
	@$(LAB) ready bookworm trixie
	@$(IN_VENV) MAIL_FLOW_WRITES=1 $(RUN) tests/jobs.py mail_flow

demo-report: setup  ## The report of a small fleet with hosts of each verdict, in build/report
	@$(IN_VENV) PYTHONPATH=tests python -m lab.demo.report

report-pictures: demo-report  ## Make the pictures in docs/report.md anew
	PYTHONPATH=.build/collections:tests $(RUN) -m browser

matrix: setup  ## Unit tests under each ansible-core and Python, the role on hosts with each Python (ARGS='-s target')
	@$(IN_VENV) PYTHONPATH=tests python -m nox $(ARGS)

bench-validate: setup  ## How fast the validator is, beside ipaddress and postmap
	@PYTHONPATH=tests:.build/collections $(RUN) benchmarks/validate.py

bench-mail-log: setup  ## How fast a mail log is summed up, beside pflogsumm (BYTES=1000000000)
	@PYTHONPATH=.build/collections $(RUN) benchmarks/mail_log.py $(BYTES)

bench-fleet: setup  ## What runs cost on a fleet, beside a ping and a playbook by hand (N=40 FLEET_WRITES=1 for the page)
	@$(IN_VENV) PYTHONPATH=tests:benchmarks python -m fleet $(or $(N),40)

oracle: setup  ## Hold the validator against every Postfix of the lab, with a million values (N=10000000 for more)
	@PYTHONPATH=tests $(RUN) -m oracle run --values $(or $(N),1000000)

oracle-quick: setup  ## The same in two minutes, with everything that is tried beside generated values
	@$(LAB) ready
	@PYTHONPATH=tests $(RUN) -m oracle quick

traps: setup  ## Write docs/traps.md anew from the table of known traps
	PYTHONPATH=tests $(RUN) -m oracle.traps

reference: setup  ## Write docs/reference anew from the documentation of the plugins and the role
	@$(IN_VENV) PYTHONPATH=tests python -m release.reference

release-test: setup  ## The tarball, its documentation, and a release in a repository of its own (ARGS='-k tarball')
	$(IN_VENV) python -m pytest tests/release $(ARGS)

importer: setup  ## What Galaxy's own importer says of the tarball
	@$(IN_VENV) PYTHONPATH=tests python -m release.importer

release-check: setup  ## What a release has to pass beside `make test`
	@$(IN_VENV) PYTHONPATH=tests python -m release
	@$(LAB) ready
	@$(IN_VENV) $(RUN) tests/jobs.py release-test importer tarball
	@$(MAKE) --no-print-directory matrix

release: setup  ## Make a release in this checkout, and publish nothing: VERSION=0.2.0
	@$(IN_VENV) PYTHONPATH=tests python -m release $(VERSION)

lock:  ## Pin the newest versions of tests/requirements.in in tests/requirements.txt
	python3 -m venv .build/uv && .build/uv/bin/pip install --quiet uv
	cd tests && ../.build/uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--fork-strategy requires-python --no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
		requirements.in --output-file requirements.txt

clean:  ## Remove the demo's host and all containers of the tests
	@if [ -x $(RUN) ]; then $(LAB) clean; fi

distclean: clean  ## The same, and .venv and .build
	rm -rf .venv .build build
