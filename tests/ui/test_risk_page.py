"""The page on re-identification risk: it reads on load, measures on a click, answers at once, and shows no value."""

import time

import pytest

from eucaim_nb import risk
from eucaim_nb import workspace as workspaces
from eucaim_nb.deid import deidentify, load_profile
from eucaim_nb.dicom import scan
from eucaim_nb.risk import Role, Source
from eucaim_nb.ui import components as c
from eucaim_nb.ui import pages
from eucaim_nb.ui.pages._risk import _RiskPage
from eucaim_nb.ui.pages._risk_plan import save_profile_of
from eucaim_nb.ui.pages._risk_what_if import WhatIf
from tests.risk.cohort import write_patients
from tests.ui.browser import serious
from tests.ui.launched import launched
from tests.ui.widgets import every, labels, named, text


@pytest.fixture
def scanned(workspace, tmp_path):
    write_patients(tmp_path / "originals", 40)
    scan(workspace, [tmp_path / "originals"])
    return workspace


@pytest.fixture
def what_if(scanned):
    return WhatIf(scanned, risk.tables(scanned, Source.ORIGINAL), 3, lambda: None, c.Notice(None))


def shown(page):
    return "\n".join(part.value for part in every(page) if type(part).__name__ == "HTML")


def test_the_page_opens_on_an_empty_workspace_and_says_what_is_missing(workspace):
    assert "No images are indexed yet" in text(pages.build("risk", workspace))
    assert text(pages.build("risk", None))


def test_assessing_on_a_click_shows_leaks_and_figures(scanned):
    page = _RiskPage(scanned)
    assert "Identifiers that are left" not in text(page.page.root)
    page.k.value = 3
    page.run.click()
    end = time.monotonic() + 60
    while (page.panel.busy or "name a person" not in text(page.page.root)) and time.monotonic() < end:
        time.sleep(0.05)
    said = text(page.page.root)
    assert "name a person" in said
    assert "of 40 patients are like nobody else" in said
    assert any("Hidden tags" in label for label in labels(page.page.root))
    named(page.page.root, "▸ Images:").click()
    said = text(page.page.root)
    assert said.count("data:image/png") == 2
    assert 'alt="' in said
    for value in ("Okafor", "90000", "90039"):
        assert value not in said


def test_originals_and_outputs_are_compared_once_both_were_searched(scanned):
    deidentify(scanned, workers=1)
    risk.run(scanned, source="original")
    assert "Before and after de-identification" not in text(pages.build("risk", scanned))
    risk.run(scanned)
    said = text(pages.build("risk", scanned))
    assert "Before and after de-identification" in said
    assert "No name, number or address of a person was found" in said


def test_a_population_that_is_no_number_is_told(scanned):
    page = _RiskPage(scanned)
    page.population.value = "many"
    page.run.click()
    assert "whole number of people" in text(page.said.root)
    assert page.panel.job is None


def test_roles_are_saved_and_used(scanned):
    page = _RiskPage(scanned)
    named(page.page.root, "▸ Roles").click()
    named(page.page.root, "Models (imaging)").value = Role.INSENSITIVE
    named(page.page.root, "Save the roles").click()
    assert "model" not in risk.tables(scanned, Source.ORIGINAL).columns("imaging", Role.QUASI_IDENTIFIER)


def test_choosing_a_level_changes_the_figures_at_once(what_if):
    before = what_if.said.value
    named(what_if.root, "Age at the first study").value = 1
    assert what_if.said.value != before
    assert "Information lost" in what_if.said.value


def test_the_proposal_reaches_the_k_and_becomes_a_plan_and_a_profile(what_if, scanned):
    what_if._propose()
    found = what_if.lattice.scenario(what_if.levels, 3)
    assert found.k >= 3
    named(what_if.root, "Keep these levels").click()
    kept = risk.saved_plan(scanned)
    assert kept.overrides or kept.answers
    assert "do again" in text(what_if.plan)
    profile = load_profile(save_profile_of(scanned, kept))
    for one in kept.overrides:
        assert profile.overrides[int(one["tag"].strip("()").replace(",", ""), 16)].action == one["action"]


