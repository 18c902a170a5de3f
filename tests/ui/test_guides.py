"""Guides: what is recorded stays, what is refused is said, nothing typed is lost, nothing is taken for HTML."""

import html
import re
import time
from dataclasses import replace

import pytest

from eucaim_nb import workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.reference import actions, links, node_defaults, phases, tickets
from eucaim_nb.ui import components as c
from eucaim_nb.ui import pages
from eucaim_nb.ui.components._guard import REST_SECONDS
from eucaim_nb.ui.pages import _links
from eucaim_nb.ui.pages._guide import Guide
from eucaim_nb.ui.pages._phase import PhasePage
from eucaim_nb.ui.pages._ticket import TicketText
from eucaim_nb.workflow import StepState
from tests.ui.browser import serious
from tests.ui.launched import environment, launched
from tests.ui.widgets import every, in_sight, labels, named, text

HOSTILE = "<img src=x onerror=alert(1)>"
GUIDED = [phase.id for phase in phases() if phase.id not in ("start", "inspect", "upload")]


@pytest.fixture
def legal(workspace):
    return PhasePage("legal", workspace)


def guide(page, action):
    return next(one for one in page.guides.guides if one.action.id == action)


def click_again(button):
    """Click after the time in which a second click is taken for a double one."""
    time.sleep(REST_SECONDS + 0.05)
    button.click()


def main_buttons(page):
    return [part for part in in_sight(page.page.root) if "eucaim-main" in getattr(part, "_dom_classes", ())]


# Recording


def test_note_and_file_are_recorded_and_shown(legal, workspace, tmp_path):
    (tmp_path / "dta signed.pdf").write_bytes(b"%PDF-1.7 signed")
    box = guide(legal, "dta").evidence
    box.note.value = "Signed on Monday"
    box.file.field.value = str(tmp_path / "dta signed.pdf")
    box.record.click()
    record = workflow.records(workspace)["dta"]
    assert record.file.read_bytes() == b"%PDF-1.7 signed"
    shown = text(box.root)
    assert "Signed on Monday" in shown
    assert str(record.file) in shown
    assert record.sha256 in shown
    assert c.moment(record.at) in shown
    assert "1 of 2 done" in text(legal.page.root)


def test_nothing_at_all_is_refused_beside_the_button(legal, workspace):
    guide(legal, "dta").evidence.record.click()
    assert workflow.records(workspace) == {}
    assert "There is nothing to record" in text(guide(legal, "dta").evidence.root)


@pytest.mark.parametrize("name", ["gone.pdf", ""])
def test_file_that_cannot_be_kept_is_refused_and_the_note_stays(legal, workspace, tmp_path, name):
    box = guide(legal, "dta").evidence
    box.note.value = "Signed"
    box.file.field.value = str(tmp_path / name)
    box.record.click()
    assert workflow.records(workspace) == {}
    assert 'role="alert"' in text(box.root)
    assert box.note.value == "Signed"


def test_double_click_records_once(legal, workspace):
    box = guide(legal, "dta").evidence
    box.note.value = "Signed"
    box.record.click()
    box.record.click()
    assert len(workspace.ledger.records.all()) == 1


def test_withdrawn_record_opens_the_step_again_and_keeps_the_file(legal, workspace, tmp_path):
    (tmp_path / "dta.pdf").write_bytes(b"signed")
    box = guide(legal, "dta").evidence
    box.file.field.value = str(tmp_path / "dta.pdf")
    box.record.click()
    kept = workflow.records(workspace)["dta"].file
    named(box.root, "Withdraw").click()
    box.reason.value = "wrong version"
    box.withdraw.click()
    assert workflow.action("dta", workspace).state is StepState.TODO
    assert kept.read_bytes() == b"signed"
    assert "Record as done" in labels(box.root)
    assert "0 of 2 done" in text(legal.page.root)


