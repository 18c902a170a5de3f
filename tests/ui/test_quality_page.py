"""The page Data quality: reads on load, checks, shows what is wrong and where, and leaves out with a reason."""

import time

import pytest

from benchmarks.quality.stacks import series, write
from eucaim_nb import jobs, quality, workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.ui.components._guard import REST_SECONDS
from eucaim_nb.ui.pages._quality import _QualityPage
from eucaim_nb.workflow import StepState
from tests.ui.browser import serious
from tests.ui.launched import launched
from tests.ui.widgets import every, labels, named, text

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def checked(workspace, tmp_path):
    """Two series, one of which lacks a slice and tries to become HTML."""
    broken = series(seed=1)
    for ds in broken:
        ds.SeriesDescription = ds.PatientID = HOSTILE
    del broken[5]
    write(broken, tmp_path / "in" / "1")
    other = series(seed=2)
    for ds in other:
        ds.Manufacturer = "GE"
    write(other, tmp_path / "in" / "2")
    scan(workspace, [tmp_path / "in"])
    quality.run(workspace, level="quick")
    return workspace


def test_page_starts_nothing_by_itself_and_needs_images(workspace):
    page = _QualityPage(workspace)
    assert page.check.layout.display == "none"
    assert jobs.latest(workspace, "quality") is None


def test_check_runs_as_a_job_and_its_result_is_shown(workspace, tmp_path):
    write(series(), tmp_path / "in")
    scan(workspace, [tmp_path / "in"])
    page = _QualityPage(workspace)
    page.level.value = "quick"
    page.check.click()
    end = time.monotonic() + 60
    while "Nothing stands against" not in text(page.page.root) and time.monotonic() < end:
        time.sleep(0.05)
    assert "0 errors" in text(page.page.root)
    assert workflow.action("quality", workspace).state is StepState.DONE


def test_weight_and_dimension_choose_what_is_listed(checked):
    result = _QualityPage(checked).result
    every_one = len(result.table.shown)
    result.severity.value = "ERR"
    assert [one.kind.split()[0] for one in result.table.shown] == ["S06"]
    assert len([one for one in labels(result.series.root) if one.startswith("▸")]) == 1
    result.dimension.value = "consistent"
    assert result.table.shown == []
    result.severity.value = ""
    assert [one.kind.split()[0] for one in result.table.shown] == ["N-UPV-9"]
    result.dimension.value = ""
    assert len(result.table.shown) == every_one > 1


def test_series_opens_to_pictures_and_positions_in_words_too(checked):
    page = _QualityPage(checked)
    page.result.severity.value = "ERR"
    named(page.result.series.root, "▸ ").click()
    shown = text(page.result.series.root)
    assert "11 images from" in shown
    assert "1 missing at" in shown
    assert 'class="eucaim-plot"><img src="data:image/png' in shown
    assert HOSTILE not in text(page.page.root)


def test_series_is_left_out_with_a_reason_only_and_taken_back(checked):
    page = _QualityPage(checked)
    page.result.severity.value = "ERR"
    named(page.result.series.root, "▸ ").click()
    named(page.result.series.root, "▸ Leave the series").click()
    button = next(
        part for part in every(page.result.series.root) if getattr(part, "description", "") == "Leave out"
    )
    button.click()
    assert quality.excluded(checked) == []
    named(page.result.series.root, "Reason").value = "slices were never exported"
    time.sleep(REST_SECONDS + 0.05)
    button.click()
    assert [one.reason for one in quality.excluded(checked)] == ["slices were never exported"]
    assert "0 errors" in text(page.page.root)
    named(page.result.root, "Take back").click()
    assert quality.excluded(checked) == []
    assert "1 error," in text(page.page.root)


def test_what_stands_open_stays_so_with_what_was_typed_when_the_list_is_shown_anew(checked):
    page = _QualityPage(checked)
    kept, gone = (row for row in page.result.series._list.rows.children)
    named(kept, "▸ ").click()
    named(kept, "▸ Leave the series").click()
    named(kept, "Reason").value = "half a sentence"
    named(page.result.root, "▸ Preflight for UPV").click()
    named(gone, "▸ ").click()
    named(gone, "▸ Leave the series").click()
    named(gone, "Reason").value = "of another scanner"
    next(one for one in every(gone) if getattr(one, "description", "") == "Leave out").click()
    assert len(page.result.series._list.rows.children) == 1
    assert page.result.series._list.rows.children[0] is kept
    assert named(kept, "Reason").value == "half a sentence"
    assert "N-UPV-3" in text(page.result.rules.root)
    page._show_result()  # as after the next check
    assert named(kept, "Reason").value == "half a sentence"


def test_what_was_left_out_is_named(checked):
    series_of = {row.series_uid: row for row in checked.ledger.index.series()}
    one = next(row for row in series_of.values() if row.patient_id != HOSTILE)
    quality.exclude(checked, one.study_uid, one.series_uid, reason="of another scanner")
    assert f"{one.patient_id} · CT" in text(_QualityPage(checked).result._left_out)


def test_one_image_is_left_out_by_its_number_if_there_is_just_one(checked):
    page = _QualityPage(checked)
    page.result.severity.value = "ERR"
    named(page.result.series.root, "▸ ").click()
    named(page.result.series.root, "▸ Leave the series").click()
    root = page.result.series.root
    named(root, "Instance Number").value, named(root, "Reason").value = "99", "blurred"
    button = next(part for part in every(root) if getattr(part, "description", "") == "Leave out")
    button.click()
    assert quality.excluded(checked) == []
    named(root, "Instance Number").value = "3"
    time.sleep(REST_SECONDS + 0.05)
    button.click()
    assert [one.sop_uid for one in quality.excluded(checked)] == [series(seed=1)[2].SOPInstanceUID]


def test_rules_of_the_node_are_told_with_their_results(checked):
    page = _QualityPage(checked)
    named(page.result.root, "▸ Preflight for UPV").click()
    shown = text(page.result.root)
    assert "N-UPV-3" in shown
    assert "N-XNAT" not in shown
    assert "level standard" in shown  # N-UPV-1 reads whole headers


@pytest.mark.browser
def test_from_nothing_checked_to_a_series_left_out_in_a_browser(cohort, env, browser, screenshots):
    with launched(env=env) as app:
        scan(workspaces.current(), [cohort.folder])
        browser.open(f"{app.url('07_quality')}?token={app.token}")
        page = browser.page
        check = page.get_by_role("button", name="Check the images")
        box = check.bounding_box()
        assert box["y"] + box["height"] <= 720
        check.click()
        page.get_by_text("against sending these images").first.wait_for(timeout=60_000)
        page.get_by_role("button", name="▸ Preflight for UPV").click()
        page.locator(".eucaim-fold", has_text="CT").first.click()
        page.locator(".eucaim-plot img").first.wait_for()
        page.screenshot(path=screenshots / "quality.png", full_page=True)
        assert serious(page) == []
        assert browser.strangers() == []
        assert browser.errors == []
