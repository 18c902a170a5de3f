"""The scan: counts, changes, archives, and everything a folder may hold that is not a good DICOM file."""

import io
import os
import shutil
import time
import zipfile
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file

from eucaim_nb.dicom import scan
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Progress, Stopped

CT = Path(get_testdata_file("CT_small.dcm", download=False))


def findings(workspace):
    return {
        (name.decode(errors="replace"), problem.kind): problem
        for _, _, name, _, problem in workspace.ledger.index.problems()
    }


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "export"
    made.mkdir()
    return made


def put(folder, name, content=None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CT.read_bytes() if content is None else content)
    return path


def ct_with(**attributes) -> bytes:
    ds = pydicom.dcmread(CT)
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    buffer = io.BytesIO()
    ds.save_as(buffer)
    return buffer.getvalue()


def test_sample_cohort_is_counted_as_its_answer_key_says(workspace, cohort):
    found = scan(workspace, [cohort.folder])
    assert (found.files, found.instances, found.patients) == (cohort.files, cohort.instances, cohort.patients)


def test_second_scan_reads_only_what_changed(workspace, folder, monkeypatch):
    for number in range(5):
        put(folder, f"{number}.dcm", ct_with(SOPInstanceUID=f"1.2.{number}"))
    put(folder, "notes.txt", b"hello")
    first = scan(workspace, [folder])
    assert (first.instances, first.unchanged, first.files) == (5, 0, 6)

    put(folder, "3.dcm", ct_with(SOPInstanceUID="1.2.33", PatientAge="051Y"))
    (folder / "4.dcm").unlink()
    read = []
    from eucaim_nb.dicom import _scan

    original = _scan.read_header
    monkeypatch.setattr(_scan, "read_header", lambda source: read.append(source) or original(source))
    second = scan(workspace, [folder])
    assert [Path(path).name for path in read] == ["3.dcm"]
    assert (second.instances, second.unchanged, second.files) == (4, 4, 5)


def test_removed_folder_is_forgotten(workspace, folder):
    put(folder, "a/1.dcm")
    put(folder, "b/2.dcm", ct_with(SOPInstanceUID="1.2.2"))
    assert scan(workspace, [folder]).instances == 2
    shutil.rmtree(folder / "b")
    assert scan(workspace, [folder]).instances == 1


def test_source_that_is_gone_is_not_taken_for_emptied(workspace, folder):
    put(folder, "1.dcm")
    scan(workspace, [folder])
    folder.rename(folder.with_name("unmounted"))
    with pytest.raises(WorkspaceError, match="There is no folder"):
        scan(workspace, [folder])
    assert workspace.ledger.index.totals().instances == 1


def test_originals_keep_bytes_and_times(workspace, cohort):
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in cohort.folder.rglob("*") if p.is_file()}
    scan(workspace, [cohort.folder], archives=True)
    assert before == {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in cohort.folder.rglob("*") if p.is_file()}


def test_attributes_of_every_instance_are_those_pydicom_reads(workspace, cohort):
    scan(workspace, [cohort.folder])
    for series in workspace.ledger.index.series():
        for row in workspace.ledger.index.instances(series.series_uid):
            path = cohort.folder / os.fsdecode(row["folder"]) / os.fsdecode(row["name"])
            ds = pydicom.dcmread(path, stop_before_pixels=True, force=True)
            for keyword in ("SOPInstanceUID", "PatientID", "Modality", "SeriesDescription", "StudyDate"):
                assert (row[keyword] or "") == str(ds.get(keyword, "") or ""), (path, keyword)


# Bad input. Each ends in a clear finding.

NOT_READABLE = {
    "empty.dcm": (b"", "empty file"),
    "note.dcm": (b"Dear colleague, the images are on the other drive.\n" * 10, "not DICOM"),
    "login.dcm": (b"<!DOCTYPE html><html><body>Please sign in</body></html>" + b" " * 200, "not DICOM"),
    "report.pdf": (b"%PDF-1.4\n" + b"x" * 500, "not DICOM"),
    "short.dcm": (b"\0" * 100, "not DICOM"),
    "header.dcm": (CT.read_bytes()[:700], "truncated header"),
}


@pytest.mark.parametrize(("name", "content", "kind"), [(n, c, k) for n, (c, k) in NOT_READABLE.items()])
def test_unreadable_file_is_a_finding(workspace, folder, name, content, kind):
    put(folder, name, content)
    put(folder, "good.dcm")
    found = scan(workspace, [folder])
    assert found.instances == 1
    assert found.problems == {kind: 1}
    assert (name, kind) in findings(workspace)


HELD_BACK = {
    "pixels.dcm": (CT.read_bytes()[:-5000], "truncated pixel data"),
    "bare.dcm": (CT.read_bytes()[132:], "no preamble"),
    "program.dcm": (b"MZ" + CT.read_bytes()[2:], "executable preamble"),
    "path.dcm": (ct_with(StudyInstanceUID="../../etc/evil"), "invalid UID"),
}