def test_recorded_step_gives_its_turn_to_the_next_one(legal):
    first, second = legal.guides.guides
    assert (first.drawer.opened, second.drawer.opened) == (True, False)
    first.evidence.note.value = "handed in"
    first.evidence.record.click()
    assert second.drawer.opened
    assert main_buttons(legal) == [second.evidence.record]


def test_what_is_typed_elsewhere_stays_when_something_is_recorded(workspace):
    page = PhasePage("prepare", workspace)
    account, _, user = page.guides.guides
    user.evidence.note.value = "half a sentence"
    account.evidence.note.value = "Ticket 4711"
    account.evidence.record.click()
    assert user.evidence.note.value == "half a sentence"


def test_last_record_of_a_phase_leads_on(workspace):
    page = PhasePage("deidentify", workspace)
    assert "Go on" not in text(page.page.root)
    box = page.guides.guides[0].evidence
    box.note.value = "Done at the source"
    box.record.click()
    assert "Go on: Re-identification risk" in text(page.page.root)


# What may be skipped, what is blocked


@pytest.mark.parametrize("phase", ["annotations", "risk", "quality", "clinical"])
def test_step_that_may_be_left_out_is_skipped_with_a_reason_only(workspace, phase):
    page = PhasePage(phase, workspace)
    box = page.guides.guides[0].evidence
    box.skip.click()
    assert workflow.records(workspace) == {}
    assert 'role="alert"' in text(box.root)
    box.why.value = "images only"
    click_again(box.skip)
    assert workflow.action(page.guides.guides[0].action.id, workspace).state is StepState.SKIPPED
    assert "Skipped on purpose" in text(box.root)
    assert "images only" in text(box.root)


@pytest.mark.parametrize(
    "phase", [one for one in GUIDED if one not in ("annotations", "risk", "quality", "clinical")]
)
def test_step_that_must_be_done_offers_no_skipping(workspace, phase):
    assert not [words for words in labels(PhasePage(phase, workspace).page.root) if "Skip" in words]


def test_blocked_step_links_to_what_mends_it_and_wants_a_note(workspace):
    page = PhasePage("metadata", workspace)
    box = page.guides.guides[0].evidence
    shown = text(page.page.root)
    for blocker in workflow.action("metadata", workspace).blockers:
        assert f'href="{blocker.notebook}.ipynb">{html.escape(blocker.text)}' in shown
    assert main_buttons(page) == []
    page.guides.guides[0].checklist.boxes[page.guides.guides[0].action.checklist[0].id].value = True
    box.record.click()
    assert workflow.records(workspace) == {}
    assert "is blocked" in text(box.root)
    box.note.value = "Sent by the consortium's office in March"
    click_again(box.record)
    assert workflow.action("metadata", workspace).state is StepState.DONE


def test_blocker_on_the_same_page_is_no_link(workspace):
    page = PhasePage("register", workspace)
    entry = text(guide(page, "catalogue-entry").root)
    assert "13_register_and_verify.ipynb" not in entry


@pytest.mark.parametrize(("phase", "action"), [("inspect", "extract"), ("upload", "upload-images")])
def test_what_the_program_knows_by_itself_is_recorded_only_as_done_with_another_tool(workspace, phase, action):
    page = pages.build(phase, workspace)
    named(page, "Instructions, checklist").click()
    assert "knows by itself" in text(page)
    assert not [words for words in labels(page) if words.startswith("Skip")]
    named(page, "Done with another tool").click()
    record = named(page, "Record as done")
    record.click()
    assert workflow.records(workspace) == {}
    assert "another tool" in text(page)
    next(one for one in every(page) if getattr(one, "description", "") == "Which tool, and how").value = "CTP"
    click_again(record)
    assert workflow.records(workspace)[action].note == "CTP"


@pytest.mark.parametrize("phase", GUIDED)
def test_new_page_has_one_main_action_at_most_and_none_that_is_blocked(workspace, phase):
    page = PhasePage(phase, workspace)
    states = [status.state for status in workflow.step(phase, workspace).actions]
    assert len(main_buttons(page)) == (StepState.TODO in states)


