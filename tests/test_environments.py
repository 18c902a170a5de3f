"""The conda environments install what the package and its extra seg ask for, no more and no less."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ["environment.yml", "binder/environment.yml"]


@pytest.mark.parametrize("file", ENVIRONMENTS)
def test_environment_yml_and_pyproject_name_the_same_packages_and_versions(file):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((ROOT / file).read_text())["dependencies"]
    names = [entry for entry in environment if isinstance(entry, str)]
    pip = next(entry["pip"] for entry in environment if isinstance(entry, dict))
    python = next(name for name in names if name.startswith("python="))
    floor = re.fullmatch(r">=3\.(\d+)", project["requires-python"])
    assert int(python.rpartition(".")[2]) >= int(floor[1])
    ours = {name for name in names if name not in ("pip", python)} | set(pip)
    assert ours == {*project["dependencies"], *project["optional-dependencies"]["seg"]}


def test_binder_is_given_each_package_from_the_same_place_as_environment_yml():
    first, second = (yaml.safe_load((ROOT / file).read_text()) for file in ENVIRONMENTS)
    assert first["channels"] == second["channels"]
    assert sorted(map(str, first["dependencies"])) == sorted(map(str, second["dependencies"]))
