"""The dossier of a whole cohort with its clinical table: every phase is in it, and nobody who was planted is."""

import json
import re

from eucaim_nb import clinical, workflow
from eucaim_nb.deid import deidentify
from eucaim_nb.dicom import scan
from eucaim_nb.quality import run as check_quality
from eucaim_nb.reports import dossier
from eucaim_nb.risk import run as assess_risk
from eucaim_nb.transfer import clinical as clinical_transfer
from eucaim_nb.transfer import upload

_SHORTEST = 4
_DIGEST = re.compile(r"[0-9a-f-]{16,}|2\.25\.[0-9]+|[0-9][0-9,]*(?= bytes)")
"""Digests, new UIDs and sizes: any short number stands in some of them by chance."""


def planted(cohort):
    """What the answer key says of people: names, numbers, dates of birth, addresses."""
    key = json.loads(cohort.answer_key.read_text(encoding="utf-8"))
    values = {one["value"] for person in key["patients"] for one in person["identifiers"]}
    words = {word for value in values for word in value.replace("^", " ").split()} | values
    return {word for word in words if len(word) >= _SHORTEST}


def test_every_phase_is_in_the_dossier_and_no_planted_identifier(workspace, nodes, cohort):
    workspace = workspace.change(project=nodes.ready()["upv"]["project"])
    scan(workspace, [cohort.folder])
    deidentify(workspace, workers=1)
    check_quality(workspace, level="standard")
    assess_risk(workspace, k=3)
    upload(workspace, override="invented people; the series that quality speaks against are wanted")
    clinical.prepare(workspace, cohort.folder / "clinical" / "clinical.csv", template="generic")
    if clinical.exported(workspace):
        clinical_transfer.send(workspace, override="invented people")
    workflow.keep_node_dataset(
        workspace,
        workflow.NodeDataset("practice-upv", "d-1", workflow.DatasetState.RELEASED, 1.0, counts={"studies": 7}),
    )
    dossier.make(workspace)
    found = dossier.verify(workspace.folder / "reports" / "dossier.html")
    assert found.valid
    content = json.loads((workspace.folder / "reports" / "dossier.json").read_text(encoding="utf-8"))
    told = {one["title"]: dict(one["facts"]) for one in content["evidence"]}
    assert set(told) >= {"De-identification of images", "Risk of re-identification", "Quality of images"}
    assert {"Receipt of images", "Clinical data"} <= set(told)
    assert not any("What it says" in facts for facts in told.values())
    assert content["dataset"]["state"] == "released"
    text = (workspace.folder / "reports" / "dossier.html").read_text(encoding="utf-8").lower()
    text = _DIGEST.sub("", text)
    assert len(planted(cohort)) > 20
    assert [word for word in planted(cohort) if re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", text)] == []
