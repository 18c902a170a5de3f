"""Page 13: nothing is asked on load, the gate is said, what the catalogue shows is compared, the dossier is there."""

import time

import pytest

from eucaim_nb import workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.dataset import catalogue, record
from eucaim_nb.reports import dossier
from eucaim_nb.ui import pages
from eucaim_nb.ui.pages._register import RegisterPage
from tests.dataset.test_catalogue import ENTRY, IDENT, VALUES, register
from tests.ui.browser import serious
from tests.ui.launched import launched
from tests.ui.widgets import in_sight, text, until


@pytest.fixture
def described(workspace):
    record.save(workspace, record.Record().changed(VALUES))
    return workspace


def shown(page):
    return "\n".join(part.value for part in in_sight(page.page.root) if type(part).__name__ == "HTML")


def test_the_page_opens_on_nothing_and_asks_nobody(workspace):
    assert text(pages.build("register", None))
    said = text(pages.build("register", workspace))
    assert "There is no metadata record yet" in said
    assert shown(RegisterPage(workspace)).count("The DTA is not recorded as signed") == 1
    assert workspace.ledger.events.latest(workflow.LOOKED_UP) is None


def test_attachments_are_made_only_with_a_reason_while_something_speaks_against_it(described):
    page = RegisterPage(described)
    card = page.registration
    assert card.make.layout.display == "none"
    card.confirm.button.click()
    assert "Type a reason" in text(card.notice.root)
    assert catalogue.attachments(described) == []
    card.confirm.reason.value = "signed on paper"
    time.sleep(0.5)
    card.confirm.button.click()
    until(lambda: "metadata-molgenis.xlsx" in card.files.value)
    assert "dossier.html" in card.files.value
    until(lambda: "eucaim-main" in page.look_up.ask._dom_classes)  # what is next now
    assert "eucaim-main" not in card.make._dom_classes


def test_the_entry_is_compared_and_the_phase_follows(described, nodes):
    page = RegisterPage(described)
    row = record.row(record.load(described))
    entry = ENTRY | {name: row[name] for name in ("interoperability_tier", "imaging_modality", "sex")}
    register(nodes, entry | {"name": "Colon <b>CT</b>"})
    page.look_up.ask.click()
    until(lambda: "Colon &lt;b&gt;CT" in page.look_up.found.value)
    assert "differs" in page.look_up.found.value
    assert "1 column differs" in shown(page)
    register(nodes, entry)
    time.sleep(0.5)
    page.look_up.ask.click()
    until(lambda: workflow.step("register", described).state is workflow.StepState.DONE)
    assert "12 of 12 columns" in text(pages.build("register", described))


def test_a_silent_catalogue_gives_the_link_and_what_to_look_at(described, nodes):
    nodes.faults.set(["catalogue:status=503"])
    page = RegisterPage(described)
    page.look_up.ask.click()
    until(lambda: "gave no answer" in page.look_up.found.value)
    assert "says nothing about the dataset" in page.look_up.found.value
    assert f"/#/dataset/{IDENT}" in page.look_up.found.value
    assert "numbers of patients" in page.look_up.found.value


def test_the_dossier_is_made_shown_with_its_digest_and_verified(described):
    page = RegisterPage(described)
    page.dossier.make.click()
    until(lambda: "SHA-256" in page.dossier.found.value)
    assert dossier.verify(page.dossier.file).sha256 in page.dossier.found.value
    page.dossier.verify.click()
    until(lambda: "as it was sealed" in page.dossier.verdict.value)
    (described.folder / "dataset" / "record.json").write_text("{}")
    time.sleep(0.5)
    page.dossier.verify.click()
    until(lambda: "dataset/record.json was changed since" in page.dossier.verdict.value)


@pytest.mark.browser
def test_the_page_in_a_browser(env, browser, screenshots):
    with launched(env=env) as app:
        opened = workspaces.current()
        record.save(opened, record.Record().changed(VALUES))
        browser.open(f"{app.url('13_register_and_verify')}?token={app.token}")
        page = browser.page
        page.screenshot(path=screenshots / "register-blocked.png", full_page=True)
        page.get_by_role("button", name="Go on all the same").click()
        page.get_by_label("Reason why they may be made").fill("signed on paper")
        page.get_by_role("button", name="Make them ready all the same").click()
        page.get_by_text("metadata-molgenis.xlsx").first.wait_for(timeout=60_000)
        page.get_by_role("button", name="Look it up in the catalogue").click()
        page.get_by_text("does not know the dataset").wait_for(timeout=60_000)
        page.get_by_role("button", name="Verify it").click()
        page.get_by_text("as it was sealed").wait_for(timeout=60_000)
        page.get_by_role("heading", name="The dossier").scroll_into_view_if_needed()
        page.screenshot(path=screenshots / "register-done.png")
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 640, "height": 360})  # as at 200 % zoom
        page.screenshot(path=screenshots / "register-dark-zoomed.png")
        assert serious(page) == []
        assert browser.strangers() == []
        assert browser.errors == []
