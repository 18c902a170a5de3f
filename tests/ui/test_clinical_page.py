"""The clinical page: it shows what it assumed, asks and never guesses, takes back, and holds a page of rows at most."""

import csv
import json
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from eucaim_nb import jobs
from eucaim_nb.clinical._mapping import as_data
from eucaim_nb.dicom import scan
from eucaim_nb.risk import Plan, save_plan
from eucaim_nb.ui.pages._clinical import ClinicalPage
from tests.ui.launched import environment, launched
from tests.ui.widgets import every, in_sight, named, text

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def file(tmp_path):
    """A table with one column that nobody can guess: sex in numbers, and a cell that tries to become HTML."""
    path = tmp_path / "patients.csv"
    lines = ["Patient ID,Sex,Age at diagnosis,Date of diagnosis,Remarks"]
    lines += [f"P{i},{i % 2},{60 + i},2020-01-{i + 1:02d},{HOSTILE}" for i in range(6)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def page(workspace):
    return ClinicalPage(workspace)


def read(page, file, template="generic"):
    """Read a table as the button does."""
    page.table.file.field.value = str(file)
    page.table.template.value = template
    page.table._read()
    return page.draft


def check(page):
    page.checking._check()
    return page.checking.found


def opened(page):
    return [number for number, step in enumerate(page.steps, 1) if step.opened]


def test_page_reads_nothing_before_it_is_asked_to(page, workspace):
    assert opened(page) == [1]
    assert page.draft is None
    assert not (workspace.folder / "clinical" / "mapping.json").exists()


def test_what_was_assumed_is_shown_and_can_be_overruled(page, file):
    file.write_bytes(file.read_text(encoding="utf-8").replace(",", ";").encode("cp1252"))
    read(page, file)
    assert "semicolons" in text(page.table.root)
    assert opened(page) == [2]
    page.table.fields["delimiter"].value = ","
    assert len(read(page, file).raw.headers) == 1


def test_values_of_the_table_never_become_html(page, file):
    read(page, file)
    page.table._assumed.children[1].children[0].children[0].click()
    for row in page.columns._shown.values():
        row._values.line.click()
    check(page)
    shown = text(page.page.root)
    assert "&lt;img src=x" in shown
    assert HOSTILE not in shown


def test_suggestion_is_shown_with_score_and_reason_and_confirmed_by_a_click(page, file):
    draft = read(page, file)
    row = page.columns._shown["Age at diagnosis"]
    assert "score 100" in text(row.root)
    assert not draft.is_confirmed("Age at diagnosis")
    row.confirm.click()
    assert draft.is_confirmed("Age at diagnosis")
    assert row.confirm.layout.display == "none"


def test_variable_taken_from_another_column_leaves_that_column_out(page, file):
    draft = read(page, file)
    page.columns._shown["Remarks"].becomes.value = "sex"
    assert (draft.target_of("Remarks"), draft.target_of("Sex")) == ("sex", "")
    assert page.columns._shown["Sex"].becomes.value == ""
    assert "Sex is left out now" in text(page.said.root)


def test_last_change_is_taken_back_in_file_and_page(page, file):
    draft = read(page, file)
    row = page.columns._shown["Age at diagnosis"]
    target = row.becomes.value
    row.becomes.value = ""
    kept = json.loads(draft.mapping_file.read_text(encoding="utf-8"))
    assert "Age at diagnosis" in kept["ignored"]
    page.undo.click()
    assert row.becomes.value == target
    kept = json.loads(draft.mapping_file.read_text(encoding="utf-8"))
    assert "Age at diagnosis" not in kept["ignored"]
    assert page._history.layout.display == "none"


def test_undo_is_seen_in_constants_and_in_open_values(page, file):
    read(page, file)
    population = named(page.columns._lacking, "Population")
    population.value = "Patient with Cancer"
    row = page.columns._shown["Sex"]
    row._values.line.click()
    named(row.root, "0 (3 rows)").value = "Female"
    page.undo.click()
    assert not row._values.opened
    row._values.line.click()
    assert named(row.root, "0 (3 rows)").value == "\0undecided"
    page.undo.click()
    assert population.value == ""
    assert page.draft.last_change == ""


def test_numbers_that_nobody_explained_block_until_a_person_says_what_they_mean(page, file):
    draft = read(page, file)
    draft.constant("population", "Patient with Cancer")
    draft.constant("topography", "Prostate")
    check(page)
    assert page.checking.errors
    assert "in the way" in text(page._badges[3])
    row = page.columns._shown["Sex"]
    row._values.line.click()
    for code, meaning in (("0", "Female"), ("1", "Male")):
        named(row.root, f"{code} (3 rows)").value = meaning
    assert "changed since" in text(page._badges[3])
    found = check(page)
    assert page.checking.errors == 0
    assert found.columns["sex"].texts() == ["Female", "Male"] * 3
    assert "6 of 6 rows would be exported" in text(page.checking.root)


def test_dates_that_can_be_read_in_two_ways_wait_for_a_person(page, file):
    file.write_text(
        "Patient ID,Date of diagnosis\n" + "".join(f"P{i},0{i + 1}/02/2020\n" for i in range(5)), encoding="utf-8"
    )
    draft = read(page, file)
    row = page.columns._shown["Date of diagnosis"]
    if not draft.target_of("Date of diagnosis"):
        row.becomes.value = "date_of_diagnosis"
    row._values.line.click()
    written = named(row.root, "Dates are written as")
    assert written.value == "\0undecided"
    written.value = "DD/MM/YYYY"
    steps = draft.mapping.of("date_of_diagnosis").steps
    assert [one.arguments["format"] for one in steps if one.op == "date"] == ["DD/MM/YYYY"]


def shown_values(page, column):
    row = page.columns._shown[column]
    row._values.line.click()
    return row


def test_columns_that_only_a_person_can_explain_ask_before_the_table_is_checked(page, file):
    file.write_text(
        "Patient ID,Sex,Date of diagnosis\n" + "".join(f"P{i},{i % 2},0{i + 1}/02/2020\n" for i in range(6)),
        encoding="utf-8",
    )
    draft = read(page, file)
    assert draft.open_questions == ["Sex", "Date of diagnosis"]
    assert "say what 2 of its values stand for" in text(page.columns._shown["Sex"].root)
    assert "say how its dates are written" in text(page.columns._shown["Date of diagnosis"].root)
    assert "2 to be said" in text(page._badges[1])
    page.columns.filter.value = "asks"
    assert list(page.columns._shown) == draft.open_questions
    row = shown_values(page, "Sex")
    for code, meaning in (("0", "Female"), ("1", "Male")):
        named(row.root, f"{code} (3 rows)").value = meaning
    assert draft.open_questions == ["Date of diagnosis"]


def test_columns_are_combined_seen_at_once_and_taken_back(page, file):
    file.write_text(
        "Patient ID,Born,Diagnosed\n" + "".join(f"P{i},195{i}-06-01,2020-06-01\n" for i in range(5)), encoding="utf-8"
    )
    draft = read(page, file)
    page.columns._shown["Diagnosed"].becomes.value = ""
    page.columns._shown["Born"].becomes.value = "age_at_diagnosis"
    row = shown_values(page, "Born")
    named(row.root, "Another column").value = "Diagnosed"
    named(row.root, "Together they are").value = "age"
    named(row.root, "Combine").click()
    assert "<td>70.0</td>" in text(row.root)
    assert check(page).columns["age_at_diagnosis"].texts()[0] == "70.0"
    assert json.loads(draft.mapping_file.read_text(encoding="utf-8"))["fields"][0]["combine"]["op"] == "age"
    assert "Diagnosed" not in draft.mapping.ignored
    page.undo.click()
    assert draft.mapping.of("age_at_diagnosis").source == ("Born",)
    assert "Diagnosed" in draft.mapping.ignored


def test_column_in_use_is_not_combined_silently(page, file):
    draft = read(page, file)
    row = shown_values(page, "Age at diagnosis")
    named(row.root, "Another column").value = "Sex"
    named(row.root, "Combine").click()
    assert "left out so far" in text(page.said.root)
    assert draft.mapping.of("age_at_diagnosis").source == ("Age at diagnosis",)


@pytest.mark.parametrize(
    ("target", "cell", "op", "given", "becomes"),
    [
        ("weight", "70000", "unit", {"From unit": "g", "To unit": "kg"}, "70"),
        ("clinical_t", "2a", "tnm", {"Kind of staging": "c", "Categories without a letter": True}, "cT2a"),
        ("pathology", "3+4/4+3", "split", {"Between items": "/", "Which": "last"}, "4+3"),
        ("pathology", "code: x", "replace", {"Text": "code: ", "By": ""}, "x"),
    ],
)
def test_step_of_the_closed_list_is_added_shown_and_taken_out(page, file, target, cell, op, given, becomes):
    file.write_text(f"Patient ID,Thing\nP1,{cell}\nP2,{cell}\n", encoding="utf-8")
    draft = read(page, file)
    page.columns._shown["Thing"].becomes.value = target
    before = draft.mapping.of(target).steps
    draft.steps(target, tuple(one for one in before if one.op == "number"), "steps cleared")
    row = shown_values(page, "Thing")
    named(row.root, "Add a step").value = op
    for label, value in given.items():
        named(row.root, label).value = value
    named(row.root, "Add the step").click()
    assert f"<td>{becomes}</td>" in text(row.root)
    assert check(page).columns[target].texts() == [becomes] * 2
    every_out = [one for one in every(row.root) if getattr(one, "description", "") == "Take out"]
    every_out[-1].click()
    assert f"<td>{becomes}</td>" not in text(row.root)
    assert op not in [one.op for one in draft.mapping.of(target).steps]
    page.undo.click()
    assert op in [one.op for one in draft.mapping.of(target).steps]


def test_conversion_that_there_is_not_is_refused_in_words(page, file):
    draft = read(page, file)
    row = shown_values(page, "Age at diagnosis")
    named(row.root, "Add a step").value = "unit"
    named(row.root, "From unit").value = "kg"
    named(row.root, "To unit").value = "days"
    named(row.root, "Add the step").click()
    assert "cannot be used" in text(page.said.root)
    assert "unit" not in [one.op for one in draft.mapping.of("age_at_diagnosis").steps]


def test_rules_of_the_risk_phase_are_taken_over_changed_and_taken_back(page, file):
    draft = read(page, file)
    coarser = page.link.coarser
    coarser.take_over.click()
    assert "no rules for clinical data yet" in text(page.said.root)
    rules = ({"target": "age_at_diagnosis", "rule": "band", "width": 10},)
    save_plan(page.workspace, Plan(rules, {}, (), (), ()), {"table": "clinical"})
    coarser.take_over.click()
    assert "Age at diagnosis: Bands of numbers, width 10" in text(coarser.root)
    assert check(page).columns["age_at_diagnosis"][0] == "60-69"
    coarser.variable.value = "sex"
    coarser.rule.choose.value = "suppress"
    coarser.add.click()
    assert [one["rule"] for one in draft.mapping.generalise] == ["band", "suppress"]
    page.undo.click()
    assert draft.mapping.generalise == rules
    named(coarser.root, "Take out").click()
    assert "No value is made coarser" in text(coarser.root)


def test_patients_are_compared_with_the_images_in_three_lists(workspace, cohort):
    scan(workspace, [cohort.folder])
    page = ClinicalPage(workspace)
    read(page, cohort.folder / "clinical" / "clinical.csv")
    before = check(page)
    named(page.checking.root, "Change Patient IDs by zero-pad").click()
    end = time.monotonic() + 60
    while page.checking.found is before and time.monotonic() < end:
        time.sleep(0.05)
    assert "zero-pad" in page.link.normalise.value
    found = check(page)
    assert len(found.both) > len(before.both)
    for side in (" with images and rows", " with images only", " with rows only"):
        named(page.checking.root, side).click()
    shown = text(page.checking.root)
    assert all(f">{name}<" in shown for name in (*found.both, *found.images_only, *found.clinical_only))


def test_wide_and_long_tables_show_a_page_of_columns_and_rows(page, tmp_path):
    path = tmp_path / "wide.csv"
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(["Patient ID", *(f"lab value {i}" for i in range(120))])
        writer.writerows([f"P{row}", *range(120)] for row in range(200))
    read(page, path)
    assert len(page.columns._shown) == 50
    assert sum(1 for _ in every(page.columns.root)) < 1200
    page.table._assumed.children[1].children[0].children[0].click()
    assert text(page.table.root).count("<tr") <= 21
    check(page)
    named(page.checking.root, "Preview of the result").click()
    assert text(page.checking.root).count("<tr") < 60 + 50


def test_from_table_to_verified_at_the_node(workspace, nodes, file):
    page = ClinicalPage(workspace)
    draft = read(page, file)
    page.steps[5].line.click()
    assert "No clinical data were prepared" in text(page.transfer.root)
    draft.constant("population", "Patient with Cancer")
    draft.constant("topography", "Prostate")
    page.columns._shown["Sex"].becomes.value = ""
    draft.constant("sex", "Male")
    page.export.write.click()
    page.export.panel.wait(60)
    assert "6 of 6 rows are written" in text(page.export.root)
    page.transfer.open()
    assert page.transfer.upload.layout.display != "none"
    page.transfer.upload.click()
    page.transfer.panel.wait(60)
    assert "Stored and verified 6 of 6 pieces" in text(page.transfer.root)
    again = ClinicalPage(workspace)
    assert again.draft is None
    assert "Stored and verified 6 of 6 pieces" in text(again.transfer.root)
    assert again.table.file.file == file
    assert again.table.begin.value == "kept"
    assert as_data(read(again, file).mapping) == as_data(draft.mapping)


def test_ids_kept_as_they_are_need_a_typed_reason(workspace, nodes, file):
    page = ClinicalPage(workspace)
    draft = read(page, file)
    page.columns._shown["Sex"].becomes.value = ""
    for name, value in (("population", "Patient with Cancer"), ("topography", "Prostate"), ("sex", "Male")):
        draft.constant(name, value)
    page.link.fields["pseudonyms"].value = "keep"
    page.export.write.click()
    page.export.panel.wait(60)
    page.transfer.open()
    shown = set(map(id, in_sight(page.transfer._ready)))
    assert id(page.transfer.upload) not in shown
    page.transfer.confirm.button.click()
    assert "Nothing was done" in text(page.said.root)
    assert jobs.latest(workspace, "clinical-upload") is None
    page.transfer.confirm.reason.value = "study codes of the sponsor"
    page.transfer.confirm._confirm()
    page.transfer.panel.wait(60)
    assert "Stored and verified 6 of 6 pieces" in text(page.transfer.root)


def test_no_value_of_the_table_reaches_the_log_of_the_page(workspace, page, file, monkeypatch):
    draft = read(page, file)
    monkeypatch.setattr(draft, "prepared", lambda: {}[HOSTILE])
    with page.said.reports():
        page.checking._check()
    log = (workspace.logs / "ui.log").read_text(encoding="utf-8")
    assert HOSTILE not in log
    assert HOSTILE not in text(page.said.root)


@pytest.mark.browser
def test_whole_way_by_keyboard_in_a_browser(tmp_path, browser, screenshots, file):
    wait = 60_000
    with launched(env=environment(tmp_path)) as app:
        page = browser.page
        browser.open(app.address)
        browser.open(app.url("10_clinical_data"))

        def choose(field, words):
            field.select_option(label=words.replace(" ", "\u00a0"))  # as the widget writes options

        def press(name):
            button = page.get_by_role("button", name=re.compile(name)).first
            button.focus()
            button.press("Enter")

        field = page.get_by_label(re.compile("^Clinical table"))
        field.fill(str(file))
        field.press("Tab")
        choose(page.get_by_label("What the receiver asks for"), "Any cancer")
        press("^Read the table")
        page.get_by_text("Read 6 rows and 5 columns").wait_for(timeout=wait)
        choose(page.get_by_label("Sex", exact=True), "Leave out")
        page.get_by_text("Last change: Sex").wait_for(timeout=wait)
        for label, value in (("Population", "Patient with Cancer"), ("Topography", "Prostate"), ("Sex", "Male")):
            field = page.get_by_label(f"{label} (mandatory)")
            field.wait_for(timeout=wait)
            choose(field, value)
            page.get_by_text(f"Last change: {label}").wait_for(timeout=wait)
        press("^. 2. Columns")
        press("^. 4. Check")
        press("^Check the table")
        page.get_by_text("6 of 6 rows would be exported").wait_for(timeout=wait)
        page.screenshot(path=screenshots / "clinical-checked.png", full_page=True)
        press("^. 4. Check")
        press("^. 5. Export")
        press("^Write the exports")
        page.get_by_text("6 of 6 rows are written").wait_for(timeout=wait)
        press("^. 6. Upload")
        press("^Upload the clinical data")
        page.get_by_text("Stored and verified 6 of 6 pieces").first.wait_for(timeout=wait)
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        page.reload()
        browser.wait()
        page.get_by_text("6 of 6 pieces of clinical data are stored and verified").first.wait_for(timeout=wait)
        assert not browser.errors
        assert not browser.strangers()
