"""NIfTI files arrive with their headers as resources of a scan, verified by digest; nothing is replaced or made up."""

import gzip
import hashlib
import json

import pytest
import xnat

from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import NodeError, Refused, SettingsError, WorkspaceError
from eucaim_nb.transfer import _patience
from eucaim_nb.transfer.nifti import find, send

from .conftest import control

HEADER = {
    "00100020": {"vr": "LO", "Value": ["EU-0001"]},
    "00080060": {"vr": "CS", "Value": ["CT"]},
    "00180015": {"vr": "CS", "Value": ["CHEST"]},
    "00080070": {"vr": "LO", "Value": ["ACME"]},
    "00080022": {"vr": "DA", "Value": ["20200310"]},
    "0020000D": {"vr": "UI", "Value": ["2.25.1"]},
    "00200011": {"vr": "IS", "Value": [3]},
}


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(_patience, "FIRST_WAIT", 0.01)


@pytest.fixture
def workspace(tmp_path):
    return workspaces.create(
        tmp_path / "submission",
        node="practice-health-ri",
        project="PRACTICE",
        practice=str(tmp_path / "ready.json"),
    )


def write(folder, name, header=HEADER, content=b"voxels"):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.nii.gz").write_bytes(gzip.compress(b"\0" * 352 + content, mtime=0))
    if header is not None:
        (folder / f"{name}.json").write_text(json.dumps(header))


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "nifti", "DOE_JANE_1")
    write(tmp_path / "nifti", "second", {**HEADER, "00200011": {"vr": "IS", "Value": [4]}}, b"other voxels")
    return tmp_path / "nifti"


@pytest.fixture
def listed(nodes):
    """Name and digest of every file of the project, by the real client."""
    ready = nodes.ready()["health_ri"]

    def ask():
        with xnat.connect(ready["url"], user=ready["username"], password=ready["password"], loglevel="ERROR") as one:
            found = {}
            for session in one.projects["PRACTICE"].experiments.values():
                for scan in session.scans.values():
                    for resource in scan.resources.values():
                        for row in one.get_json(f"{resource.uri}/files")["ResultSet"]["Result"]:
                            found[session.label, scan.id, resource.label, row["Name"]] = row["digest"]
        return found

    return ask


def run(workspace, folder, **more):
    return send(workspace, source=str(folder), override="invented voxels", **more)


def test_file_and_header_are_resources_of_the_scan_and_verified(workspace, folder, nodes, listed):
    done = run(workspace, folder)
    assert (done.queued, done.sent, done.verified, done.failed, done.problems) == (4, 4, 4, 0, [])
    there = listed()
    assert {(key[1], key[2]) for key in there} == {("3", "NIFTI"), ("4", "NIFTI")}
    assert sorted(there.values()) == sorted(hashlib.md5(p.read_bytes()).hexdigest() for p in folder.iterdir())


def test_no_name_of_a_file_leaves_this_computer(workspace, folder, nodes, listed):
    run(workspace, folder)
    assert not [key for key in listed() if "DOE" in str(key)]
    assert "DOE" not in json.dumps(control(nodes, "/log"))


def test_second_run_sends_nothing(workspace, folder, nodes):
    run(workspace, folder)
    again = run(workspace, folder)
    assert (again.sent, again.already_there, again.verified) == (0, 4, 4)


@pytest.mark.parametrize("fault", ["status=503@4", "drop-before@6", "drop-after@7", "session-expired@5"])
def test_a_fault_loses_nothing(fault, workspace, folder, nodes, listed):
    nodes.faults.set([f"xnat:{fault}"])
    done = run(workspace, folder)
    nodes.faults.set([])
    assert (done.verified, done.failed) == (4, 0)
    assert len(listed()) == 4


def test_a_node_that_only_claims_to_store_is_not_believed(workspace, folder, nodes, listed):
    nodes.faults.set(["xnat:lost"])
    done = run(workspace, folder)
    nodes.faults.set([])
    assert done.verified == len(listed()) < done.queued
    assert "does not list" in done.problems[0]["message"]


WRONG = [
    (None, "no header"),
    ({k: v for k, v in HEADER.items() if k != "00180015"}, "Body Part Examined"),
    ({**HEADER, "00080070": {"vr": "LO"}}, "Manufacturer"),
    ({**HEADER, "00080022": {"vr": "DA", "Value": ["10.3.2020"]}}, "YYYYMMDD"),
    ({**HEADER, "00100030": {"vr": "DA", "Value": ["19500101"]}}, "(0010,0030)"),
    ({**HEADER, "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Doe^Jane"}]}}, "(0010,0010)"),
    ({"PatientID": "EU-0001"}, "DICOM JSON"),
]


@pytest.mark.parametrize(("header", "words"), WRONG)
def test_pair_that_health_ri_would_not_take_or_that_tells_too_much_stays(header, words, workspace, tmp_path, nodes):
    write(tmp_path / "one", "image", header)
    done = run(workspace, tmp_path / "one")
    assert (done.queued, done.sent) == (0, 0)
    assert words in done.problems[0]["message"]
    assert "Doe" not in done.problems[0]["message"]


def test_pseudonym_as_name_is_no_identifier(workspace, tmp_path):
    header = {**HEADER, "00100010": {"vr": "PN", "Value": [{"Alphabetic": "EU-0001"}]}}
    write(tmp_path / "one", "image", header)
    assert len(find(workspace, tmp_path / "one").pairs) == 1


def test_two_files_of_one_series_stay_two(workspace, tmp_path, nodes, listed):
    write(tmp_path / "two", "a", content=b"a")
    write(tmp_path / "two", "b", content=b"b")
    assert run(workspace, tmp_path / "two").verified == 4
    assert len(listed()) == 4


def test_nothing_is_sent_without_a_reason_or_to_another_node(workspace, folder, nodes, tmp_path):
    with pytest.raises(Refused, match="give the reason"):
        send(workspace, source=str(folder))
    other = workspaces.create(tmp_path / "upv", node="practice-upv", practice=str(tmp_path / "ready.json"))
    with pytest.raises(SettingsError, match="Health-RI"):
        run(other, folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(WorkspaceError, match="no NIfTI file"):
        run(workspace, tmp_path / "empty")
    assert not [r for r in control(nodes, "/log")["requests"] if r["method"] == "PUT" and "/projects/" in r["path"]]


def test_full_disk_at_the_node_ends_it_in_words(workspace, folder, nodes):
    nodes.faults.set(["xnat:status=507@8-"])
    with pytest.raises(NodeError, match="507"):
        run(workspace, folder)
