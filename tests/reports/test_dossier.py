"""The dossier: every tampering is found and named, it names no patient, and it needs nothing to be read."""

import json
import re
import shutil
from dataclasses import replace

import pytest

from eucaim_nb import jobs, workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.deid import deidentify
from eucaim_nb.dicom import scan
from eucaim_nb.errors import SettingsError
from eucaim_nb.quality import exclude
from eucaim_nb.quality import run as check_quality
from eucaim_nb.reports import dossier, sealed
from eucaim_nb.reports.dossier import _pdf
from eucaim_nb.risk import run as assess_risk
from eucaim_nb.transfer import upload
from tests.deid.outputs import ACCESSION, BIRTH, NAME, PATIENT_ID, ROOT, original, written

CANARIES = (*re.findall(r"\w+", NAME), "Garcia", PATIENT_ID, ACCESSION, BIRTH, "1957-03-12", "12.03.1957", ROOT)
REASON = f"Sra. García (471182, {PATIENT_ID}, born 12.03.1957) asked; study {ROOT}.7; agreed with Dr Brandt"


@pytest.fixture
def submission(workspace, tmp_path):
    """A workspace with two de-identified images, checks, records and typed texts that say too much."""
    folder = tmp_path / "originals of Garcia"
    folder.mkdir()
    for number in (1, 2):
        ds = original()
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.{number}"
        ds.InstanceNumber = str(number)
        (folder / f"{number}.dcm").write_bytes(written(ds))
    scan(workspace, [folder])
    deidentify(workspace, workers=1)
    check_quality(workspace, level="quick")
    assess_risk(workspace, k=2)
    signed = tmp_path / f"DTA {PATIENT_ID} Fernandez.pdf"
    signed.write_bytes(b"%PDF-1.4 signed")
    workflow.record(workspace, "dta", note=REASON, file=signed)
    return workspace


@pytest.fixture
def made(submission):
    dossier.make(submission)
    return submission


def html(workspace):
    return workspace.folder / "reports" / "dossier.html"


def as_json(workspace):
    return workspace.folder / "reports" / "dossier.json"


def verdict(workspace):
    return dossier.verify(html(workspace))


def change(file, before, after):
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8", newline="\n")


def test_an_untouched_dossier_is_valid_in_both_forms_and_goes_on_being_so_while_work_goes_on(made):
    made.ledger.events.record("something later")
    (made.logs / "ui.log").write_text("later\n")
    made.change(project="RENAMED")
    for file in (html(made), as_json(made)):
        found = dossier.verify(file)
        assert found.valid
        assert found.compared
        assert (found.changed, found.missing, found.added) == ((), (), ())


def test_text_of_the_document_that_was_edited_is_found(made):
    change(html(made), "It names no patient.", "It names no patient at all.")
    assert "The document was changed after it was sealed" in verdict(made).flaws[0]


def test_content_that_was_edited_is_found_in_both_forms(made):
    change(html(made), '"state":"done"', '"state":"fine"')
    change(as_json(made), '"skipped": false', '"skipped": true')
    assert any("chain of digests is broken" in flaw for flaw in verdict(made).flaws)
    assert "chain of digests is broken" in dossier.verify(as_json(made)).flaws[0]


def test_list_of_files_that_was_cut_short_is_found(made):
    content = json.loads(as_json(made).read_text(encoding="utf-8"))
    del content["files"][-1]
    as_json(made).write_text(json.dumps(content), encoding="utf-8")
    assert "cut" in dossier.verify(as_json(made)).flaws[0]


def test_last_line_that_was_removed_or_forged_is_found(made):
    text = html(made).read_text(encoding="utf-8")
    html(made).write_text(text[: text.rindex("<!--")], encoding="utf-8", newline="\n")
    assert "last line of the document is gone" in verdict(made).flaws[0]
    html(made).write_text(re.sub(r'"signature": "..', '"signature": "00', text), encoding="utf-8", newline="\n")
    assert "not of the key that it names" in verdict(made).flaws[0]


def test_dossier_that_somebody_else_sealed_anew_is_told_by_its_key(made, tmp_path):
    stranger = workspaces.create(tmp_path / "stranger", node="practice-upv")
    settings = replace(stranger.settings, id=made.settings.id)
    content = json.loads(as_json(made).read_text(encoding="utf-8"))
    files = content.pop("files")
    for name in ("chain_head", "signature", "signed_by"):
        del content[name]
    forged = sealed(replace(stranger, settings=settings), {**content, "records": []}, files)
    as_json(made).write_text(json.dumps(forged), encoding="utf-8")
    [flaw] = dossier.verify(as_json(made)).flaws
    assert "signed with another key" in flaw


def test_key_that_was_named_is_compared_even_away_from_the_workspace(made, tmp_path):
    away = shutil.copy(html(made), tmp_path / "dossier.html")
    found = dossier.verify(away)
    assert found.valid
    assert not found.compared
    assert dossier.verify(away, key=found.fingerprint).valid
    assert "than the one that was named" in dossier.verify(away, key="0" * 16).flaws[0]


