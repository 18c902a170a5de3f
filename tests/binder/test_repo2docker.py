"""What repo2docker makes of this repository, without building it."""

import os
import subprocess
import sys

import pytest
import yaml
from repo2docker.app import Repo2Docker

from tests.binder.session import BINDER, ROOT


def test_repo2docker_takes_conda_python_3_12_and_the_environment_of_the_binder_folder(monkeypatch):
    monkeypatch.chdir(ROOT)
    found = next(pack for make in Repo2Docker().buildpacks if (pack := make(None)).detect())
    assert type(found).__name__ == "CondaBuildPack"
    assert found.binder_path("environment.yml") == "binder/environment.yml"
    assert found.environment_yaml == yaml.safe_load((BINDER / "environment.yml").read_text())
    assert found.python_version == "3.12"


def test_dockerfile_runs_postbuild_and_starts_every_session_with_start():
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "--user-id=1000", "--user-name=jovyan"]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    dockerfile = done.stdout + done.stderr
    assert "./binder/postBuild" in dockerfile
    assert 'ENV R2D_ENTRYPOINT="/home/jovyan/binder/start"' in dockerfile.replace("${REPO_DIR}", "/home/jovyan")
    assert "binder/environment.yml" in dockerfile


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_script_can_be_run_and_stops_at_its_first_error(name):
    script = BINDER / name
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], timeout=10).returncode == 0
    assert "set -euo pipefail\n" in script.read_text()


def test_environment_needs_nothing_of_this_computer():
    environment = yaml.safe_load((BINDER / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge"]
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    # A local path would be built after the repository was copied, so that every change builds everything anew.
    assert not [name for name in pip if name.startswith((".", "/", "-", "file:"))]