def test_page_whose_steps_are_all_blocked_opens_none_of_them(workspace):
    page = PhasePage("register", workspace)
    assert not any(one.drawer.opened for one in page.guides.guides)


# Checklists


def test_ticks_are_kept_at_once_and_over_a_rebuild(legal, workspace):
    boxes = guide(legal, "dta").checklist.boxes
    first, second, *_ = boxes
    boxes[first].value = True
    boxes[second].value = True
    boxes[first].value = False
    assert workflow.checks(workspaces.open_workspace(workspace.folder), "dta") == {second}
    again = guide(PhasePage("legal", workspace), "dta").checklist
    assert [name for name, box in again.boxes.items() if box.value] == [second]
    assert f"1 of {len(boxes)} lines ticked" in text(again.root)


def test_tick_that_cannot_be_kept_is_taken_back_and_said(legal, workspace, monkeypatch):
    def fail(*given):
        raise OSError("disk full")

    monkeypatch.setattr(workspace.ledger.records, "keep_checks", fail)
    documentation = guide(legal, "documentation")
    box = next(iter(documentation.checklist.boxes.values()))
    box.value = True
    assert box.value is False
    assert 'role="alert"' in text(documentation.evidence.root)


def test_ticks_go_into_the_record(legal, workspace):
    documentation = guide(legal, "documentation")
    for box in documentation.checklist.boxes.values():
        box.value = True
    documentation.evidence.record.click()
    assert set(workflow.records(workspace)["documentation"].checks) == set(documentation.checklist.boxes)


# Tickets


def test_ticket_is_saved_and_its_number_and_answer_stay_over_a_rebuild(workspace):
    made = guide(PhasePage("prepare", workspace), "ingester-account").tickets[0]
    made.save.click()
    assert (workspace.folder / "paperwork" / "tickets" / "project-upv.eml").is_file()
    made.log.number.value = "71042"
    made.log.keep_number.click()
    made.log.answer.value = f"It exists.\n{HOSTILE}"
    made.log.keep_answer.click()
    again = text(guide(PhasePage("prepare", workspace), "ingester-account").tickets[0].root)
    assert "sent, number 71042" in again
    assert "It exists." in again
    assert "<img src=x" not in again


def test_ticket_is_sent_from_the_page_where_that_is_on(workspace, nodes):
    made = guide(PhasePage("prepare", workspace), "ingester-account").tickets[0]
    for name, value in (("project", "L"), ("username", "j"), ("site", "1"), ("url", "https://h.example")):
        made.fields[name].value = value
    made.drawer.line.click()
    assert "Send to the helpdesk" in [getattr(part, "description", "") for part in in_sight(made.root)]
    made.log.send.click()
    end = time.monotonic() + 20
    while "project is there already" not in text(made.root) and time.monotonic() < end:
        time.sleep(0.05)
    assert "project is there already" in text(made.root)


def test_real_helpdesk_offers_no_sending_until_an_address_is_set(tmp_path):
    workspace = workspaces.create(tmp_path / "w", node="upv")
    made = guide(PhasePage("prepare", workspace), "ingester-account").tickets[0]
    made.drawer.line.click()
    assert "Send to the helpdesk" not in [getattr(part, "description", "") for part in in_sight(made.root)]
    workspace.change(node_options={"helpdesk": "https://help.example"})
    made.drawer.turn(False)
    made.drawer.turn(True)
    assert "Send to the helpdesk" in [getattr(part, "description", "") for part in in_sight(made.root)]


@pytest.mark.parametrize("node", ["upv", "health-ri"])
def test_ticket_has_group_title_and_text_of_the_node_with_its_fields_filled_in(tmp_path, node):
    workspace = workspaces.create(tmp_path / "w", node=node, project="LUNG", site_id="0042")
    ticket = next(one for one in tickets(node) if one.action == "ingester-account")
    page = PhasePage("prepare", workspace)
    shown = text(guide(page, "ingester-account").root)
    assert ticket.groups[0] in shown
    assert ticket.title in shown
    for older in ticket.formerly:
        assert older in shown
    assert ": LUNG\n" in shown
    assert "0042" in shown
    other = next(one for one in tickets() if one.action == "ingester-account" and node not in one.families)
    assert other.title not in text(page.page.root) + " ".join(labels(page.page.root))


