"""Clinical data arrive as they were prepared, once, and nothing is called verified that the node does not give back."""

import json

import pytest
import xnat
from pydicom import dcmread
from xnat.core import XNATBaseListing, XNATListing

from eucaim_nb import clinical, workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.errors import NodeError, Refused, SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, Stopped
from eucaim_nb.ledger import UploadState
from eucaim_nb.reports import is_intact
from eucaim_nb.transfer.clinical import concerns, plan, send
from eucaim_nb.workflow import StepState

from .conftest import ROWS, prepare


def exported(workspace, name):
    return json.loads((workspace.folder / "clinical" / name).read_text(encoding="utf-8"))


def states(workspace):
    return [one.state for one in workspace.ledger.clinical_uploads.records(workspace.settings.node)]


def test_upv_holds_every_form_as_it_was_exported(upv, forms):
    assert plan(upv).to_send == ROWS
    assert not forms()
    done = send(upv)
    assert (done.queued, done.sent, done.verified, done.failed) == (ROWS, ROWS, ROWS, 0)
    assert forms() == {one["subjectName"]: one["eForm"] for one in exported(upv, "eforms.json")}


def test_phase_is_done_when_the_node_gives_everything_back(upv, nodes):
    nodes.faults.set(["clinical:partial=1"])
    send(upv)
    assert workflow.action("upload-clinical", upv).state is StepState.ATTENTION
    nodes.faults.set([])
    send(upv)
    assert workflow.action("upload-clinical", upv).state is StepState.DONE


@pytest.mark.parametrize("made", ["upv", "health_ri"])
def test_stopped_upload_leaves_nothing_under_way_and_goes_on_later(request, made):
    workspace, progress = request.getfixturevalue(made), Progress()
    progress.stop.set()
    with pytest.raises(Stopped):
        send(workspace, progress=progress)
    assert set(states(workspace)) == {UploadState.QUEUED}
    done = send(workspace)
    assert (done.sent, done.verified) == (done.queued, done.queued)


def test_second_run_sends_nothing_that_the_node_gives_back(upv):
    send(upv)
    again = send(upv)
    assert (again.sent, again.already_there, again.verified) == (0, ROWS, ROWS)


def test_only_what_changed_since_is_sent_again(upv, table, forms):
    send(upv)
    table.write_text(table.read_text(encoding="utf-8").replace(",53,", ",54,"), encoding="utf-8")
    prepare(upv, table)
    done = send(upv)
    assert (done.sent, done.already_there, done.verified) == (1, ROWS - 1, ROWS)
    assert forms() == {one["subjectName"]: one["eForm"] for one in exported(upv, "eforms.json")}


def test_table_alone_becomes_the_flat_forms_that_the_node_makes_of_it(workspace, nodes, table, forms):
    prepare(workspace, table, "upv-csv")
    assert send(workspace).verified == ROWS
    assert all(form["sex"] == "Male" for form in forms().values())


@pytest.mark.parametrize("spec", ["clinical:lost", "clinical:partial=2"])
def test_nothing_is_called_verified_when_the_node_says_stored_and_keeps_less(upv, nodes, forms, spec):
    nodes.faults.set([spec])
    done = send(upv)
    kept = len(forms())
    assert kept < ROWS
    assert (done.verified, done.failed) == (kept, ROWS - kept)
    assert states(upv).count(UploadState.VERIFIED) == kept
    nodes.faults.set([])
    assert send(upv).verified == ROWS == len(forms())


@pytest.mark.parametrize(
    "spec",
    [
        "clinical:drop-after@3",
        "clinical:status=503@3-4",
        "clinical:session-expired@3",
        "clinical:max-body=1500",
    ],
)
def test_passing_trouble_costs_nothing(upv, nodes, forms, spec):
    nodes.faults.set([spec])
    done = send(upv)
    assert (done.verified, done.failed) == (ROWS, 0)
    assert len(forms()) == ROWS


def test_dropped_answer_is_asked_about_and_not_sent_twice(upv, nodes):
    nodes.faults.set(["clinical:drop-after@3"])  # 1: check, 2: what is there, 3: the post
    send(upv)
    attempts = [one.attempts for one in upv.ledger.clinical_uploads.records(upv.settings.node)]
    assert attempts == [1] * ROWS


def test_refused_account_ends_the_upload_and_nothing_stays_under_way(upv, nodes):
    nodes.faults.set(["clinical:status=403@3-"])
    with pytest.raises(NodeError, match="403"):
        send(upv)
    assert set(states(upv)) == {UploadState.QUEUED}


def test_xnat_holds_files_rows_and_variables_as_they_were_exported(health_ri, nodes):
    done = send(health_ri)
    assert (done.queued, done.verified, done.failed) == (2 + 2 * ROWS, 2 + 2 * ROWS, 0)
    ready = nodes.ready()["health_ri"]
    with xnat.connect(ready["url"], user=ready["username"], password=ready["password"], loglevel="ERROR") as session:
        project = session.projects["PRACTICE"]
        table = session.get("/data/projects/PRACTICE/resources/CLINICAL/files/clinical.csv").content
        held = {name: dict(project.subjects[name].fields) for name in exported(health_ri, "xnat/variables.json")}
    for listing in (XNATBaseListing, XNATListing):  # shared by all sessions: the client asks ended ones too
        listing.__ALL_LISTINGS__.clear()
    assert table == (health_ri.folder / "clinical" / "xnat" / "clinical.csv").read_bytes()
    assert held == exported(health_ri, "xnat/variables.json")
    assert send(health_ri).sent == 0


