"""Registration: nothing leaves before the gate, a typed reason opens it and is kept, what is attached is current."""

import csv
import io
import os
import stat
import sys

import pytest

from eucaim_nb import jobs, workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.dataset import catalogue, record
from eucaim_nb.errors import EucaimError, SettingsError
from eucaim_nb.reports import dossier
from tests.dataset.test_catalogue import IDENT, VALUES

FILES = {"metadata.csv", "metadata.xlsx", "metadata-molgenis.xlsx", "metadata.ttl", "metadata.jsonld", "dossier.html"}


@pytest.fixture
def described(workspace):
    record.save(workspace, record.Record().changed(VALUES))
    return workspace


def test_without_record_or_agreement_nothing_is_made_ready_and_it_is_said_why(workspace):
    made = catalogue.prepare(workspace)
    assert made.files == ()
    assert any("no metadata record" in one for one in made.blockers)
    assert any("DTA is not recorded as signed" in one for one in made.blockers)
    assert not (workspace.folder / catalogue.FOLDER).exists()
    with pytest.raises(SettingsError, match="no metadata record"):
        catalogue.prepare(workspace, "the coordinator knows")


def test_record_with_errors_is_a_blocker(described):
    assert any("against the metadata record" in one for one in catalogue.blockers(described))


def test_reason_opens_the_gate_and_stands_in_the_dossier_that_is_attached(described):
    assert catalogue.prepare(described).files == ()
    made = catalogue.prepare(described, "the agreement is signed on paper, the scan follows")
    assert {file.rpartition("/")[2] for file in made.files} == FILES
    attached = described.folder / catalogue.FOLDER / "dossier.html"
    text = attached.read_text(encoding="utf-8")
    assert "the scan follows" in text
    assert "Colon CT" in text
    assert dossier.verify(attached, workspace=described).valid


def test_attachments_are_those_of_the_last_record(described):
    catalogue.prepare(described, "a test")
    (described.folder / catalogue.FOLDER / "stale.txt").write_text("of an earlier time")
    changed = VALUES | {"dct:title": ("Colon CT and MR",)}
    record.save(described, record.load(described).changed(changed))
    done = jobs.run(described, "registration", {"override": "a test"})
    assert {one.name for one in catalogue.attachments(described)} == FILES
    assert len(done.result["files"]) == len(FILES)
    text = (described.folder / catalogue.FOLDER / "metadata.csv").read_text(encoding="utf-8")
    [row] = csv.DictReader(io.StringIO(text))
    assert row["name"] == "Colon CT and MR"
    assert IDENT in row["id"]


def test_gate_that_is_open_asks_for_no_reason(described, monkeypatch):
    monkeypatch.setattr(record, "check", lambda *_: ())
    monkeypatch.setattr(workflow, "release_blockers", lambda _: ())
    workflow.record(described, "registry", note="asked for by telephone")
    made = catalogue.prepare(described)
    assert made.blockers == ()
    assert len(made.files) == len(FILES)


# The harvest


@pytest.fixture
def health_ri(tmp_path, nodes):
    return workspaces.create(
        tmp_path / "hri", node="practice-health-ri", project="LUNG", practice=str(tmp_path / "ready.json")
    )


def harvester(folder, monkeypatch, script):
    """Put a program called img2catalog on the path, which writes what it is told."""
    folder.mkdir()
    program = folder / "img2catalog"
    program.write_text(f"#!{sys.executable}\nimport os, sys\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


WRITES = """
assert "XNAT_PASS" not in os.environ
server, target = sys.argv[sys.argv.index("--server") + 1], sys.argv[-1]
lines = [f"<{server}/data/archive/projects/{name}> a <http://www.w3.org/ns/dcat#Dataset> ." for name in ("LUNG2", %s)]
open(target, "w").write("\\n".join(lines))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a shebang")
def test_project_that_the_harvester_takes_is_found_and_one_with_a_longer_name_is_not_it(
    health_ri, tmp_path, monkeypatch
):
    monkeypatch.setenv("XNAT_PASS", "secret of somebody")
    harvester(tmp_path / "bin", monkeypatch, WRITES % '"LUNG"')
    assert catalogue.harvest(health_ri) == catalogue.Harvest(True, 2)
    harvester(tmp_path / "bin2", monkeypatch, WRITES % '"LIVER"')
    found = catalogue.harvest(health_ri)
    assert not found.found
    assert "not among them" in found.sentence


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a shebang")
def test_harvester_that_fails_is_told_without_what_it_printed(health_ri, tmp_path, monkeypatch):
    harvester(tmp_path / "bin", monkeypatch, "sys.exit('Ms Secret was refused')")
    with pytest.raises(EucaimError, match="status 1") as raised:
        catalogue.harvest(health_ri)
    assert "Secret" not in str(raised.value)


def test_harvest_without_the_program_or_at_upv_says_so(health_ri, workspace, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SettingsError, match="not installed"):
        catalogue.harvest(health_ri)
    with pytest.raises(SettingsError, match="Only the Health-RI node"):
        catalogue.harvest(workspace)