def test_what_is_typed_into_a_ticket_is_in_its_text_and_kept(workspace):
    ticket = next(one for one in tickets("upv") if one.action == "ingester-account")
    made = TicketText(workspace, ticket, c.Notice())
    assert "[EUCAIM user name" in text(made.root)
    made.fields["username"].value = "jdoe"
    made.fields["project"].value = "LUNG|A"
    assert "manage it: jdoe" in text(made.root)
    again = workspaces.open_workspace(workspace.folder)
    assert again.settings.project == "LUNG|A"
    assert TicketText(again, ticket, c.Notice()).fields["username"].value == "jdoe"


def test_every_ticket_of_a_node_is_on_a_page_and_leaves_no_field_open(workspace):
    family = str(node_defaults()[workspace.settings.node]["family"])
    for ticket in tickets(family):
        phase = next(action.phase for action in actions(family) if action.id == ticket.action)
        shown = text(PhasePage(phase, workspace).page.root)
        assert html.escape(ticket.title) in shown
        made = TicketText(workspace, ticket, c.Notice())
        for name, field in made.fields.items():
            field.value = f"my {name}"
        assert made.fields
        assert not re.search(r"\{(\w+)\}|\[my|\[[A-Z]", text(made.root))


# Signing in


def test_practice_node_is_tested_from_the_page(workspace, nodes):
    page = pages.build("prepare", workspace)
    test = next(part for part in in_sight(page) if getattr(part, "description", "") == "Test the connection")
    test.click()
    end = time.monotonic() + 20
    while "takes images at" not in text(page) and time.monotonic() < end:
        time.sleep(0.05)
    assert "takes images at" in text(page)


def test_sign_in_of_a_real_node_waits_until_it_is_opened_and_knows_the_project_typed_meanwhile(tmp_path):
    workspace = workspaces.create(tmp_path / "w", node="health-ri")
    page = pages.build("prepare", workspace)
    assert "Password" not in labels(page)
    named(page, "Name of the project").value = "LUNG"
    named(page, "Sign in and test the connection").click()
    assert "Password" in labels(page)
    assert workspaces.open_workspace(workspace.folder).settings.project == "LUNG"


# Links


def test_links_show_address_age_and_older_names():
    for link in links().values():
        made = _links.link(link.id)
        assert html.escape(_links.address(link)) in made
        assert f"last checked {link.read_on:%d %b %Y}" in made
        listed = _links.table([link.id])
        for older in link.formerly:
            assert html.escape(older) in listed


def test_address_that_needs_an_identifier_opens_without_it():
    needing = [link for link in links().values() if "{" in link.url]
    assert needing
    for link in needing:
        assert "{" not in _links.link(link.id)


def test_every_link_of_an_action_can_be_followed_from_its_page(workspace):
    for phase in GUIDED:
        shown = text(PhasePage(phase, workspace).page.root)
        for status in workflow.step(phase, workspace).actions:
            for name in status.action.links:
                assert f'href="{html.escape(_links.address(links()[name]))}"' in shown


# Hostile text


def test_note_file_name_and_ticket_fields_are_shown_as_text(legal, workspace, tmp_path):
    file = tmp_path / f"{HOSTILE}.pdf"
    file.write_bytes(b"x")
    box = guide(legal, "dta").evidence
    box.note.value = f"{HOSTILE}\n{HOSTILE}"
    box.file.go(tmp_path)
    box.file.listing.value = file.name
    box.file.take.click()
    box.record.click()
    prepare = guide(PhasePage("prepare", workspace), "ingester-account")
    prepare.tickets[0].fields["username"].value = HOSTILE
    shown = text(legal.page.root) + text(prepare.root)
    assert workflow.records(workspace)["dta"].file is not None
    assert "<img src=x" not in shown
    assert shown.count("&lt;img src=x") >= 4


