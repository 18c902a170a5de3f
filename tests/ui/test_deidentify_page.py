"""The page De-identify: it reads on load, shows before it does, and says what was verified."""

import json
import time
from base64 import b64encode
from io import BytesIO

import numpy as np
import pydicom
import pytest
from PIL import Image, ImageDraw, ImageFont
from pydicom.data import get_testdata_file

from eucaim_nb import deid, jobs
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.identity import export_key, key_of, read_key
from eucaim_nb.jobs import JobState
from eucaim_nb.ledger import DeidState
from eucaim_nb.transfer import concerns
from eucaim_nb.ui import components as c
from eucaim_nb.ui import pages
from eucaim_nb.ui.components import _job
from eucaim_nb.ui.pages._deidentify import _DeidentifyPage
from eucaim_nb.ui.pages._profile_table import ProfileTable
from eucaim_nb.ui.pages._pseudonym_key import PseudonymKey
from eucaim_nb.ui.pages._upload import _UploadPage
from tests.ui.browser import serious
from tests.ui.launched import launched
from tests.ui.widgets import in_sight, labels, named, text, until

HOSTILE = "<img src=x onerror=alert(1)>"
PASSPHRASE = "correct horse battery"
STUDY_DESCRIPTION = 0x00081030


@pytest.fixture
def treated(scanned):
    deid.deidentify(scanned)
    return scanned


@pytest.fixture
def hostile(workspace, tmp_path):
    """A workspace with one scanned file whose header and name try to become HTML."""
    folder = tmp_path / "export"
    folder.mkdir()
    header = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    for keyword in ("PatientID", "StudyDescription", "SeriesDescription", "PatientName", "InstitutionName"):
        setattr(header, keyword, HOSTILE)
    header.save_as(folder / f"{HOSTILE.replace('/', '')}.dcm")
    scan(workspace, [folder])
    return workspace


def look(page):
    """Open the preview down to the first image and ask for it."""
    page.preview.line.click()
    for words in ("▸ Patient", "▸ Study", "▸ Series", "Before and after"):
        named(page.preview.root, words).click()


def seen(page):
    return {getattr(part, "description", "") for part in in_sight(page.page.root)}


def finished(page):
    page.panel.wait(120)
    assert page.panel.job.state is JobState.DONE, page.panel.job.error
    return page.panel.job


# Building


def test_without_workspace_the_page_leads_to_the_start():
    shown = text(pages.build("deidentify", None))
    assert "What you need" in shown
    assert 'href="00_start.ipynb"' in shown


def test_new_workspace_shows_the_profiles_and_no_button_without_images(workspace):
    page = _DeidentifyPage(workspace)
    assert [label for label, _ in page.choice.field.options][:3] == [one.title for one in deid.profiles().values()]
    assert not [words for words in seen(page) if words.startswith(("De-identify", "Dry run", "▸ Preview"))]
    assert 'href="03_inspect_dicom.ipynb"' in text(page.page.root)


def test_scanned_images_are_counted_on_the_button_and_nothing_is_made_on_load(scanned):
    page = _DeidentifyPage(scanned)
    assert page.run.description == f"De-identify {scanned.ledger.index.totals().instances:,} instances"
    assert {"Dry run", "▸ Preview: one image before and after"} <= seen(page)
    assert read_key(scanned) is None
    assert jobs.latest(scanned, "deidentify") is None


@pytest.mark.parametrize(
    ("name", "words"),
    [("eucaim", "constant number of weeks"), ("basic", "removed, with the times"), ("lethe-compatible", "month")],
)
def test_each_profile_says_in_words_what_happens_to_dates(workspace, name, words):
    page = _DeidentifyPage(workspace)
    page.choice.field.value = name
    assert words in text(page.choice.root)


def test_profile_file_that_cannot_be_used_is_said_in_words_and_starts_nothing(scanned, tmp_path):
    (tmp_path / "mine.toml").write_text("format = 1\nname = 'mine'\nversion = '1'\ndates = 'guess'\n")
    page = _DeidentifyPage(scanned)
    page.choice.field.value = ""
    page.run.click()
    assert "No profile file is chosen" in page.said.root.value
    page.choice.file.field.value = str(tmp_path / "mine.toml")
    assert "dates: &#x27;guess&#x27; is unknown" in text(page.choice.root)
    page.dry_run.click()
    assert "dates" in page.said.root.value
    assert jobs.latest(scanned, "deidentify") is None


