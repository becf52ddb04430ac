# Two commands matter: `make lab` to take the course, `make test` to check it.
# Where there is no make, `python .ci/install.py` and the scripts beside it do the same.

PYTHON ?= python3
VENV := .venv/bin/python
NOTEBOOKS ?= $(wildcard notebooks/*.ipynb)

.DEFAULT_GOAL := help
.PHONY: help lab test export format images pages site explore slides frames notebooks solutions checkpoints classroom classroom-test benchmark lock clean installed installed-site installed-test installed-classroom installed-peers

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: installed  ## open the course in JupyterLab (the first call installs it, later ones start in seconds)
	@$(VENV) .ci/lab.py

test: installed-test  ## check everything: ruff, unit tests, notebooks, browser tests (ONLY="unit" for one stage)
	@$(VENV) .ci/run_tests.py $(ONLY)

export: installed  ## make an HTML page of a notebook, beside it, for any browser, offline (NOTEBOOK=notebooks/...)
	@$(VENV) -m course_utils.export $(if $(NOTEBOOK),"$(NOTEBOOK)")

format: installed-test  ## let ruff mend and format code and notebooks
	@$(VENV) -m ruff check --fix --quiet . ; $(VENV) -m ruff format .

images: installed  ## draw the static diagrams in notebooks/images/ anew
	@$(VENV) -m course_utils.diagrams notebooks/images

pages: installed  ## make every explorer a page that moves without Python, in build/pages/ (NAMES="..." for some)
	@OMP_NUM_THREADS=1 $(VENV) -m course_utils.pages $(NAMES)

site: installed-site  ## make the course a site for any browser, offline and without a kernel, in build/site/
	@OMP_NUM_THREADS=1 $(VENV) -m course_utils.site

explore: installed-site  ## open the site's page of all explorers, made if it is old
	@OMP_NUM_THREADS=1 $(VENV) -m course_utils.site --open

slides: installed  ## make a lecture deck of each notebook, for any browser, offline, in build/slides/ (NOTEBOOKS="..." for some)
	@OMP_NUM_THREADS=1 $(VENV) -m course_utils.slides $(NOTEBOOKS)

frames: installed-test  ## draw the frames that pictures are tested against anew, then look at them (NAMES="..." for some)
	@OMP_NUM_THREADS=1 $(VENV) -m tests.frames $(NAMES)

notebooks: installed-test  ## run notebooks top to bottom and store their outputs (NOTEBOOKS="..." for some)
	@$(VENV) .ci/store_notebooks.py $(NOTEBOOKS)

solutions: installed  ## write solved copies of the notebooks, for the lecturer, into build/solutions/ (NOTEBOOKS="..." for some)
	@$(VENV) -m course_utils.solutions $(NOTEBOOKS)

# A store of its own for every restart: in a shared one a rank can read where another one was before.
TORCHRUN = -m torch.distributed.run --standalone --max-restarts=3 --nproc-per-node=$(RANKS)

checkpoints: installed  ## train anew the checkpoints that are missing or broken (RANKS=2 on two processes, docs/many-machines.md)
	@TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 $(if $(RANKS),OMP_NUM_THREADS=1) $(VENV) $(if $(RANKS),$(TORCHRUN)) -m course_utils.checkpoints $(if $(SPLIT),--split) $(NAMES)

classroom: installed-classroom  ## try the course as a class would have it: a JupyterHub on this machine alone (PORT=8000, USERS=2)
	@$(VENV) deploy/jupyterhub/trial.py $(if $(PORT),--port $(PORT)) $(if $(USERS),--users $(USERS))

classroom-test:  ## check that hub: restarts, limits, separate learners (a minute or two, best as root)
	@$(PYTHON) .ci/install.py --test --classroom
	@$(VENV) .ci/run_tests.py classroom

benchmark: installed-peers  ## measure what is claimed about speed, other libraries beside it, and write docs/performance.md (PARTS="..." for some)
	@.venv-peers/bin/python -m benchmarks $(PARTS)

lock:  ## pin in requirements.lock the newest versions that pyproject.toml admits
	@$(PYTHON) .ci/lock.py

clean:  ## remove .venv, .venv-peers and caches
	@rm -rf .venv .venv.lock .venv-peers .venv-peers.lock build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

installed:
	@$(PYTHON) .ci/install.py

installed-peers:
	@$(PYTHON) .ci/install.py --peers

installed-site:
	@$(PYTHON) .ci/install.py --site

installed-test:
	@$(PYTHON) .ci/install.py --test

installed-classroom:
	@$(PYTHON) .ci/install.py --classroom
