"""The page Create and publish: it asks only when told to, changes what the node lets it, and says the consequence."""

import json
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from eucaim_nb import workflow
from eucaim_nb.dataset import node as dataset
from eucaim_nb.ui.pages._dataset import DatasetPage
from eucaim_nb.workflow import DatasetState
from tests.dataset.submissions import DESCRIBED
from tests.ui.launched import environment, launched
from tests.ui.widgets import in_sight, labels, named, text, until

HOSTILE = "<img src=x onerror=alert(1)>"


def buttons(root):
    return [one.description for one in in_sight(root) if type(one).__name__ == "Button"]


def opened(page):
    return [step.line.description[2:] for step in page.steps if step.opened]


def test_page_asks_no_node_by_itself(workspace):
    page = DatasetPage(workspace)  # no node is running
    assert opened(page) == ["1. Make the dataset"]
    assert "Ask the node first" in text(page.description.root)
    assert "Release the dataset" not in buttons(page.release.root)


def test_node_that_is_not_running_is_said_and_nothing_else_changes(workspace):
    page = DatasetPage(workspace)
    page.look.click()
    until(lambda: "not running" in text(page.said.root))
    assert workflow.node_dataset(workspace) is None


def test_dataset_is_made_watched_and_compared_by_clicks(at_upv, creation_pace):
    page = DatasetPage(at_upv)
    page.creation.name.value, page.creation.description.value = HOSTILE, "d"
    page.creation.create.click()
    until(lambda: "2. Compare with what was sent" in opened(page))
    assert HOSTILE not in text(page.page.root)
    assert "&lt;img" in text(page.page.root)
    page.comparing.compare.click()
    until(lambda: "Every series that was sent and verified is in the dataset" in text(page.comparing.root))
    until(lambda: "3. Describe" in opened(page))
    assert "1. Make the dataset" not in opened(page)
    again = DatasetPage(at_upv)  # reloaded, it shows the same without asking
    assert "nothing missing" in text(again.page.root)


def test_form_has_what_the_node_lets_be_changed_and_saves_only_that(at_upv, export_dataset, creation_pace):
    dataset.look(at_upv, export_dataset())
    page = DatasetPage(at_upv)
    page.view.look()
    form = page.description
    assert set(form.fields) == {*DESCRIBED, "previousId"}
    assert form.changes == {}
    form.fields["version"].field.value = "1.0.0"
    form.fields["type"].ticks[1].value = True
    form.fields["license"].field.value = "CC BY 4.0"
    assert set(form.changes) == {"version", "type", "license"}
    form._save()
    kept = workflow.node_dataset(at_upv).properties
    assert (kept["version"], kept["type"]) == ("1.0.0", ["annotated"])
    assert "The node now shows what you typed" in text(page.said.root)


def test_what_cannot_be_changed_any_more_is_text_and_no_field(at_upv, export_dataset, creation_pace):
    dataset.look(at_upv, export_dataset())
    dataset.release(at_upv, override="only practising")
    page = DatasetPage(at_upv)
    page.view.look()
    assert set(page.description.fields) == {"contactInfo", "license"}
    assert "The node does not let this be changed now" in text(page.description.root)


def test_release_says_its_consequence_and_needs_a_reason_if_objected(at_upv, export_dataset, creation_pace):
    dataset.look(at_upv, export_dataset())
    page = DatasetPage(at_upv)
    page.view.look()
    assert "The DTA is not recorded as signed." in text(page.release.root)
    assert "cannot be taken back" in text(page.release.against.root)
    page.release.against.button.click()
    assert "Type a reason" in text(page.said.root)
    assert dataset.look(at_upv).dataset.state is DatasetState.DRAFT
    page.release.against.reason.value = "only practising"
    time.sleep(0.6)  # the second click of a double click does nothing
    page.release.against.button.click()
    until(lambda: "the node shows it as released" in text(page.said.root))
    assert workflow.node_dataset(at_upv).id in text(page.release.root)
    assert "Release the dataset" not in buttons(page.release.root)