def test_secret_of_the_other_anonymiser_reaches_the_job_and_nothing_else(scanned, monkeypatch):
    started = []
    monkeypatch.setattr(_job.jobs, "start", lambda *given: started.append(given))
    page = _DeidentifyPage(scanned)
    assert page.choice.secret not in list(in_sight(page.page.root))
    page.choice.field.value = "lethe-compatible"
    assert page.choice.secret in list(in_sight(page.page.root))
    page.choice.secret.value = "site secret"
    page.run.click()
    _, kind, arguments, secrets = started[0]
    assert (kind, arguments, secrets) == ("deidentify", {"profile": "lethe-compatible"}, {"secret": "site secret"})
    page.choice.field.value = "eucaim"
    page.dry_run.click()
    assert started[1][3] == {}


# Preview


def test_preview_shows_what_changes_and_stores_nothing(scanned):
    before = {path: path.stat().st_mtime_ns for path in scanned.folder.rglob("*") if "ledger" not in path.name}
    page = _DeidentifyPage(scanned)
    look(page)
    until(lambda: "would change" in text(page.preview.root))
    shown = text(page.preview.root)
    first = next(iter(scanned.ledger.index.series()))
    assert f"<td>{first.patient_id}</td><td>EUCAIM-" in shown
    assert "(0010,0030)" in shown
    assert "(0028,0010)" not in shown  # rows stay, so they are not listed
    assert "This workspace has no key yet" in shown
    assert read_key(scanned) is None
    after = {path: path.stat().st_mtime_ns for path in scanned.folder.rglob("*") if "ledger" not in path.name}
    assert after == before


def test_preview_and_run_give_the_same_pseudonym(scanned):
    key_of(scanned)
    page = _DeidentifyPage(scanned)
    look(page)
    until(lambda: "would change" in text(page.preview.root))
    assert "This workspace has no key yet" not in text(page.preview.root)
    deid.deidentify(scanned)
    written = {row.patient for row in scanned.ledger.deidentified.rows(DeidState.WRITTEN)}
    assert any(f"<td>{patient}</td>" in text(page.preview.root) for patient in written)


def test_hostile_header_is_text_in_the_preview_and_everywhere_else(hostile):
    page = _DeidentifyPage(hostile)
    look(page)
    until(lambda: "would change" in text(page.preview.root))
    shown = text(page.page.root)
    assert "<img src=x" not in shown
    assert shown.count("&lt;img src=x onerror=alert(1)&gt;") >= 3
    assert not [words for words in labels(page.page.root) if "\n" in words]


