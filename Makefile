# Every target is one line into tools/; nothing has to be installed before.
# The first that runs: on PATH there may be names that lead nowhere (pyenv's shims).
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$p && break; done)
TASKS := $(PYTHON) tools/tasks.py

.PHONY: help venv demo test lint unit quick sanity docs pictures parity fuzz compatibility upstream integration faults dropin porting requests bench bench-scale bench-render bench-index bench-copy bench-repository cluster-up cluster-down clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

venv: ## create the virtual environment of the tools and print its bin folder
	@$(PYTHON) tools/places.py dev

demo: ## a first look at a chart, the life of a release on a real API server, a chart in a real registry; CLUSTER=current uses the cluster of your KUBECONFIG
	@CLUSTER="$(CLUSTER)" $(PYTHON) tools/demo.py

test: ## all of the following parts
	@$(TASKS) test

lint: ## ruff, mypy, import-linter, changelog, documentation, licences, ansible-lint
	@$(TASKS) lint

unit: ## unit tests
	@$(TASKS) unit

quick: ## lint and unit tests of one folder below plugins/, in seconds: ROOM=chart
	@ROOM="$(ROOM)" $(TASKS) quick

sanity: ## ansible-test sanity with empty ignore files on every supported core; galaxy-importer
	@$(TASKS) sanity

docs: ## the documentation site, in .build/docs/site/build/html
	@$(TASKS) docs

pictures: ## regenerate the pictures of README.md from real output
	@$(PYTHON) tools/pictures.py

parity: ## compare rendered output with the real helm, byte for byte
	@$(TASKS) parity

fuzz: ## compare random cases in Helm's packages and in this collection; MINUTES=10, SEED=n repeats a run
	@MINUTES="$(MINUTES)" SEED="$(SEED)" $(TASKS) fuzz

compatibility: ## regenerate docs/compatibility.md; CORPUS="folders" with charts to compare with helm
	@CORPUS="$(CORPUS)" $(TASKS) compatibility

upstream: ## move to other versions of helm and Kubernetes, run parity, report what changed; HELM=4.3.2 KUBERNETES=1.37.2
	@HELM="$(HELM)" KUBERNETES="$(KUBERNETES)" $(PYTHON) tools/upstream.py

integration: ## every module on a real API server in both modes; TARGETS="a b" selects targets
	@TARGETS="$(TARGETS)" $(TASKS) integration

dropin: ## run kubernetes.core's tests for helm on these modules; KUBERNETES_CORE=checkout, CHARTS="folders" and GIT=clone for the charts they use
	@KUBERNETES_CORE="$(KUBERNETES_CORE)" CHARTS="$(CHARTS)" GIT="$(GIT)" TARGETS="$(TARGETS)" $(PYTHON) tools/dropin.py

requests: ## regenerate docs/requests.md: requests of each action to the API server, compared with helm
	@$(TASKS) requests

porting: ## regenerate the tables of docs/porting.md
	@$(TASKS) porting

faults: ## disturb requests in every way, and run races: a part of the table; FAULTS=all for all of it (40 minutes)
	@FAULTS="$(FAULTS)" $(TASKS) faults

bench: ## task times compared with kubernetes.core.helm
	@$(PYTHON) benchmarks/bench.py

bench-scale: ## one release among 1,000, and one with 50 revisions, compared with helm; OTHERS=100 ROUNDS=2 for a quick run
	@OTHERS="$(OTHERS)" ROUNDS="$(ROUNDS)" $(PYTHON) benchmarks/bench_scale.py

bench-index: ## the index of a folder with 2,000 archives, compared with helm repo index
	@$(PYTHON) benchmarks/bench_index.py

bench-repository: ## one chart out of an index of 13 MB, compared with helm pull; ROUNDS=2 for a quick run
	@ROUNDS="$(ROUNDS)" $(PYTHON) benchmarks/bench_repository.py

bench-copy: ## 200 archives of 50 kB copied into a registry, compared with helm pull and helm push
	@"$$($(PYTHON) tools/places.py dev | tail -n 1)/python" benchmarks/bench_copy.py

bench-render: ## rendering times compared with helm template; CHARTS=folder with charts, kube-prometheus-stack among them
	@CHARTS="$(CHARTS)" "$$($(PYTHON) tools/places.py dev | tail -n 1)/python" benchmarks/bench_render.py

cluster-up: ## start a control plane for experiments; prints its kubeconfig
	@$(PYTHON) tools/plane.py up

cluster-down: ## stop that control plane
	@$(PYTHON) tools/plane.py down

clean: ## remove .build (not the cache of built programs)
	@rm -rf .build
