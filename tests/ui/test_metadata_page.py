"""The metadata page: it keeps what is typed, says what is wrong at the field, and holds a page of fields at a time."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Record
from eucaim_nb.ui.pages._metadata import MetadataPage
from tests.dataset.record.filled import everything
from tests.ui.launched import environment, launched
from tests.ui.widgets import every, named, text

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def page(workspace):
    made = MetadataPage(workspace)
    made.drawers["Mandatory"].turn(True)
    return made


def field(page, label):
    return named(page.page.root, label)


def row(page, key):
    return page.groups["Mandatory"].entries[key]


def test_opening_the_page_writes_nothing_and_builds_no_field(workspace):
    page = MetadataPage(workspace)
    assert not any(group.entries for group in page.groups.values())
    assert list((workspace.folder / "dataset").iterdir()) == []


def test_error_stands_at_its_field_and_goes_when_it_is_mended(page):
    assert "The title is missing" in text(row(page, "dct:title").root)
    field(page, "Title (mandatory)").value = "Prostate MR"
    assert "The title is missing" not in text(row(page, "dct:title").root)
    field(page, "Version (mandatory)").value = "first"
    assert "A version is numbers" in text(row(page, "dcat:version").root)


def test_what_is_typed_survives_closing_the_page_without_a_version(page, workspace):
    field(page, "Title (mandatory)").value = "Prostate MR"
    assert records.load(workspace) is None
    again = MetadataPage(workspace)
    assert again.draft.record.first("dct:title") == "Prostate MR"
    assert again.draft.changed


def test_saving_makes_a_version_and_an_earlier_one_can_be_taken_back(page, workspace):
    field(page, "Title (mandatory)").value = "A"
    page.save.click()
    field(page, "Title (mandatory)").value = "B"
    page.draft.save()
    page.drawers["Versions"].turn(True)
    buttons = [part for part in every(page.versions.root) if getattr(part, "description", "") == "Go back to it"]
    assert len(buttons) == 2
    buttons[-1].click()
    assert field(page, "Title (mandatory)").value == "A"
    assert page.draft.save().version == 3


def test_terms_are_searched_chosen_and_removed_with_their_notes(page):
    page.draft.take(Record({"eucaim:hasImageModality": ("eucaim:IMG1000026",)}))
    named(page.page.root, "Next page").click()
    entry = row(page, "eucaim:hasImageModality")
    terms = entry.input
    terms.search.value = "ct"
    assert terms.found.value == "eucaim:IMG1000042"
    assert "IMG1000026" in text(terms.root)
    terms.add.click()
    assert page.draft.record.values["eucaim:hasImageModality"] == ("eucaim:IMG1000026", "eucaim:IMG1000042")
    named(terms.root, "Remove").click()
    assert page.draft.record.values["eucaim:hasImageModality"] == ("eucaim:IMG1000042",)


def test_second_node_is_added_and_removed(page):
    entry = row(page, "dcat:contactPoint")
    named(entry.root, "Contact e-mail").value = "a@x.eu"
    entry.more.click()
    boxes = [part for part in every(entry.root) if "Contact e-mail" in getattr(part, "description", "")]
    assert len(boxes) == 2
    boxes[1].value = "b@x.eu"
    assert page.draft.record.first("dcat:contactPoint#2/vcard:hasEmail") == "b@x.eu"
    named(entry.root, "Remove contact point 1").click()
    assert dict(page.draft.record.values) == {"dcat:contactPoint/vcard:hasEmail": ("b@x.eu",)}
    assert named(entry.root, "Contact e-mail").value == "b@x.eu"


def test_filling_keeps_what_was_written(page):
    field(page, "Theme (mandatory)")
    page.draft.set("dcat:theme", ["theme:OTHER"])
    page._fill()
    assert page.draft.record.first("dcat:theme") == "theme:OTHER"
    assert page.draft.record.first("healthdcatap:healthCategory") == "ehds:healthcategories/EHRS"


def test_values_never_become_html(page):
    page.draft.take(
        everything().changed({"dct:title": [HOSTILE], "dcat:keyword": [HOSTILE], "dct:source": [HOSTILE]})
    )
    page._replaced()
    for name in ("Recommended", "Optional", "Differences", "Versions"):
        page.drawers[name].turn(True)
    page.draft.save()
    page._replaced()
    page.known.show()
    assert "<img src=x" not in text(page.page.root)


def presses(page, words):
    """Press all buttons whose words begin so."""
    for part in [part for part in every(page.page.root) if getattr(part, "description", "").startswith(words)]:
        part.click()


def test_showing_every_field_of_a_record_changes_nothing_in_it(page):
    page.draft.take(everything())
    page._replaced()
    for name in ("Recommended", "Optional", "Only in the catalogue"):
        page.drawers[name].turn(True)
    for _ in range(3):
        presses(page, "▸ More about")
        held = [[one for one in group.entries.values() if one.root.comm] for group in page.groups.values()]
        assert max(map(len, held)) <= 12
        presses(page, "Next page")
    assert records.changes(page.draft.record, everything()) == ()


def test_writing_files_saves_and_says_what_conforms(page, workspace):
    page.draft.take(everything())
    page.files._write()
    assert records.load(workspace).version == 1
    assert "conforms" in text(page.files.root)
    assert (workspace.folder / "dataset" / "metadata.ttl").is_file()
    page._edited()
    assert "13_register_and_verify" in text(page.page.root)


@pytest.mark.browser
def test_record_is_filled_in_saved_and_written_in_a_browser(tmp_path, browser, screenshots):
    wait = 30_000
    with launched(env=environment(tmp_path)) as app:
        page = browser.page
        browser.open(app.address)
        browser.open(app.url("12_dataset_metadata"))

        def press(name):
            button = page.get_by_role("button", name=re.compile(name)).first
            button.focus()
            button.press("Enter")

        press("^Fill in what is known")
        page.get_by_text("What you wrote stayed as it was").wait_for(timeout=wait)
        title = page.get_by_label(re.compile(r"^Title \(mandatory\)"))
        title.fill("Prostate MR")
        title.press("Tab")
        page.get_by_text("The title is missing").first.wait_for(state="detached", timeout=wait)
        page.screenshot(path=screenshots / "metadata-filled.png", full_page=True)
        press("^Save a version")
        page.get_by_text("Version 1 is saved").wait_for(timeout=wait)
        press("^. Files")
        press("^Write the files")
        page.get_by_text("metadata-molgenis.xlsx").last.wait_for(timeout=wait)
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        page.reload()
        browser.wait()
        page.get_by_text("version 1 saved").first.wait_for(timeout=wait)
        assert not browser.errors
        assert not browser.strangers()
