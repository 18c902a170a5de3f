"""The whole procedure by commands alone, from a folder of images to an entry in the catalogue and a sealed dossier."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eucaim_nb.reference import actions, papers
from eucaim_nb.workspace import open_workspace

IDENTIFIER = "1a1a6653-975a-4a0a-a79b-b2bfc7317119"
AT_UPV = {
    "version": "1.0.0",
    "purpose": "research on practice",
    "type": "original",
    "collectionMethod": "patient-based",
    "provenance": "our PACS",
    "license": "CC BY 4.0",
}
AT_HEALTH_RI = {
    "name": "Practice cohort",
    "description": "Images of invented people",
    "keywords": "practice,CT",
    "pi_firstname": "Ada",
    "pi_lastname": "Example",
}
RECORD = {
    "dct:title": "Practice cohort",
    "dct:description": "Images of invented people",
    "dct:provenance": "Made by a program",
    "dcat:version": "1.0.0",
    "dcat:keyword": "practice",
    "dcat:contactPoint/vcard:hasEmail": "data@hospital.example",
    "dct:publisher/foaf:name": "Hospital of Practice",
    "dct:publisher/cv:contactPoint/cv:email": "data@hospital.example",
    "dct:accessRights": "access:RESTRICTED",
    "dcat:distribution/dct:rights": "conditions:access-conditions/#IN_SITU_PROCESSING",
    "eucaim:interoperabilityLevel": "eucaim:SPEC1000009",
    "eucaim:hasCondition": "eucaim:CLIN1000057",
    "eucaim:collectionMethod": "eucaim:SPEC1000004",
}
TYPES = ("eucaim:SPEC1000019", "dpv:PseudonymisedData")

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    path = tmp_path / "signed.pdf"
    path.write_bytes(b"%PDF-1.7 signed by both sides")
    return path


@pytest.mark.timeout(600)
@pytest.mark.parametrize("node", ["practice-upv", "practice-health-ri"])
def test_every_action_of_the_procedure_is_done_with_evidence(node, commands, practice, signed, tmp_path):
    run, ws, cohort = commands.run, tmp_path / "ws", tmp_path / "cohort"
    run("sample", cohort, "--patients", 5)
    run("init", ws, "--node", node, "--practice", tmp_path / "ready.json", "--site-id", "0042")

    paperwork(run, ws, signed)
    images(run, ws, cohort)
    clinical_data(run, ws, cohort)
    dataset(run, ws, node)
    registration(run, ws, node)

    status, board = run("status", ws)
    assert status == 0
    states = {action["id"]: action["state"] for action in board["actions"]}
    assert states == {action.id: "done" for action in actions()}

    status, made = run("dossier", ws)
    assert status == 0
    assert run("dossier", "verify", made["file"])[1]["valid"]
    (ws / "clinical" / "mapping.json").write_text("{}")
    status, found = run("dossier", "verify", made["file"])
    assert (status, found["valid"], found["changed"]) == (1, False, ["clinical/mapping.json"])


def paperwork(run: Run, ws: Path, signed: Path) -> None:
    for paper in (one for one in papers() if not one.optional):
        run("paper", ws, paper.id, "--file", signed)
    status, drafted = run("dta", ws)
    assert (status, len(drafted["files"])) == (1, 2)  # nobody has answered its questions
    run("dta", ws, "--signed", signed, "--note", "signed by both sides")
    for action in ("documentation", "familiar", "eucaim-user", "ingester-account", "ingestion-tool", "node-user"):
        assert run("record", ws, action, "--note", "done while practising", "--file", signed)[0] == 0
    assert run("login", ws)[1]["missing"] == []


def images(run: Run, ws: Path, cohort: Path) -> None:
    assert run("scan", ws, cohort / "dicom")[1]["instances"] > 0
    assert run("record", ws, "extract", "--note", "what is unreadable was planted")[0] == 0
    status, made = run("segment", ws, "--masks", cohort / "masks", "--labels", cohort / "masks" / "labels.json")
    assert (status, made["refused"]) == (0, [])
    assert made["written"] > 0
    done = run("deidentify", ws)[1]
    assert done["verified"] == done["written"]
    assert run("risk", ws)[1]["leaks"] == 0
    assert run("record", ws, "risk", "--note", "acceptable: invented people")[0] == 0
    assert run("quality", ws)[1]["blocking"] == 1  # planted: one study with two ages
    for uid in series_with_errors(ws):
        status, checked = run("quality", ws, "--leave-out", uid, "--reason", "its study has two ages")
    assert checked["blocking"] == 0
    sent = run("upload", ws, "images")[1]
    assert sent["verified"] == sent["queued"] > made["written"]
    assert run("verify", ws)[0] == 0


def series_with_errors(ws: Path) -> list[str]:
    """Return every series but one of the study with an error."""
    ledger = open_workspace(ws).ledger
    found = ledger.quality.findings(ledger.quality.runs()[0].scope)
    [study] = {one.study_uid for one in found if one.severity == "ERR"}
    return sorted({row.series_uid for row in ledger.index.series() if row.study_uid == study})[1:]


def clinical_data(run: Run, ws: Path, cohort: Path) -> None:
    table = cohort / "clinical" / "clinical.csv"
    run("clinical", ws, table, "--template", "generic", "--constant", "population=Patient with Cancer")
    mapping = ws / "clinical" / "mapping.json"
    content = json.loads(mapping.read_text())
    content["subjects"]["normalise"] = ["trim", "zero-pad:7"]
    mapping.write_text(json.dumps(content))
    prepared = run("clinical", ws, table, "--mapping", mapping)[1]
    assert (prepared["errors"], prepared["rows_in"]) == (0, prepared["rows_out"] + prepared["dropped"])
    sent = run("upload", ws, "clinical", "--override", "one patient has no row")[1]
    assert (sent["failed"], sent["verified"]) == (0, sent["sent"])
    assert sent["sent"] > 0


def dataset(run: Run, ws: Path, node: str) -> None:
    if node == "practice-upv":
        assert run("dataset", ws, "create", "name=Practice cohort", "description=Images of invented people")[0] == 0
    assert run("dataset", ws, "watch")[0] == 0
    compared = run("dataset", ws, "reconcile")[1]
    assert (compared["missing"], compared["here"]) == (0, compared["there"])
    properties = AT_UPV if node == "practice-upv" else AT_HEALTH_RI
    status, said = run("dataset", ws, "set", *(f"{name}={value}" for name, value in properties.items()))
    assert (status, said.get("lacking")) == (0, [])
    status, released = run("dataset", ws, "release")
    assert status == 0, released


def registration(run: Run, ws: Path, node: str) -> None:
    values = RECORD if node == "practice-upv" else {**RECORD, "dct:identifier": IDENTIFIER}
    given = [*map("=".join, values.items()), *(f"dct:type={one}" for one in TYPES)]
    run("metadata", ws, "fill", *(word for one in given for word in ("--set", one)))
    assert run("metadata", ws, "validate")[1]["errors"] == []
    assert len(run("metadata", ws, "export")[1]["written"]) >= 5
    status, ready = run("register", ws)
    assert (status, ready["blockers"]) == (1, ["“EUCAIM user name” is not known."])
    assert run("ticket", ws, "registry", "--set", "username=practice")[1]["blockers"] == []
    assert run("register", ws, "--look-up")[1]["presence"] == "unknown"
    assert run("ticket", ws, "registry", "--send")[0] == 0
    status, found = run("register", ws, "--look-up")
    assert (status, found["presence"], found["differing"]) == (0, "shown", 0)