def test_preview_says_what_would_be_set_aside(workspace, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    header = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    header.add_new(0x00420011, "OB", b"%PDF-1.7")
    header.save_as(folder / "document.dcm")
    scan(workspace, [folder])
    page = _DeidentifyPage(workspace)
    look(page)
    until(lambda: "encapsulated document" in text(page.preview.root))
    assert "set aside" in text(page.preview.root)


def test_original_that_went_away_is_said_beside_the_preview(hostile, tmp_path):
    page = _DeidentifyPage(hostile)
    for path in (tmp_path / "export").iterdir():
        path.unlink()
    look(page)
    until(lambda: "Scan the folder again" in text(page.preview.root))


# Doing it


def test_dry_run_counts_and_writes_nothing(scanned):
    page = _DeidentifyPage(scanned)
    page.dry_run.click()
    done = finished(page)
    assert done.result["dry_run"]
    shown = text(page.page.result)
    assert f"{done.result['written']:,} instances would be written" in shown
    assert "Nothing was written" in shown
    assert deid.Action.DATE.words in shown
    assert list(scanned.deidentified.iterdir()) == []
    assert read_key(scanned) is None
    assert "Upload" not in page.page._next.value


def test_run_ends_with_what_is_verified_and_a_second_visit_shows_it(scanned):
    page = _DeidentifyPage(scanned)
    page.run.click()
    page.run.click()
    done = finished(page)
    assert page.panel.job.id == 1
    assert done.result["written"] == done.result["verified"] > 100
    for shown in (page, _DeidentifyPage(scanned)):
        words = text(shown.page.root)
        assert f"{done.result['written']:,} instances written and verified" in words
        assert str(scanned.folder / "reports" / "deidentification.html") in words
        assert f"{done.result['quarantined']:,} originals set aside" in words
        assert "same UID, other content" in words
        assert 'href="09_upload_images.ipynb"' in shown.page._next.value
        assert shown.page.action.layout.display is None
    named(shown.page.result, "▸ What was done").click()
    assert "(0010,0020) Patient ID" in text(shown.page.result)
    assert "private attribute" in text(shown.page.result)


def test_run_that_was_stopped_on_the_page_goes_on_there_to_the_same_end(scanned):
    page = _DeidentifyPage(scanned)
    page.run.click()
    page.panel.stop.click()
    page.panel.wait(120)
    assert page.panel.job.state in (JobState.STOPPED, JobState.DONE)
    if page.panel.job.state is JobState.STOPPED:
        assert page.panel.again in list(in_sight(page.page.root))
        page.panel.again.click()
    finished(page)
    counts = scanned.ledger.deidentified.counts()
    assert counts.verified == counts.written == len(list(scanned.deidentified.rglob("*.dcm"))) > 100


def test_findings_stand_before_the_rest_and_are_escaped(hostile, tmp_path):
    (tmp_path / "export" / f"cut {HOSTILE.replace('/', '')}.dcm").write_bytes(bytes(128) + b"DICM" + b"\2\0\0\0UL")
    scan(hostile, [tmp_path / "export"])
    deid.deidentify(hostile)
    shown = text(_DeidentifyPage(hostile).page.result)
    assert "<img" not in shown
    assert shown.index("Findings") < shown.index("set aside</h2>")
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown


def test_output_that_is_not_verified_takes_the_way_to_the_upload_away(treated):
    row = next(iter(treated.ledger.deidentified.rows(DeidState.WRITTEN)))
    treated.ledger.deidentified.note_verified([], {row.id: ()})
    page = _DeidentifyPage(treated)
    assert "1 instance did not pass verification" in text(page.page.result)
    assert "09_upload_images" not in page.page._next.value


# Profiles


def test_profile_table_finds_what_happens_to_an_attribute(workspace):
    table = ProfileTable(workspace, deid.load_profile("eucaim"), lambda path: None, c.Notice())
    table.search.value = "0010,0020"
    assert "(0010,0020)" in text(table.table.root)
    assert "(0010,0010)" not in text(table.table.root)
    table.search.value = ""
    table.which.value = "own"
    assert "Nodes and viewers show the name" in text(table.table.root)
    assert f"of {len(deid.load_profile('eucaim').overrides):,}<" in text(table.table.root)


def test_changed_profile_is_saved_as_a_version_chosen_and_used(scanned):
    page = _DeidentifyPage(scanned)
    page.rules.line.click()
    rules = page.rules.root
    named(rules, "Attribute").value = "StudyDescription"
    assert "(0008,1030)" in text(rules)
    action, save = named(rules, "What shall happen"), named(rules, "Save as a new version")
    assert deid.Action.UID not in [value for _, value in action.options]
    action.value = deid.Action.REMOVE
    save.click()
    assert "needs a reason" in text(rules)
    assert deid.site_profiles(scanned) == []
    named(rules, "Reason").value = "The DPO\nasked for it"
    time.sleep(0.6)
    save.click()
    (path,) = deid.site_profiles(scanned)
    assert path.parent == scanned.folder / "profiles"
    saved = deid.load_profile(path)
    assert saved.overrides[STUDY_DESCRIPTION] == deid.Override(deid.Action.REMOVE, "The DPO asked for it")
    assert (saved.name, saved.version) == ("eucaim-site", "2026.1+1")
    assert page.choice.value == str(path)
    assert _DeidentifyPage(scanned).choice.value == str(path)
    page.run.click()
    assert finished(page).arguments["profile"] == str(path)
    outputs = list(scanned.deidentified.rglob("*.dcm"))
    assert outputs
    assert not any("StudyDescription" in pydicom.dcmread(one, stop_before_pixels=True) for one in outputs)
    report = (scanned.folder / "reports" / "deidentification.json").read_text()
    assert "The DPO asked for it" in report


def test_next_change_is_the_next_version_and_keeps_the_earlier_file(workspace):
    first = deid.change_profile(
        workspace, deid.load_profile("eucaim"), STUDY_DESCRIPTION, deid.Action.REMOVE, "first"
    )
    second = deid.change_profile(
        workspace, deid.load_profile(first), deid.find_attribute("(0008,103E)"), deid.Action.EMPTY, "second"
    )
    assert deid.site_profiles(workspace) == [second, first]
    made = deid.load_profile(second)
    assert (made.name, made.version) == ("eucaim-site", "2026.1+2")
    assert made.overrides[STUDY_DESCRIPTION].reason == "first"
    assert len(deid.load_profile(first).overrides) == len(made.overrides) - 1


@pytest.mark.parametrize("written", ["", "nonsense", "(0008;1030)", HOSTILE])
def test_attribute_that_is_none_is_said_in_words(workspace, written):
    table = ProfileTable(workspace, deid.load_profile("eucaim"), lambda path: None, c.Notice())
    table.attribute.value = written
    table.save.click()
    assert "There is no such attribute" in table.notice.root.value
    assert deid.site_profiles(workspace) == []


# Questions


def test_another_answer_shows_what_follows_and_what_speaks_against_it_before_anything_is_saved(workspace):
    page = _DeidentifyPage(workspace)
    page.questions.line.click()
    form = page.answers
    assert page.run not in list(in_sight(form.root))
    assert form.save not in list(in_sight(form.root))
    form.fields["dates"].value = "remove"
    shown = text(form.root)
    assert "only clinical/relative_days.csv does" in shown
    assert "1 answer changed, not saved yet" in shown
    assert "UPV node: Study Date is emptied" in shown
    assert form.save in list(in_sight(form.root))
    form.fields["age_limit"].value = "old"
    assert "give a whole number of years" in text(form.root)
    form.fields["age_limit"].value = "89"
    form.fields["dates"].value = "shift"
    assert "conflict" not in text(form.root)
    assert form.save not in list(in_sight(form.root))
    assert deid.site_profiles(workspace) == []


def test_answers_need_a_reason_and_are_then_saved_chosen_and_used(hostile):
    page = _DeidentifyPage(hostile)
    page.questions.line.click()
    form = page.answers
    form.fields["dates"].value, form.fields["documents"].value = "month", "drop"
    page.run.click()
    assert "not saved" in page.said.root.value
    assert jobs.latest(hostile, "deidentify") is None
    form.save.click()
    assert "needs a reason" in text(form.root)
    form.reason.value = HOSTILE
    time.sleep(0.6)
    form.save.click()
    (path,) = deid.site_profiles(hostile)
    assert page.choice.value == str(path)
    shown = text(page.choice.root)
    assert "Reason: &lt;img src=x onerror=alert(1)&gt;" in shown
    assert "cut to the month" in shown
    assert not page.questions.opened
    time.sleep(0.6)
    page.run.click()
    assert finished(page).arguments["profile"] == str(path)
    assert {pydicom.dcmread(one).StudyDate[6:] for one in hostile.deidentified.rglob("*.dcm")} == {"01"}


def test_open_preview_follows_the_choice_also_while_it_is_not_saved(scanned):
    page = _DeidentifyPage(scanned)
    look(page)
    until(lambda: "The picture" in text(page.preview.root))
    assert "(0008,103E)" not in text(page.preview.root)
    page.questions.line.click()
    page.answers.fields["clean-descriptors"].value = "no"
    until(lambda: "answers that are not saved yet" in text(page.preview.root))
    assert "(0008,103E)" in text(page.preview.root)
    page.choice.field.value = "basic"
    until(lambda: "With the profile basic 2026.1," in text(page.preview.root))


def test_preview_draws_what_would_be_made_black(workspace, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    picture = np.zeros((160, 480), np.uint8)
    drawn = Image.fromarray(picture)
    ImageDraw.Draw(drawn).text((20, 60), "GARCIA MARIA 12345", fill=255, font=ImageFont.load_default(32))
    header = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    header.Modality, header.SOPClassUID = "OT", pydicom.uid.SecondaryCaptureImageStorage
    header.BurnedInAnnotation = "YES"
    header.Rows, header.Columns = picture.shape
    header.BitsAllocated = header.BitsStored = 8
    header.HighBit, header.PixelRepresentation = 7, 0
    header.PixelData = np.asarray(drawn).tobytes()
    header.save_as(folder / "screen.dcm")
    scan(workspace, [folder])
    page = _DeidentifyPage(workspace)
    look(page)
    until(lambda: "would be made black in all frames" in text(page.preview.root), 60)
    found = deid.preview_picture((folder / "screen.dcm").open("rb"))
    assert found.boxes
    shown = np.asarray(Image.open(BytesIO(found.png)).convert("RGB")).astype(int)
    box = found.boxes[0]
    edge = shown[box.top, box.left + 2]
    assert edge.max() - edge.min() > 100  # coloured, on a grey picture
    assert shown[box.slices].max() == 255  # and the text is still there to be seen
    assert b64encode(found.png).decode() in text(page.preview.root)


def test_images_that_were_deidentified_before_are_said_to_be(hostile, tmp_path):
    deid.deidentify(hostile)
    other = workspaces.create(tmp_path / "other", node="practice-upv")
    scan(other, [hostile.deidentified])
    deid.deidentify(other)
    shown = text(_DeidentifyPage(other).page.root)
    assert "Nothing to do: these images were de-identified by this program already" in shown
    assert "1 original is an output of this program already, and left alone" in shown


def test_left_out_documents_are_counted_on_the_page_and_in_a_dry_run(hostile, tmp_path):
    (name,) = (tmp_path / "export").iterdir()
    document = pydicom.dcmread(name)
    document.EncapsulatedDocument = b"%PDF-1.7"
    document.save_as(name)
    scan(hostile, [tmp_path / "export"])
    profile = deid.change_answers(hostile, deid.load_profile("eucaim"), {"documents": "drop"}, "none of them")
    page = _DeidentifyPage(hostile)
    assert page.choice.value == str(profile)
    look(page)
    until(lambda: "leaves such instances out" in text(page.preview.root))
    assert "left out" in text(page.preview.root)
    page.dry_run.click()
    finished(page)
    assert "1 original would be left out" in text(page.page.result)
    time.sleep(0.6)
    page.run.click()
    finished(page)
    assert "1 original left out by the profile: encapsulated document 1." in text(page.page.result)
    assert "set aside</h2>" not in text(page.page.result)


# Key


def test_key_is_copied_and_brought_into_another_workspace(workspace, tmp_path):
    box = PseudonymKey(workspace, c.Notice())
    assert "There is no key yet" in text(box.root)
    box.target.value = str(tmp_path / "copy.json")
    box.passphrase.value, box.repeated.value = PASSPHRASE, PASSPHRASE + "x"
    box.export.click()
    assert "differ" in box.notice.root.value
    assert not (tmp_path / "copy.json").exists()
    assert box.passphrase.value == box.repeated.value == ""
    box.passphrase.value = box.repeated.value = PASSPHRASE
    time.sleep(0.6)
    box.export.click()
    fingerprint = key_of(workspace).fingerprint
    assert fingerprint in text(box.root)

    other = workspaces.create(tmp_path / "other", node="upv")
    key_of(other)
    there = PseudonymKey(other, c.Notice())
    there.file.field.value = str(tmp_path / "copy.json")
    there.opens.value = PASSPHRASE
    there.bring.click()
    assert "has another pseudonym key already" in there.notice.root.value
    assert there.opens.value == ""
    there.opens.value, there.replace.value = PASSPHRASE, True
    time.sleep(0.6)
    there.bring.click()
    assert key_of(other).fingerprint == fingerprint
    assert fingerprint in text(there.root)


def test_damaged_key_is_said_and_a_copy_mends_it(workspace, tmp_path):
    fingerprint = key_of(workspace).fingerprint
    export_key(workspace, tmp_path / "copy.json", PASSPHRASE)
    (workspace.folder / "private" / "pseudonym.key").write_text("scratched")
    box = PseudonymKey(workspace, c.Notice())
    assert "is damaged" in text(box.root)
    box.file.field.value, box.opens.value = str(tmp_path / "copy.json"), PASSPHRASE
    box.bring.click()
    assert fingerprint in text(box.root)


# The upload page afterwards


def test_verified_images_are_uploaded_without_a_reason(treated, nodes):
    page = _UploadPage(treated)
    visible = list(in_sight(page.page.action))
    assert page.upload in visible
    assert page.confirm.reason not in visible
    assert page.source.value == "De-identified images of this workspace"
    page.upload.click()
    job = page.panel
    job.wait(120)
    assert job.job.state is JobState.DONE, job.job.error
    assert job.job.arguments["source"] == "deidentified"
    assert job.job.result["verified"] == treated.ledger.deidentified.counts().verified
    said = [event.action for event in treated.ledger.events.all()]
    assert "upload without verified de-identification" not in said


def test_originals_still_need_a_reason_after_a_de_identification(treated):
    page = _UploadPage(treated)
    page.source.value = next(value for _, value in page.source.options if value.startswith("Scanned folder"))
    visible = list(in_sight(page.page.action))
    assert page.upload not in visible
    assert page.confirm.reason in visible


def test_one_unverified_image_asks_for_a_reason_again(treated):
    row = next(iter(treated.ledger.deidentified.rows(DeidState.WRITTEN)))
    treated.ledger.deidentified.note_verified([], {row.id: ()})
    page = _UploadPage(treated)
    assert page.confirm.reason in list(in_sight(page.page.action))
    assert page.upload not in list(in_sight(page.page.action))


def test_output_changed_behind_our_back_is_refused_and_the_field_for_a_reason_appears(treated, nodes):
    page = _UploadPage(treated)
    changed = next(treated.deidentified.rglob("*.dcm"))
    changed.chmod(0o600)
    changed.write_bytes(changed.read_bytes() + b"\0\0")
    assert [one.count for one in concerns(treated, "deidentified")] == [1]
    page.upload.click()
    page.panel.wait(120)
    assert page.panel.job.state is JobState.FAILED
    assert "verified as de-identified" in page.panel.job.error
    assert page.confirm.reason in list(in_sight(page.page.action))


def test_job_of_the_ledger_holds_no_secret_and_no_patient(scanned):
    page = _DeidentifyPage(scanned)
    page.choice.field.value = "lethe-compatible"
    page.choice.secret.value = "a secret of the site"
    page.run.click()
    job = finished(page)
    kept = json.dumps([dict(job.arguments), dict(job.result)])
    assert "a secret of the site" not in kept
    for patient in {row.patient_id for row in scanned.ledger.index.series(scanned.originals()) if row.patient_id}:
        assert f'"{patient}"' not in kept


# In the browser


@pytest.mark.browser
def test_from_the_first_look_to_verified_images_in_a_browser(cohort, env, browser, screenshots):
    with launched(env=env) as app:
        scan(workspaces.current(), [cohort.folder])
        browser.open(f"{app.url('05_deidentify')}?token={app.token}")
        page = browser.page
        run = page.get_by_role("button", name="De-identify 1")
        box = run.bounding_box()
        assert box["y"] + box["height"] <= 720
        for words in ("▸ Preview", "▸ Patient", "▸ Study", "▸ Series"):
            page.get_by_role("button", name=words).first.click()
        page.get_by_role("button", name="Before and after", exact=True).first.click()
        page.get_by_text("would change").wait_for()
        assert serious(page) == []
        page.get_by_role("heading", name="The picture").wait_for()
        page.get_by_role("button", name="▸ Other choices").click()
        page.get_by_label("Dates and times").select_option(label="kept as they are")
        page.get_by_text("not saved yet").first.wait_for()
        assert serious(page) == []
        page.get_by_label("Dates and times").select_option(label="moved by a constant number of weeks for each patient")
        page.get_by_text("Exact dates").wait_for(state="hidden")
        page.get_by_role("button", name="▸ The profile").click()
        page.get_by_role("button", name="▸ Change what").click()
        page.get_by_role("button", name="▸ Pseudonym key").click()
        page.get_by_role("button", name="▸ Save a copy").click()
        assert serious(page) == []
        run.click()
        page.get_by_text("instances written and verified").wait_for(timeout=60_000)
        page.screenshot(path=screenshots / "deidentified.png")
        assert serious(page) == []
        assert browser.strangers() == []
        assert browser.errors == []