def test_release_needs_no_reason_when_nothing_speaks_against_it(at_upv, export_dataset, creation_pace, cleared):
    dataset.look(at_upv, export_dataset())
    dataset.set_properties(at_upv, DESCRIBED)
    dataset.reconcile(cleared(at_upv))
    page = DatasetPage(at_upv)
    page.view.look()
    assert "4. Release" in opened(page)
    assert [one for one in labels(page.release.root) if "Reason why" in one]  # there, and out of sight
    assert not [one for one in in_sight(page.release.root) if "Reason why" in getattr(one, "description", "")]
    page.release.plain.button.click()
    until(lambda: "the node shows it as released" in text(page.said.root))


def test_failed_creation_says_what_it_means_and_offers_to_remove_it(at_upv, uploaded_studies, creation_pace, tmp_path):
    studies = uploaded_studies()
    studies[0]["pathInDatalake"] = "../elsewhere"
    file = tmp_path / "index.json"
    file.write_text(json.dumps(studies), encoding="utf-8")
    dataset.create(at_upv, {"name": "Wrong", "description": "d"}, index=file)
    page = DatasetPage(at_upv)
    page.view.look()
    assert "leads out of the data lake" in text(page.creation.root)
    named(page.creation.remove.root, "Remove the failed dataset").click()
    until(lambda: "is removed at the node" in text(page.said.root))
    assert "Remove the failed dataset" not in buttons(page.creation.root)


def test_project_of_xnat_is_described_and_opened(at_health_ri):
    page = DatasetPage(at_health_ri)
    assert page.creation is None
    page.view.look()
    for name, value in {"description": HOSTILE, "keywords": "a, b", "pi_firstname": "A", "pi_lastname": "B"}.items():
        page.description.fields[name].field.value = value
    page.description._save()
    assert "Everything that is needed is filled in" in text(page.description.root)
    page.release.against.reason.value = "only practising"
    page.release.against.button.click()
    until(lambda: "the node shows it as protected" in text(page.said.root))
    assert "Release the dataset" not in buttons(page.release.root)
    named(page.release.root, "▸ Change who sees it").click()
    page.release.level.value = "public"
    page.release.against.reason.value = "only practising"
    time.sleep(0.6)
    page.release.against.button.click()
    until(lambda: "the node shows it as public" in text(page.said.root))
    assert HOSTILE not in text(page.page.root)
    named(page.release.out.root, "Reason").value = "a subject withdrew"
    page.release.out.button.click()
    until(lambda: "taken out of use" in text(page.said.root))
    assert workflow.node_dataset(at_health_ri).state is DatasetState.PRIVATE


@pytest.mark.browser
def test_from_upload_to_release_by_keyboard_in_a_browser(tmp_path, browser, screenshots, at_upv):
    wait = 60_000
    with launched(str(at_upv.folder), env=environment(tmp_path)) as app:
        page = browser.page
        browser.open(app.address)
        browser.open(app.url("11_create_dataset"))

        def press(name):
            button = page.get_by_role("button", name=re.compile(name)).first
            button.focus()
            button.press("Enter")

        def violations():
            return [one["id"] for one in Axe().run(page).response["violations"]]

        page.get_by_label("Name of the dataset").fill("Lungs of two invented people")
        page.get_by_label("Description of the dataset").fill("CT of the chest")
        page.get_by_label("Description of the dataset").press("Tab")
        press("^Make the dataset")
        press("^Compare with what was sent")
        page.get_by_text("Every series that was sent and verified is in the dataset").wait_for(timeout=wait)
        page.get_by_label(re.compile("^Version")).wait_for(timeout=wait)
        assert violations() == []
        page.get_by_label(re.compile("^Version")).fill("1.0.0")
        page.get_by_label(re.compile("^Version")).press("Tab")
        press("^Save the changes")
        page.get_by_text("The node now shows what you typed: Version").wait_for(timeout=wait)
        press("^. 4. Release")
        page.get_by_label("Reason why it may be released all the same").fill("only practising")
        page.get_by_label("Reason why it may be released all the same").press("Tab")
        press("^Release the dataset")
        page.get_by_text("the node shows it as released").first.wait_for(timeout=wait)
        page.screenshot(path=screenshots / "dataset-released.png", full_page=True)
        assert violations() == []
        page.reload()
        browser.wait()
        page.get_by_text("The node says that the dataset is released").first.wait_for(timeout=wait)
        assert not browser.errors
        assert not browser.strangers()
