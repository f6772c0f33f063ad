# Every target is one line into tools/; nothing has to be installed before.
# The first that runs: on PATH there may be names that lead nowhere (pyenv's shims).
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$p && break; done)
TASKS := $(PYTHON) tools/tasks.py

.PHONY: help venv demo test lint unit quick sanity docs pictures parity fuzz compatibility integration faults dropin porting requests bench bench-scale bench-render cluster-up cluster-down clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

venv: ## the virtual environment of the tools; prints its bin folder
	@$(PYTHON) tools/places.py dev

demo: ## the life of a release on a real API server; CLUSTER=current uses the cluster of your KUBECONFIG
	@CLUSTER="$(CLUSTER)" $(PYTHON) tools/demo.py

test: ## all of the following parts
	@$(TASKS) test

lint: ## ruff, mypy, import-linter, changelog, documentation, licences, ansible-lint
	@$(TASKS) lint

unit: ## unit tests
	@$(TASKS) unit

quick: ## lint and unit tests of one room in seconds: ROOM=chart
	@ROOM="$(ROOM)" $(TASKS) quick

sanity: ## ansible-test sanity with empty ignore files on every supported core; galaxy-importer
	@$(TASKS) sanity

docs: ## the documentation site, in .build/docs/site/build/html
	@$(TASKS) docs

pictures: ## the pictures of README.md anew, from real output
	@$(PYTHON) tools/pictures.py

parity: ## our renderer against the real helm, byte for byte
	@$(TASKS) parity

fuzz: ## cases by chance through Helm's packages and ours; MINUTES=10, SEED=n runs one again
	@MINUTES="$(MINUTES)" SEED="$(SEED)" $(TASKS) fuzz

compatibility: ## docs/compatibility.md anew; CORPUS="folders" with charts to hold against helm
	@CORPUS="$(CORPUS)" $(TASKS) compatibility

integration: ## every module on a real API server, both ways; TARGETS="a b" picks some
	@TARGETS="$(TARGETS)" $(TASKS) integration

dropin: ## kubernetes.core's own tests for helm on our modules; KUBERNETES_CORE=checkout, CHARTS="folders" and GIT=clone for the charts they use
	@KUBERNETES_CORE="$(KUBERNETES_CORE)" CHARTS="$(CHARTS)" GIT="$(GIT)" TARGETS="$(TARGETS)" $(PYTHON) tools/dropin.py

requests: ## docs/requests.md anew: how often each verb asks the API server, ours beside helm's
	@$(TASKS) requests

porting: ## the tables of docs/porting.md anew
	@$(TASKS) porting

faults: ## every request disturbed in every way, and races: a part of the table; FAULTS=all for the whole (40 minutes)
	@FAULTS="$(FAULTS)" $(TASKS) faults

bench: ## task times beside kubernetes.core.helm
	@$(PYTHON) benchmarks/bench.py

bench-scale: ## one release among 1,000, and one of 50 revisions, beside helm; OTHERS=100 ROUNDS=2 for a quick look
	@OTHERS="$(OTHERS)" ROUNDS="$(ROUNDS)" $(PYTHON) benchmarks/bench_scale.py

bench-render: ## rendering beside helm template; CHARTS=folder with charts, kube-prometheus-stack among them
	@CHARTS="$(CHARTS)" $(PYTHON) benchmarks/bench_render.py

cluster-up: ## a control plane to play with; prints its kubeconfig
	@$(PYTHON) tools/plane.py up

cluster-down: ## ends it
	@$(PYTHON) tools/plane.py down

clean: ## removes .build (not the cache of built programs)
	@rm -rf .build