def test_what_the_reference_says_is_shown_as_text(workspace):
    action = next(one for one in actions("upv") if one.id == "dta")
    lines = [replace(line, text=HOSTILE) for line in action.checklist]
    steps = [replace(step, text=HOSTILE) for step in action.instructions]
    hostile = replace(
        action,
        title=HOSTILE,
        description=HOSTILE,
        formerly=(HOSTILE, "older"),
        evidence=HOSTILE,
        outcome=HOSTILE,
        source=HOSTILE,
        instructions=tuple(steps),
        checklist=tuple(lines),
    )
    made = Guide(workspace, hostile, "01_legal_and_dta", c.Notice(), lambda: None)
    status = workflow.action("dta", workspace)
    made.show(replace(status, action=hostile, sentence=HOSTILE), turn=True, alone=False)
    assert "<img src=x" not in text(made.root)
    assert "&lt;img src=x" in text(made.root)


def test_guides_never_reach_out(workspace):
    """Every address is a link for the person's browser; none is an image, a script or a frame."""
    for phase in GUIDED:
        for part in every(PhasePage(phase, workspace).page.root):
            value = getattr(part, "value", "")
            if type(part).__name__ == "HTML":
                assert not any(tag in value for tag in ("<img", "<script", "<iframe", "<link"))


# In the browser

NOTEBOOKS = [phase.notebook for phase in phases()]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with launched(env=environment(tmp_path_factory.mktemp("app"))) as running:
        yield running


def opened(browser, app, notebook):
    browser.open(f"{app.url(notebook)}?token={app.token}")
    browser.page.wait_for_load_state("networkidle")
    return browser.page


@pytest.mark.browser
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_page_is_accessible_asks_for_nothing_outside_and_complains_of_nothing(app, browser, notebook):
    page = opened(browser, app, notebook)
    while page.get_by_role("button", name="▸").count():
        page.get_by_role("button", name="▸").first.click()
        page.wait_for_timeout(100)
    assert serious(page) == []
    assert browser.strangers() == []
    assert browser.errors == []


@pytest.mark.browser
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_main_action_is_in_sight_without_scrolling(app, browser, notebook):
    page = opened(browser, app, notebook)
    mains = page.locator(".eucaim-main:visible, .eucaim-main-link:visible")
    for number in range(mains.count()):
        box = mains.nth(number).bounding_box()
        assert box["y"] + box["height"] <= 720


@pytest.mark.browser
@pytest.mark.parametrize("notebook", ["00_start", "01_legal_and_dta", "08_prepare_node"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_at_200_percent_and_is_accessible_in_both_colours(
    app, new_browser, screenshots, notebook, scheme
):
    browser = new_browser(color_scheme=scheme, viewport={"width": 640, "height": 360}, device_scale_factor=2)
    page = opened(browser, app, notebook)
    page.screenshot(path=screenshots / f"guide-{notebook}-{scheme}.png")
    too_wide = (
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 641).length"
    )
    assert page.evaluate(too_wide) == 0
    assert serious(page) == []


@pytest.mark.browser
def test_recorded_step_is_done_after_a_reload_and_on_the_board(app, browser, screenshots):
    page = opened(browser, app, "02_accounts_and_training")
    page.get_by_label("Note").first.fill("Everybody has seen the videos")
    page.get_by_role("button", name="Record as done").first.click()
    page.get_by_role("heading", name="Recorded as done").wait_for()
    page.screenshot(path=screenshots / "guide-recorded.png")
    page.reload()
    browser.wait()
    page.get_by_role("button", name="3. Get familiar with EUCAIM").click()
    page.get_by_text("Everybody has seen the videos").wait_for()
    page.get_by_role("link", name="Status board").click()
    page.get_by_text("1 of 18 done").wait_for()