def test_the_curve_says_in_words_what_each_k_loses(what_if):
    what_if._draw()
    assert "k = 3 loses" in what_if.curve.value
    assert "The same in numbers" in what_if.curve.value


def test_exported_hierarchies_stay_private_and_a_broken_one_is_refused(what_if, scanned, tmp_path):
    named(what_if.root, "Export the levels").click()
    files = sorted((scanned.folder / "private" / "hierarchies").glob("*.csv"))
    assert len(files) == len(what_if.hierarchies)
    (tmp_path / "broken.csv").write_text("F;x;*\nM;x\n")
    what_if.picker.field.value = str(tmp_path / "broken.csv")
    what_if.column.value = "sex"
    what_if._notice.clear()
    named(what_if.root, "Import the hierarchy").click()
    assert "gaps" in text(what_if._notice.root)


def test_patients_in_small_groups_are_listed_in_private_only(what_if, scanned):
    named(what_if.root, "List the patients").click()
    listed = (scanned.folder / "private" / "risk-small-groups.csv").read_text().split()
    assert listed[0] == "PatientID"
    assert len(listed) == 1 + what_if.lattice.scenario(what_if.levels, 3).records_below_k
    assert listed[1] not in text(what_if.root)


def test_leaving_out_asks_for_a_reason_and_takes_small_groups_out_of_everything(what_if, scanned):
    button = named(what_if.root, "Leave out the patients in groups below 3")
    named(what_if.root, "Manufacturers").value = 1
    named(what_if.root, "Age at the first study").value = 1
    named(what_if.root, "Day of the first study").value = 1
    small = what_if.small
    assert 0 < len(small) < 40
    button.click()
    assert not scanned.ledger.exclusions.all()
    named(what_if.root, "Reason").value = "too rare"
    time.sleep(0.5)
    button.click()
    left = risk.tables(scanned, Source.ORIGINAL).imaging.patients["patient"]
    assert set(small).isdisjoint(left)
    assert len(left) == 40 - len(small)
    assert deidentify(scanned, workers=1).written == len(left)


def test_ages_above_a_limit_are_coded_as_the_limit(what_if):
    what_if.column.value = "age"
    what_if.limits["top"].value = "65"
    named(what_if.root, "Apply to the column").click()
    age = next(one for one in what_if.hierarchies if one.column == "age")
    assert age.levels[0].of(["64", "80"]) == ["64", "65"]


@pytest.mark.browser
def test_the_page_in_a_browser(tmp_path, env, browser, screenshots):
    write_patients(tmp_path / "originals", 60)
    with launched(env=env) as app:
        scan(workspaces.current(), [tmp_path / "originals"])
        browser.open(f"{app.url('06_reidentification_risk')}?token={app.token}")
        page = browser.page
        run = page.get_by_role("button", name="Assess the risk")
        box = run.bounding_box()
        assert box["y"] + box["height"] <= 720
        page.screenshot(path=screenshots / "risk-empty.png")
        run.click()
        page.get_by_text("name a person").first.wait_for(timeout=60_000)
        page.screenshot(path=screenshots / "risk-done.png", full_page=True)
        page.get_by_role("button", name="▸ Images:").click()
        page.get_by_text("What makes patients stand out").wait_for()
        page.get_by_role("button", name="▸ What if").click()
        page.get_by_role("button", name="Propose the levels").click()
        page.get_by_text("combinations had to be measured").wait_for(timeout=60_000)
        page.get_by_role("button", name="Keep these levels").click()
        page.get_by_text("For it to count, do again").wait_for()
        page.screenshot(path=screenshots / "risk-what-if.png", full_page=True)
        assert serious(page) == []
        assert browser.strangers() == []
        assert browser.errors == []
