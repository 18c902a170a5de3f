"""The conda environment installs what the package asks for, no more and no less."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def test_environment_yml_and_pyproject_name_the_same_packages_and_versions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    names = [entry for entry in environment if isinstance(entry, str)]
    pip = next(entry["pip"] for entry in environment if isinstance(entry, dict))
    python = next(name for name in names if name.startswith("python="))
    floor = re.fullmatch(r">=3\.(\d+)", project["requires-python"])
    assert int(python.rpartition(".")[2]) >= int(floor[1])
    ours = {name for name in names if name not in ("pip", python)} | set(pip)
    assert ours == set(project["dependencies"])
