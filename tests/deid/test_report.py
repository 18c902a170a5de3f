"""Verification of a whole workspace, and the evidence report: complete, chained, and without any identifier."""

import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.deid import (
    Kind,
    change_answers,
    deidentify,
    findings,
    load_profile,
    verify_outputs,
    write_report,
)
from eucaim_nb.dicom import scan
from eucaim_nb.ledger import DeidState
from eucaim_nb.reports import is_intact, sealed
from tests.deid.outputs import ACCESSION, BIRTH, NAME, PATIENT_ID, ROOT, changed, original, written


@pytest.fixture
def done(workspace, tmp_path):
    """A workspace with two de-identified instances and one that cannot be."""
    source = tmp_path / "originals"
    source.mkdir()
    second = original()
    second.SOPInstanceUID = second.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.2"
    second.InstanceNumber = "2"
    document = original()
    document.SOPInstanceUID = document.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.3"
    document.EncapsulatedDocument = b"%PDF-1.4 Garcia "
    for name, ds in (("a", original()), ("b", second), ("c", document)):
        (source / f"{name}.dcm").write_bytes(written(ds))
    scan(workspace, [source])
    deidentify(workspace, workers=1)
    return workspace


def outputs(workspace):
    return sorted(workspace.deidentified.rglob("*.dcm"))


def test_every_output_is_verified_and_noted(done):
    summary = verify_outputs(done, again=True)
    assert (summary.files, summary.verified, summary.findings) == (2, 2, ())
    assert done.ledger.deidentified.counts().verified == 2


def test_an_output_that_was_changed_or_is_gone_is_no_longer_verified(done):
    first, second = outputs(done)
    first.chmod(0o600)
    first.write_bytes(changed(first.read_bytes(), lambda ds: ds.__setattr__("SeriesDescription", "García")))
    second.unlink()
    summary = verify_outputs(done)
    assert {one.kind for one in summary.findings} == {Kind.MISMATCH, Kind.MISSING}
    assert summary.verified == done.ledger.deidentified.counts().verified == 0


def test_what_was_verified_and_has_not_changed_is_not_read_again(done, monkeypatch):
    from eucaim_nb.deid import _verify

    monkeypatch.setattr(_verify, "Checker", None)
    assert verify_outputs(done).verified == 2


def test_an_original_that_changed_since_is_found(done, tmp_path):
    (tmp_path / "originals" / "a.dcm").write_bytes(written(original()) + b"\0\0")
    summary = verify_outputs(done, again=True)
    assert {one.kind for one in summary.findings} == {Kind.MISMATCH}
    assert summary.verified == 1


def test_one_uid_with_two_replacements_is_found_although_each_file_is_sound(done):
    second = outputs(done)[1]
    second.chmod(0o600)
    second.write_bytes(changed(second.read_bytes(), lambda ds: ds.__setattr__("FrameOfReferenceUID", "2.25.4711")))
    records = done.ledger.deidentified
    row = next(row for row in records.rows() if row.output.endswith(second.name))
    digest = hashlib.sha256(second.read_bytes()).hexdigest()
    records.store([replace(row, sha256=digest, size=second.stat().st_size)])
    summary = verify_outputs(done, again=True)
    assert {one.kind for one in summary.findings} == {Kind.REFERENCE}
    assert summary.verified == 1


def test_findings_are_kept_in_the_ledger_until_the_next_verification(done):
    second = outputs(done)[1]
    before = second.read_bytes()
    second.chmod(0o600)
    second.write_bytes(before + b"\0\0")
    verify_outputs(done)
    records = done.ledger.deidentified
    assert [one.kind for one in records.findings() if one.output.endswith(second.name)] == [Kind.MISMATCH]
    second.write_bytes(before)
    verify_outputs(done)
    assert not [one for one in records.findings() if one.output.endswith(second.name)]
    assert records.counts().verified == 2


def test_the_report_tells_what_was_done_and_checked(done):
    html, as_json = write_report(done)
    content = json.loads(as_json.read_text(encoding="utf-8"))
    assert content["originals"] == {"written": 2, "quarantined": 1, "dropped": 0, "skipped": 0, "already": 0}
    assert content["outputs"] == {
        "files": 2, "patients": 1, "studies": 1, "series": 1, "relative_days": "clinical/relative_days.csv"
    }  # fmt: skip
    assert content["verification"]["verified"] == 2
    recipe = content["recipes"][0]
    assert recipe["profile"] == "eucaim"
    assert re.fullmatch(r"[0-9a-f]{16}", recipe["key"])
    assert {"code": "113100", "meaning": "Basic Application Confidentiality Profile"} in recipe["options"]
    assert {one["tag"] for one in content["attributes"]} >= {"(0010,0010)", "(0008,0018)"}
    (aside,) = content["set_aside"]
    assert (aside["kind"], aside["files"]) == ("encapsulated document", 1)
    assert recipe["objections"] == []
    paths = [path.relative_to(done.deidentified).as_posix() for path in outputs(done)]
    assert [one["path"] for one in content["files"]] == paths
    text = html.read_text(encoding="utf-8")
    assert content["chain_head"] in text
    assert all(one["sha256"] in text and one["original_sha256"] in text for one in content["files"])