@pytest.mark.parametrize(("name", "content", "kind"), [(n, c, k) for n, (c, k) in HELD_BACK.items()])
def test_defective_file_is_indexed_but_held_back(workspace, folder, name, content, kind):
    put(folder, name, content)
    found = scan(workspace, [folder])
    assert found.instances == 1
    assert kind in found.problems
    source = [number for number, _, _ in workspace.ledger.index.sources()]
    assert workspace.ledger.uploads.candidate_series(source) == []
    assert workspace.ledger.uploads.left_out(source)["held_back"] == 1


def test_empty_folder_is_no_error(workspace, folder):
    found = scan(workspace, [folder])
    assert (found.files, found.instances, found.problems) == (0, 0, {})


def test_strange_names_are_scanned_like_any_other(workspace, folder):
    put(folder, "ακτινογραφία/εικόνα 1.dcm")
    put(folder, "line\nbreak.dcm", ct_with(SOPInstanceUID="1.2.2"))
    raw = os.fsencode(folder) + b"/no\xfftext.dcm"
    with open(raw, "wb") as file:
        file.write(ct_with(SOPInstanceUID="1.2.3"))
    found = scan(workspace, [folder])
    assert (found.instances, found.problems) == (3, {})
    assert scan(workspace, [folder]).unchanged == 3


def test_links_loops_and_pipes_are_left_alone(workspace, folder):
    put(folder, "sub/good.dcm")
    (folder / "sub" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "alias.dcm").symlink_to(folder / "sub" / "good.dcm")
    os.mkfifo(folder / "pipe")
    began = time.monotonic()
    found = scan(workspace, [folder])
    assert time.monotonic() - began < 5
    assert (found.files, found.instances) == (1, 1)
    assert found.problems == {"link": 2, "not a file": 1}
    assert scan(workspace, [folder]).problems == found.problems


