# make app        the guided pages, ready to try on this computer
# make test       everything that is checked before a change is accepted
# make notebooks  write the notebooks anew

PYTHON ?= python3
BIN := .venv/bin

.PHONY: app test notebooks clean

app: .venv/app.stamp
	@exec $(BIN)/eucaim-nb app

notebooks: .venv/app.stamp
	$(BIN)/python -m eucaim_nb.ui.shells

test: .venv/test.stamp
	@bash tests/install_system.sh
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist worksteal

clean:
	rm -rf .venv

# A stamp is written last: an installation that was interrupted is done again, a finished one costs nothing.
.venv/app.stamp: .venv/made.stamp pyproject.toml
	@echo "Installing eucaim-nb into .venv; the first time this takes a few minutes."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[seg]'
	@touch $@

.venv/test.stamp: .venv/made.stamp pyproject.toml
	@echo "Installing eucaim-nb and what its tests need into .venv; the first time this takes a few minutes."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,seg,ocr]'
	@touch $@ .venv/app.stamp

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "eucaim-nb needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1)."; \
	  echo "Install a newer one and name it, for instance: make app PYTHON=python3.12"; exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python is here without its module for virtual environments."; \
	  echo "On Debian and Ubuntu an administrator installs it with: apt install python3-venv"; \
	  echo "Without an administrator: install Miniforge in your home folder, then: make app PYTHON=\$$HOME/miniforge3/bin/python"; \
	  exit 1; } >&2
	@$(PYTHON) -m venv .venv
	@touch $@