def test_document_and_content_of_two_keys_are_told_apart(made, tmp_path):
    before = html(made).read_text(encoding="utf-8")
    (made.folder / "private" / "signing.key").unlink()
    dossier.make(made)
    other = html(made).read_text(encoding="utf-8")
    mixed = before[: before.rindex("<!--")] + other[other.rindex("<!--") :]
    html(made).write_text(mixed, encoding="utf-8", newline="\n")
    assert verdict(made).flaws


def test_files_that_changed_or_are_gone_are_named_and_later_ones_do_no_harm(made):
    first, second = sorted(made.deidentified.rglob("*.dcm"))
    first.chmod(0o600)
    first.write_bytes(first.read_bytes() + b"\0\0")
    second.unlink()
    (made.folder / "reports" / "quality.json").unlink()
    (made.folder / "dataset" / "later.txt").write_text("later")
    found = verdict(made)
    named = [path.relative_to(made.folder).as_posix() for path in (first, second)]
    assert found.changed == (named[0],)
    assert set(found.missing) == {named[1], "reports/quality.json"}
    assert found.added == ("dataset/later.txt",)
    assert not found.valid
    assert found.flaws == ()


def test_kept_file_whose_name_is_withheld_is_missed_too(made):
    assert verdict(made).missing == ()
    next((made.folder / "paperwork" / "dta").iterdir()).unlink()
    [missing] = verdict(made).missing
    assert missing.startswith("paperwork/dta/DTA [withheld]")


def test_dossier_of_another_submission_is_recognised(made, tmp_path):
    other = workspaces.create(tmp_path / "other", node="practice-upv")
    shutil.copy(html(made), html(other))
    found = verdict(other)
    assert not found.compared
    assert any("another submission" in flaw for flaw in found.flaws)


def test_what_is_no_dossier_is_refused_in_words(made, tmp_path):
    (tmp_path / "page.html").write_text("<p>Hello</p>")
    for file in (tmp_path / "page.html", made.folder / "reports" / "quality.json", tmp_path / "none.html"):
        with pytest.raises(SettingsError, match=r"no dossier|cannot be read"):
            dossier.verify(file)


def test_no_planted_identifier_is_in_the_dossier_although_people_typed_them(made, tmp_path):
    series = made.ledger.index.series(made.originals())[0]
    exclude(made, series.study_uid, series.series_uid, reason=REASON)
    made.ledger.events.record("sent, unverified", reason=REASON, source=str(tmp_path / "originals of Garcia"))
    dossier.make(made)
    for file in (html(made), as_json(made)):
        text = file.read_text(encoding="utf-8")
        assert text.count("[withheld]") >= 6
        assert "agreed with Dr Brandt" in text
        for canary in CANARIES:
            assert canary.lower() not in text.lower(), canary


def test_the_dossier_binds_the_phases(made, nodes):
    upload(made)
    dossier.make(made)
    content = json.loads(as_json(made).read_text(encoding="utf-8"))
    assert [one["title"] for one in content["evidence"]] == [
        "De-identification of images",
        "Risk of re-identification",
        "Quality of images",
        "Receipt of images",
    ]
    assert all(one["flaw"] == "" and one["signed_by"] for one in content["evidence"])
    assert content["evidence"][3]["facts"][2] == [
        "Instances",
        "queued: 0; sending: 0; acknowledged: 0; verified: 2; failed: 0",
    ]
    assert len({one["path"] for one in content["files"]}) == len(content["files"])
    assert "reports/deidentification.html" in {one["path"] for one in content["files"]}
    assert not any(one["path"].startswith("private") for one in content["files"])
    assert {one["who"] for one in content["events"]} != {""}


def test_report_whose_seal_is_broken_is_named_in_the_dossier(submission):
    change(submission.folder / "reports" / "quality.json", '"severity"', '"gravity"')
    assert "reports/quality.json: Its chain of digests is broken" in dossier.make(submission).flaws[0]
    assert "chain of digests is broken" in html(submission).read_text(encoding="utf-8")


def test_a_dossier_of_an_empty_workspace_and_one_as_a_job(workspace):
    done = jobs.run(workspace, "dossier", {})
    assert done.result["files"] == 3  # the settings, the ledger, and the log of the job
    assert verdict(workspace).valid


@pytest.mark.browser
def test_the_dossier_opens_from_the_disk_and_prints(made, browser, screenshots):
    page = browser.page
    page.goto(html(made).as_uri())
    page.screenshot(path=screenshots / "dossier.png", full_page=True)
    assert page.get_by_role("heading", level=1).inner_text() == "Dossier of a EUCAIM submission"
    assert browser.requests == [html(made).as_uri()]
    assert browser.errors == []
    pdf = dossier.as_pdf(html(made))
    assert pdf.read_bytes().startswith(b"%PDF")
    assert verdict(made).valid


def test_without_a_browser_the_way_to_a_pdf_is_said(made, monkeypatch):
    monkeypatch.setattr(_pdf, "_browsers", lambda: iter(()))
    with pytest.raises(Exception, match="Save as PDF"):
        dossier.as_pdf(html(made))