def test_the_report_tells_what_the_site_changed_why_and_what_speaks_against_it(done):
    given = {"dates": "remove", "documents": "drop"}
    path = change_answers(done, load_profile("eucaim"), given, "The DPO wants no dates")
    summary = deidentify(done, profile=path, workers=1)
    assert (summary.written, summary.dropped, summary.quarantined, summary.errors) == (2, 1, 0, 0)
    html, as_json = (done.folder / "reports" / f"deidentification.{kind}" for kind in ("html", "json"))
    content = json.loads(as_json.read_text(encoding="utf-8"))
    assert content["originals"]["dropped"] == 1
    (left_out,) = content["left_out"]
    assert (left_out["kind"], left_out["files"], content["set_aside"]) == ("encapsulated document", 1, [])
    recipe = content["recipes"][0]
    assert recipe["reasons"] == dict.fromkeys(given, "The DPO wants no dates")
    assert {"UPV node", "EUCAIM"} == {one["by"] for one in recipe["objections"] if one["grave"]}
    text = html.read_text(encoding="utf-8")
    for words in ("The DPO wants no dates", "Study Date is emptied", "removed, with the times of day", "left out"):
        assert words in text
    assert is_intact(as_json)


def test_what_was_blanked_in_pictures_is_listed_by_file_and_place_and_not_by_what_it_said(done):
    records = done.ledger.deidentified
    row = next(records.rows(DeidState.WRITTEN))
    records.store([replace(row, blanked=[(10, 20, 30, 120), (50, 0, 60, 9)])])
    html, as_json = write_report(done)
    files = {one["path"]: one["blanked"] for one in json.loads(as_json.read_text(encoding="utf-8"))["files"]}
    assert files.pop(row.output) == [[10, 20, 30, 120], [50, 0, 60, 9]]
    assert list(files.values()) == [[]]
    text = html.read_text(encoding="utf-8")
    assert "rows 10 to 29, columns 20 to 119; rows 50 to 59, columns 0 to 8" in text


def test_head_that_may_be_recognised_is_in_the_report_once_a_series_with_what_to_do(workspace, tmp_path):
    source = tmp_path / "heads"
    source.mkdir()
    for number in range(40):
        head = original()
        head.BodyPartExamined, head.SliceThickness = "HEAD", "1"
        head.SOPInstanceUID = head.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.{number}"
        (source / f"{number}.dcm").write_bytes(written(head))
    scan(workspace, [source])
    deidentify(workspace, workers=1)
    found = [one for one in findings(workspace) if one.kind == "face in the picture"]
    assert len(found) == 1
    html, as_json = write_report(workspace)
    (remark,) = json.loads(as_json.read_text(encoding="utf-8"))["remarks"]
    assert (remark["kind"], remark["reason"], remark["files"]) == ("face in the picture", found[0].message, 1)
    assert "dicom_defacing_anonymation" in remark["reason"]
    assert remark["reason"] in html.read_text(encoding="utf-8")


def test_the_report_holds_no_identifier(done):
    for path in write_report(done):
        text = path.read_text(encoding="utf-8").lower()
        for secret in (*NAME.split("^"), "garcia", "garcía", PATIENT_ID, ACCESSION, BIRTH, ROOT, str(done.folder)):
            assert secret.lower() not in text


def test_a_report_that_was_changed_later_is_recognised(done):
    _, as_json = write_report(done)
    assert is_intact(as_json)
    text = as_json.read_text(encoding="utf-8")
    for before, after in (('"verified": 2', '"verified": 3'), ('"quarantined": 1', '"quarantined": 0')):
        as_json.write_text(text.replace(before, after, 1), encoding="utf-8")
        assert not is_intact(as_json)
    content = json.loads(text)
    content["files"][1]["sha256"] = "0" * 64
    as_json.write_text(json.dumps(content), encoding="utf-8")
    assert not is_intact(as_json)


def test_a_report_whose_chain_was_made_anew_lacks_the_signature(done, tmp_path):
    _, as_json = write_report(done)
    content = json.loads(as_json.read_text(encoding="utf-8"))
    other = workspaces.create(tmp_path / "other", node="practice-upv")
    files, signature = content.pop("files"), content.pop("signature")
    del content["chain_head"]
    forged = {**sealed(other, content, files[:1]), "signature": signature}
    as_json.write_text(json.dumps(forged), encoding="utf-8")
    assert not is_intact(as_json)


def test_all_reports_of_a_workspace_are_signed_with_one_key_that_stays_private(done):
    first, again = (json.loads(write_report(done)[1].read_text(encoding="utf-8")) for _ in range(2))
    assert first["signed_by"] == again["signed_by"]
    assert "PRIVATE KEY" in (done.folder / "private" / "signing.key").read_text(encoding="ascii")
    assert "PRIVATE KEY" not in json.dumps(first)


def test_whatever_a_profile_says_is_escaped_in_the_report(workspace, tmp_path):
    source = tmp_path / "originals"
    source.mkdir()
    (source / "a.dcm").write_bytes(written(original()))
    profile = tmp_path / "ours.toml"
    profile.write_text(
        'format = 1\nname = "<b>ours"\ntitle = "<script>alert(1)</script>"\nversion = "1"\ndates = "shift"\n'
        'private = "remove"\n[[override]]\ntag = "(0008,0080)"\naction = "remove"\nreason = "<img src=x onerror=1>"\n',
        encoding="utf-8",
    )
    scan(workspace, [source])
    deidentify(workspace, profile=profile, workers=1)
    html, _ = write_report(workspace)
    found = _Tags()
    found.feed(html.read_text(encoding="utf-8"))
    assert not {"script", "img", "b", "a", "link", "iframe"} & found.tags
    assert "<script>alert(1)</script>" in found.text


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = set(), ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not any(name in ("src", "href") or name.startswith("on") for name, _ in attrs)

    def handle_data(self, data):
        self.text += data
