"""Health-RI's own harvester, img2catalog, where it is installed: does it find the published project?"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from eucaim_nb.errors import EucaimError, SettingsError
from eucaim_nb.nodes import Credentials, connect
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

PROGRAM = "img2catalog"
_SECONDS = 600
_SIGN_IN = ("XNAT_USER", "XNAT_PASS", "XNATPY_USER", "XNATPY_PASS")
_DATASET = "http://www.w3.org/ns/dcat#Dataset"


@dataclass(frozen=True, slots=True)
class Harvest:
    """What the harvester took: `found` tells whether the workspace's project is among the `datasets`."""

    found: bool
    datasets: int

    @property
    def sentence(self) -> str:
        """It in words."""
        if self.found:
            return f"The harvester finds the project, among {self.datasets:,} datasets of the node."
        return (
            f"The harvester takes {self.datasets:,} datasets of the node, and the project is not among them. It passes "
            "over private projects, and those without description or name of the investigator: see page 11."
        )


def harvests(workspace: Workspace) -> bool:
    """Tell whether the node of a workspace is harvested at all."""
    return bool(node_defaults()[workspace.settings.node]["family"] == "health-ri")


def harvest(workspace: Workspace) -> Harvest:
    """Run img2catalog on the workspace's node as everybody sees it, without signing in; nothing is published.

    Raises
    ------
    SettingsError
        The node is not harvested, the project is not set, or img2catalog is not installed.
    EucaimError
        It ended without a result.
    """
    if not harvests(workspace):
        raise SettingsError("Only the Health-RI node is harvested. At UPV, releasing the dataset is enough.")
    if not workspace.settings.project:
        raise SettingsError("The name of the project is not set. Enter it on the Start page.")
    program = shutil.which(PROGRAM)
    if program is None:
        raise SettingsError(
            "img2catalog is not installed. It is optional: pipx install img2catalog, then try again, or have the "
            "registration tell."
        )
    settings = connect(workspace, Credentials()).settings
    url = settings.address(str(settings.ready.get("url") or settings.text("site")), "address")
    with tempfile.TemporaryDirectory() as folder:
        return _read(_run(program, url, Path(folder)), workspace.settings.project)


def _run(program: str, url: str, folder: Path) -> Path:
    found = folder / "found.ttl"
    environment = {name: value for name, value in os.environ.items() if name not in _SIGN_IN}
    try:
        done = subprocess.run(
            [program, "xnat", "--server", url, "map-xnat-hriv2", "rdf", "--output", str(found)],
            cwd=folder,
            env=environment,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EucaimError("img2catalog did not end. Is the node reachable without signing in?") from error
    if done.returncode or not found.is_file():
        raise EucaimError(
            f"img2catalog ended with status {done.returncode} and without a result. Does the node let people look who "
            "are not signed in? Run it by hand to see what it says."
        )
    return found


def _read(turtle: Path, project: str) -> Harvest:
    from rdflib import RDF, Graph, URIRef

    datasets = {str(one) for one in Graph().parse(turtle, format="turtle").subjects(RDF.type, URIRef(_DATASET))}
    return Harvest(any(one.rstrip("/").endswith(f"/projects/{project}") for one in datasets), len(datasets))