@pytest.mark.parametrize("spec", ["xnat:drop-after@9", "xnat:session-expired@9"])
def test_passing_trouble_at_xnat_costs_nothing(health_ri, nodes, spec):
    nodes.faults.set([spec])
    done = send(health_ri)
    assert (done.verified, done.failed) == (done.queued, 0)


def test_files_that_xnat_loses_are_never_called_verified(health_ri, nodes):
    nodes.faults.set(["xnat:lost"])
    done = send(health_ri)
    journal = health_ri.ledger.clinical_uploads.records(health_ri.settings.node)
    kinds = {one.kind for one in journal if one.state is UploadState.VERIFIED}
    assert done.failed == 2 + ROWS
    assert kinds == {"variables"}


def test_subjects_as_in_the_table_are_refused_without_a_reason_and_the_reason_is_kept(upv, table, forms):
    mapping = upv.folder / "clinical" / "mapping.json"
    content = json.loads(mapping.read_text(encoding="utf-8"))
    content["subjects"]["pseudonyms"] = "keep"
    kept = table.parent / "keep.json"
    kept.write_text(json.dumps(content), encoding="utf-8")
    clinical.prepare(upv, table, mapping=kept)
    for reason in (None, " "):
        with pytest.raises(Refused, match="not known to be pseudonyms"):
            send(upv, override=reason)
    assert not forms()
    assert send(upv, override="study codes of the sponsor").verified == ROWS
    events = {one.action: one.detail for one in upv.ledger.events.all()}
    assert events["clinical data sent, subjects not verified as pseudonyms"]["reason"] == "study codes of the sponsor"
    assert not (upv.folder / "reports" / "clinical_upload.json").exists()
    assert "P003" in (upv.folder / "private" / "clinical_upload.json").read_text(encoding="utf-8")


def test_patient_with_images_and_without_a_row_blocks_upv_until_a_reason_is_typed(upv, cohort, forms):
    upv.deidentified.mkdir(exist_ok=True)
    images = [path for path in sorted(cohort.folder.rglob("*.dcm")) if path.read_bytes()[128:132] == b"DICM"]
    image = dcmread(images[0])
    image.PatientID = "EUCAIM-LONE"
    image.save_as(upv.deidentified / "lone.dcm")
    scan(upv, [upv.deidentified])
    assert [one.count for one in concerns(upv)] == [1]
    assert plan(upv).without_row == 1
    with pytest.raises(Refused, match="1 patients with images have no row"):
        send(upv)
    assert not forms()
    assert send(upv, override="withdrew the questionnaire").verified == ROWS
    events = {one.action: one.detail for one in upv.ledger.events.all()}
    told = events["clinical data sent, patients with images have no row"]
    assert (told["reason"], told["patients"]) == ("withdrew the questionnaire", 1)
    assert "LONE" not in (upv.folder / "reports" / "clinical_upload.json").read_text(encoding="utf-8")


def test_nothing_is_sent_while_findings_block_or_a_file_was_changed(workspace, nodes, table, forms):
    with pytest.raises(WorkspaceError, match="No clinical data were prepared"):
        send(workspace)
    clinical.prepare(workspace, table, template="generic")  # the population is not known
    with pytest.raises(WorkspaceError, match="stand in the way"):
        send(workspace, override="now")
    prepare(workspace, table)
    changed = workspace.folder / "clinical" / "eforms.json"
    changed.write_text(changed.read_text(encoding="utf-8").replace("MALE", "FEMALE"), encoding="utf-8")
    with pytest.raises(WorkspaceError, match="changed since"):
        send(workspace, override="now")
    assert not forms()


def test_exports_for_another_node_are_not_sent(workspace, nodes, table):
    prepare(workspace, table, "xnat-csv")
    with pytest.raises(SettingsError, match="eforms"):
        send(workspace)


def test_receipt_names_pseudonyms_only_and_shows_any_change(upv, nodes):
    nodes.faults.set(["clinical:partial=1@3"])
    send(upv)
    report = upv.folder / "reports" / "clinical_upload.json"
    text = report.read_text(encoding="utf-8")
    content = json.loads(text)
    assert is_intact(report)
    assert content["pieces"]["form"] == {"verified": ROWS - 1, "failed": 1}
    assert "P003" not in text + report.with_suffix(".html").read_text(encoding="utf-8")
    report.write_text(text.replace('"failed"', '"verified"'), encoding="utf-8")
    assert not is_intact(report)


def test_real_node_without_an_address_for_clinical_data_is_told_apart(tmp_path, table):
    made = workspaces.create(tmp_path / "real", node="upv", project="P1")
    prepare(made, table)
    with pytest.raises(SettingsError, match="address for clinical data"):
        send(made)