def test_folder_that_becomes_unreadable_is_a_finding_and_not_forgotten(workspace, folder, monkeypatch):
    put(folder, "a/1.dcm")
    put(folder, "b/below/2.dcm", ct_with(SOPInstanceUID="1.2.2"))
    scan(workspace, [folder])
    listed = os.scandir

    def scandir(path):
        if os.fsencode(path).endswith(b"/b"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", scandir)
        found = scan(workspace, [folder])
    assert found.problems == {"unreadable folder": 1}
    assert found.instances == 2
    assert scan(workspace, [folder]).problems == {}


def test_file_that_cannot_be_read_is_tried_again_next_time(workspace, folder, monkeypatch):
    from eucaim_nb.dicom import _scan

    put(folder, "1.dcm")
    with monkeypatch.context() as patched:
        patched.setattr(_scan, "read_header", raising(PermissionError(13, "Permission denied")))
        assert scan(workspace, [folder]).problems == {"unreadable file": 1}
    found = scan(workspace, [folder])
    assert (found.instances, found.unchanged, found.problems) == (1, 0, {})


def test_file_vanishing_during_the_scan_is_a_finding(workspace, folder, monkeypatch):
    from eucaim_nb.dicom import _scan

    put(folder, "1.dcm")
    put(folder, "2.dcm", ct_with(SOPInstanceUID="1.2.2"))
    original = _scan.read_header

    def read(source):
        Path(source).with_name("2.dcm").unlink(missing_ok=True)
        return original(source)

    monkeypatch.setattr(_scan, "read_header", read)
    assert scan(workspace, [folder]).problems == {"vanished": 1}
    assert scan(workspace, [folder]).problems == {}


def test_deep_nesting_ends_quickly_in_a_finding(workspace, folder):
    put(folder, "deep.dcm", deeply_nested(10_000))
    began = time.monotonic()
    found = scan(workspace, [folder])
    assert time.monotonic() - began < 2
    assert set(found.problems) == {"too deep"}


def test_workspace_inside_the_scanned_folder_is_not_scanned(cohort, tmp_path):
    from eucaim_nb import workspace as workspaces

    put(tmp_path, "images/1.dcm")
    inside = workspaces.create(tmp_path / "submission", node="upv")
    assert scan(inside, [tmp_path]).files == 1


def test_workspace_opened_through_a_link_is_not_scanned_either(tmp_path):
    from eucaim_nb import workspace as workspaces

    put(tmp_path, "real/images/1.dcm")
    workspaces.create(tmp_path / "real" / "submission", node="upv")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    opened = workspaces.open_workspace(tmp_path / "link" / "submission")
    assert scan(opened, [tmp_path / "real"]).files == 1


def test_reader_that_fails_costs_its_file_and_not_the_scan(workspace, folder, monkeypatch):
    from eucaim_nb.dicom import _scan

    put(folder, "1.dcm")
    put(folder, "2.dcm", ct_with(SOPInstanceUID="1.2.2"))
    original = _scan.read_header

    def read(source):
        if str(source).endswith("1.dcm"):
            raise RuntimeError("Montoya")
        return original(source)

    monkeypatch.setattr(_scan, "read_header", read)
    found = scan(workspace, [folder])
    assert (found.instances, found.problems) == (1, {"unreadable": 1})


def test_stopped_scan_keeps_what_it_read(workspace, folder):
    for number in range(20):
        put(folder, f"{number:02}.dcm", ct_with(SOPInstanceUID=f"1.2.{number}"))
    progress = StopsAfter(7)
    with pytest.raises(Stopped):
        scan(workspace, [folder], progress=progress)
    assert workspace.ledger.index.totals().instances == 7
    assert scan(workspace, [folder]).unchanged == 7


# Archives


def archive(**members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return buffer.getvalue()


def test_archive_is_opened_on_request_only(workspace, folder):
    put(folder, "cd.zip", archive(**{"a/1": CT.read_bytes(), "inner.zip": archive(b=ct_with(SOPInstanceUID="1.2.2"))}))
    assert scan(workspace, [folder]).problems == {"archive not opened": 1}
    opened = scan(workspace, [folder], archives=True)
    assert (opened.files, opened.instances, opened.problems) == (1, 2, {})
    assert scan(workspace, [folder], archives=True).unchanged == 1


def test_member_of_a_nested_archive_can_be_opened_again(workspace, folder):
    from eucaim_nb.dicom import Place

    inner = ct_with(SOPInstanceUID="1.2.2")
    put(folder, "cd.zip", archive(**{"inner.zip": archive(**{"a/b": inner})}))
    scan(workspace, [folder], archives=True)
    series = workspace.ledger.index.series()[0]
    row = workspace.ledger.index.instances(series.series_uid)[0]
    place = Place.of(workspace.folder, row["root"], row["folder"], row["name"], row["member"])
    assert str(place).endswith("cd.zip > inner.zip > a/b")
    with place.open() as file:
        assert file.read() == inner


def test_hostile_archives_are_findings(workspace, folder, monkeypatch):
    from eucaim_nb.dicom import _archive

    monkeypatch.setattr(_archive, "_SUSPICIOUS_BYTES", 2**20)
    put(folder, "traversal.zip", archive(**{"../../evil.dcm": CT.read_bytes(), "/abs.dcm": CT.read_bytes()}))
    put(folder, "bomb.zip", archive(zeros=b"\0" * 2**23))
    put(folder, "broken.zip", archive(a=CT.read_bytes())[:-30])
    deep = CT.read_bytes()
    for _ in range(6):
        deep = archive(**{"d.zip": deep})
    put(folder, "matryoshka.zip", deep)
    crowd = archive(**{str(n): b"" for n in range(50)})
    monkeypatch.setattr(_archive, "MOST_MEMBERS", 40)
    put(folder, "crowd.zip", crowd)
    found = scan(workspace, [folder], archives=True)
    assert found.instances == 0
    assert found.problems == {
        "unsafe name in archive": 2,
        "archive too large": 2,
        "damaged archive": 1,
        "archive not opened": 1,
    }
    assert not (folder.parent / "evil.dcm").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_same_name_twice_in_an_archive_is_a_finding(workspace, folder):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("a", CT.read_bytes())
        opened.writestr("a", ct_with(SOPInstanceUID="1.2.2"))
    put(folder, "twice.zip", buffer.getvalue())
    found = scan(workspace, [folder], archives=True)
    assert (found.instances, found.problems) == (1, {"unsafe name in archive": 1})


def test_changed_archive_loses_the_members_it_no_longer_has(workspace, folder):
    put(folder, "cd.zip", archive(a=CT.read_bytes(), b=ct_with(SOPInstanceUID="1.2.2")))
    assert scan(workspace, [folder], archives=True).instances == 2
    put(folder, "cd.zip", archive(b=ct_with(SOPInstanceUID="1.2.2")))
    assert scan(workspace, [folder], archives=True).instances == 1


class StopsAfter(Progress):
    """Asks to stop once so many headers were read."""

    def __init__(self, count):
        super().__init__()
        self.count = count

    def check(self):
        if self.doing == "Reading headers" and self.done >= self.count:
            self.stop.set()
        super().check()


def raising(error):
    def call(*_):
        raise error

    return call


def deeply_nested(levels: int) -> bytes:
    """A CT whose ContentSequence holds itself so many times, explicit VR, undefined lengths."""
    open_item = b"\x40\x00\x30\xa7SQ\x00\x00\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    close_item = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00" + b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    head = CT.read_bytes()
    at = head.index(b"\xe0\x7f\x10\x00")
    return head[:at] + open_item * levels + close_item * levels + head[at:]
