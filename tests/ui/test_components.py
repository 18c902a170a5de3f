"""Components: nothing unescaped, no click lost or doubled, no error unseen, no list without end."""

import csv
import os
import re
import threading
import time
from pathlib import Path

import ipywidgets as w
import pytest

from eucaim_nb import jobs
from eucaim_nb.cells import defused
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import JobState, _process
from eucaim_nb.ui import components as c
from eucaim_nb.ui.components import _html, _job, _path
from eucaim_nb.ui.components._words import duration, size
from eucaim_nb.workflow import Blocker, StepState

UI = Path(c.__file__).parents[1]
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def notice(tmp_path):
    return c.Notice(tmp_path / "logs" / "ui.log")


def alive(widget):
    return widget.comm is not None


def working(workspace, kind="scan", done=1204, total=20000):
    """A job at work in this process, which is alive."""
    row, _ = workspace.ledger.jobs.claim(kind, {"folders": []}, _process.this_process(), lambda row: False)
    workspace.ledger.jobs.attach(row.id, os.getpid(), _process.started(os.getpid()))
    workspace.ledger.jobs.begin(row.id)
    workspace.ledger.jobs.report(row.id, done, total, "files", "Reading headers")
    return row.id


# HTML


def test_html_is_made_in_one_module():
    for file in UI.rglob("*.py"):
        if file.name not in ("_html.py", "shells.py"):
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"\bHTML(Math)?\(|</?[a-z]+[ >]", text), file.name


@pytest.mark.parametrize(
    "made",
    [
        c.paragraph(HOSTILE),
        c.heading(HOSTILE),
        c.headline(HOSTILE),
        c.bullets([HOSTILE]),
        c.chip(HOSTILE),
        c.badge(HOSTILE, c.Tone.BAD),
        c.line(HOSTILE),
        c.copyable(HOSTILE, HOSTILE),
        c.copyable_lines(f"{HOSTILE}\n{HOSTILE}", HOSTILE),
        c.numbered([HOSTILE]),
        c.breaking([HOSTILE]),
        c.quiet(HOSTILE),
        c.paragraph(*c.dotted([HOSTILE, HOSTILE])),
        c.blockers([Blocker(HOSTILE, "elsewhere"), Blocker(HOSTILE, "here")], "here"),
        c.key_values([(HOSTILE, HOSTILE)]),
        c.table([c.Column(HOSTILE)], [[HOSTILE]], HOSTILE),
        c.indented(HOSTILE, 3),
        c.notebook_link(HOSTILE, HOSTILE),
        c.outside_link(HOSTILE, HOSTILE),
        c.outside_link(f"https://eucaim.eu/{HOSTILE}", HOSTILE, hint=HOSTILE),
        _html.code(HOSTILE),
        _html.fold(HOSTILE, HOSTILE),
        _html.progress(1, 2, HOSTILE),
        _html.tiles([c.Tile(b"png", HOSTILE, HOSTILE), c.Tile(None, HOSTILE, HOSTILE)]),
    ],
)
def test_every_builder_escapes(made):
    assert "<img src=x" not in made
    assert "&lt;img" in made


def test_quotes_cannot_leave_an_attribute():
    assert 'onfocus="' not in c.copyable("x", '" onfocus="alert(1)')


def test_control_characters_and_undecodable_names_are_written_out():
    assert c.plain("a\x1b[31m\u202eb\udce9") == r"a\x1b[31m\u202eb\udce9"
    assert c.plain("Ακτινολογία") == "Ακτινολογία"


def test_only_https_becomes_an_outside_link():
    assert "href" not in c.outside_link("javascript:alert(1)", "x")
    assert 'href="https://eucaim.eu"' in c.outside_link("https://eucaim.eu", "x")


def test_states_have_word_shape_and_colour():
    made = c.badge("blocked", c.Tone.BAD)
    assert "blocked" in made
    assert "■" in made
    assert "eucaim-bad" in made


def test_every_state_has_a_badge_with_its_word():
    for state in StepState:
        assert str(state) in c.state_badge(state)


def test_blockers_are_not_said_twice():
    found = [Blocker("Scan first.", "03_inspect_dicom"), Blocker("Sign the DTA.", "01_legal_and_dta")]
    assert c.beyond("0 of 2 done. Scan first. Sign the DTA.", found) == "0 of 2 done."


def test_style_asks_nothing_from_outside():
    style = (UI / "components" / "style.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|https?:", style)


# Callbacks


def test_error_of_ours_is_shown_as_it_is(notice):
    def refuse():
        raise WorkspaceError("The drive is gone. Connect it.")

    button = c.button("Do it", refuse, notice)
    button.click()
    assert "The drive is gone. Connect it." in notice.root.value
    assert 'role="alert"' in notice.root.value
    assert not button.disabled
    assert not notice.log.exists()


def test_value_in_an_unexpected_error_reaches_neither_page_nor_log(notice):
    def break_down():
        raise ValueError("DOE^JANE")

    c.button("Do it", break_down, notice).click()
    assert "ValueError" in notice.root.value
    assert "ValueError" in notice.log.read_text()
    assert "break_down" in notice.log.read_text()
    assert "DOE" not in notice.root.value + notice.log.read_text()


def test_error_is_shown_although_the_log_cannot_be_written(tmp_path):
    (tmp_path / "logs").write_text("a file, not a folder")
    notice = c.Notice(tmp_path / "logs" / "ui.log")
    c.button("Do it", lambda: 1 / 0, notice).click()
    assert "ZeroDivisionError" in notice.root.value


def test_error_goes_away_with_the_next_click(notice):
    outcomes = iter([WorkspaceError("No."), None])

    def work():
        if error := next(outcomes):
            raise error

    button = c.button("Do it", work, notice, rest=0)
    button.click()
    button.click()
    assert notice.root.value == ""


def test_double_click_works_once(notice):
    clicks = []
    button = c.button("Do it", lambda: clicks.append(1), notice)
    button.click()
    button.click()
    assert clicks == [1]


def test_click_while_working_does_nothing(notice):
    clicks = []

    def work():
        clicks.append(button.disabled)
        button.click()

    button = c.button("Do it", work, notice, rest=0)
    button.click()
    assert clicks == [True]


def test_slow_work_leaves_the_page_free_and_shows_its_error(notice):
    go, seen = threading.Event(), []

    def work():
        seen.append(threading.current_thread())
        go.wait(5)
        raise WorkspaceError("The node is out of reach.")

    button = c.slow_button("Ask", work, notice)
    button.click()
    assert button.disabled
    button.click()
    go.set()
    seen[0].join(5)
    assert len(seen) == 1
    assert not button.disabled
    assert "out of reach" in notice.root.value


# Lists


def test_page_of_rows_closes_the_page_before(notice):
    made = []

    def build(number):
        made.append(w.Label(str(number)))
        return made[-1]

    rows = c.PagedRows(range(60), build, notice, size=25)
    assert len(rows.rows.children) == 25
    rows.pager.next.click()
    rows.pager.next.click()
    assert rows.rows.children[0].value == "50"
    assert len(rows.rows.children) == 10
    assert not any(alive(label) for label in made[:50])
    rows.pager.next.click()
    assert rows.rows.children[0].value == "50"


def test_list_that_changed_is_shown_where_the_reader_is(notice):
    kept = {number: w.Label(str(number)) for number in range(60)}
    rows = c.PagedRows(range(60), kept.__getitem__, notice, size=25)
    rows.update(range(1, 60))
    assert rows.rows.children[0] is kept[1]
    assert alive(kept[1])
    assert not alive(kept[0])
    rows.pager.next.click()
    rows.update(range(1, 30))
    assert [label.value for label in rows.rows.children] == ["26", "27", "28", "29"]


def test_fold_builds_on_opening_and_closes_on_shutting(notice):
    made = []

    def build():
        made.append(w.Label("inside"))
        return made[-1]

    fold = c.Fold("More", build, notice)
    assert made == []
    fold.line.click()
    assert alive(made[0])
    fold.line.click()
    assert not alive(made[0])
    fold.line.click()
    assert len(made) == 2


def test_drawer_keeps_what_was_typed(notice):
    field = c.text("Name")
    drawer = c.Drawer("More", field, notice)
    drawer.line.click()
    field.value = "typed"
    drawer.line.click()
    drawer.line.click()
    assert (field.value, alive(field)) == ("typed", True)


def test_pictures_are_made_for_the_shown_page_only_and_have_words(notice):
    made = []

    def make(number):
        made.append(number)
        return c.Tile(b"png", f"{HOSTILE} {number}", "caption")

    thumbs = c.Thumbs(range(30), make, notice, size=3)
    thumbs.wait(5)
    assert made == [0, 1, 2]
    assert "&lt;img src=x onerror=alert(1)&gt; 2" in thumbs.grid.value
    thumbs.pager.next.click()
    thumbs.wait(5)
    assert made == [0, 1, 2, 3, 4, 5]


# Findings


def findings(number):
    return [
        c.Finding(c.Severity.NOTE, "not DICOM", f"notes/{i:03}.txt", "Not DICOM.", "It can be left out.")
        for i in range(number)
    ]


BAD = c.Finding(c.Severity.ERROR, "empty file", f"scans/{HOSTILE}", "The file is empty.", "Copy it again.")


@pytest.fixture
def table(tmp_path, notice):
    table = c.FindingsTable(tmp_path / "private" / "findings.csv", notice)
    table.show([*findings(120), BAD])
    return table


def test_findings_come_worst_first_fifty_at_a_time_escaped(table):
    shown = table.table.table.value
    assert shown.count("<tr>") == 51
    assert shown.index("The file is empty.") < shown.index("notes/000.txt")
    assert "<img" not in shown
    table.table.pager.next.click()
    table.table.pager.next.click()
    assert table.table.table.value.count("<tr>") == 22


def test_findings_are_filtered_by_kind_and_text(table):
    assert [label for label, _ in table.kind.options][:2] == ["All kinds (121)", "not DICOM (120)"]
    table.kind.value = "empty file"
    assert table.shown == [BAD]
    table.search.value = "no such thing"
    assert table.shown == []
    assert "There are no such findings." in table.table.table.value


def test_saved_findings_hold_no_formula(tmp_path, notice):
    starts = ["=cmd()", "+1", "-1", "@x", "\tx", "\rx"]
    table = c.FindingsTable(tmp_path / "private" / "findings.csv", notice)
    table.show([c.Finding(c.Severity.NOTE, "kind", where, "what") for where in starts])
    table.export.click()
    with (tmp_path / "private" / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["severity", "kind", "what", "where", "what to do"]
    assert sorted(row[3] for row in rows[1:]) == sorted(f"'{start}" for start in starts)
    assert defused("plain") == "plain"


def test_only_what_the_filter_shows_is_saved(table, tmp_path):
    table.kind.value = "empty file"
    table.export.click()
    assert len((tmp_path / "private" / "findings.csv").read_text(encoding="utf-8-sig").splitlines()) == 2


# Folders


@pytest.fixture
def folders(tmp_path):
    for name in ("Ακτινολογία", "ct", ".hidden"):
        (tmp_path / "data" / name / "deeper").mkdir(parents=True)
    (tmp_path / "data" / "file.dcm").touch()
    return tmp_path / "data"


def listed(picker):
    return [label for label, _ in picker.listing.options]


def test_folders_are_browsed_with_greek_names(folders, notice):
    picker = c.PathPicker("Folder", folders, notice)
    picker._browse.turn(True)
    assert listed(picker) == ["ct", "Ακτινολογία"]
    picker.listing.value = "Ακτινολογία"
    picker.enter.click()
    assert picker.folder == folders / "Ακτινολογία"
    assert listed(picker) == ["deeper"]
    picker.up.click()
    assert picker.folder == folders


def test_typed_folder_is_listed_and_a_missing_one_is_said(folders, notice):
    picker = c.PathPicker("Folder", folders, notice)
    picker._browse.turn(True)
    picker.field.value = str(folders / "ct")
    assert listed(picker) == ["deeper"]
    picker.field.value = str(folders / "gone")
    assert listed(picker) == []
    assert "There is no such folder" in picker._said.value


def test_folder_without_permission_is_said(folders, notice, monkeypatch):
    def denied(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(_path.os, "scandir", denied)
    picker = c.PathPicker("Folder", folders, notice)
    picker._browse.turn(True)
    assert "Permission denied" in picker._said.value


def test_sandbox_cannot_be_left(folders, notice):
    picker = c.PathPicker("Folder", folders, notice, root=folders)
    picker.up.click()
    assert picker.folder == folders
    picker.field.value = str(folders / ".." / "..")
    assert "outside" in notice.root.value
    with pytest.raises(WorkspaceError, match="outside"):
        picker.folder  # noqa: B018


def test_folder_whose_name_is_no_text_can_be_entered(tmp_path, notice):
    odd = os.fsencode(tmp_path) + b"/scan\xe9s"
    os.mkdir(odd)
    picker = c.PathPicker("Folder", tmp_path, notice)
    picker._browse.turn(True)
    assert listed(picker) == [r"scan\udce9s"]
    picker.listing.index = 0
    picker.enter.click()
    assert os.fsencode(picker.folder) == odd


def test_long_list_of_folders_is_cut_and_says_so(tmp_path, notice):
    for number in range(230):
        (tmp_path / f"{number:03}").mkdir()
    picker = c.PathPicker("Folder", tmp_path, notice)
    picker._browse.turn(True)
    assert len(picker.listing.options) == 200
    assert "first 200 of 230" in picker._said.value


def test_override_needs_a_reason(notice):
    reasons = []
    confirm = c.Confirm("Send", "It leaves this computer.", reasons.append, notice, reason="Reason")
    confirm.reason.value = "   "
    confirm.button.click()
    assert reasons == []
    assert "Type a reason" in notice.root.value


def test_typed_reason_is_passed_on(notice):
    reasons = []
    confirm = c.Confirm("Send", "It leaves this computer.", reasons.append, notice, reason="Reason")
    confirm.reason.value = " invented people "
    confirm.button.click()
    assert reasons == ["invented people"]


# Jobs


@pytest.fixture
def panel(workspace, notice, monkeypatch):
    monkeypatch.setattr(_job, "_LOOK_SECONDS", 0.02)
    made = []

    def make(**options):
        made.append(c.JobPanel(workspace, "scan", "scan", notice, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()
        one.wait(5)


def test_panel_without_job_shows_nothing(panel):
    assert panel().root.layout.display == "none"


def test_reloaded_page_finds_the_job_at_work_and_its_end(panel, workspace):
    job, ended = working(workspace), []
    found = panel(ended=ended.append)
    assert found.busy
    assert "1,204 of 20,000 files" in found.text.value
    assert "Reading headers" in found.text.value
    assert 'value="1204"' in found.bar.value
    workspace.ledger.jobs.end(job, "done", {})
    found.wait(5)
    assert [job.state for job in ended] == [JobState.DONE]
    assert found._working.layout.display == "none"


@pytest.mark.parametrize(("state", "word"), [("stopped", "stopped"), ("failed", "failed")])
def test_ended_job_can_be_continued(panel, workspace, state, word):
    workspace.ledger.jobs.end(working(workspace), state, error="The disk is full.")
    shown = panel()
    assert word in shown.state.value
    assert shown.again.layout.display is None


def test_job_whose_process_is_gone_is_interrupted_and_continues_with_the_same_arguments(
    panel, workspace, monkeypatch
):
    workspace.ledger.jobs.attach(working(workspace), 2**22 - 1, 1.0)
    shown, started = panel(), []
    assert "interrupted" in shown.state.value
    monkeypatch.setattr(_job.jobs, "start", lambda *given: started.append(given[1:3]))
    shown.again.click()
    assert started == [("scan", {"folders": []})]


def test_stop_asks_the_job_and_says_so(panel, workspace):
    job = working(workspace)
    shown = panel()
    shown.stop.click()
    assert jobs.get(workspace, job).stopping
    assert "next safe point" in shown.state.value
    workspace.ledger.jobs.end(job, "stopped")


def test_watching_touches_only_what_changed(panel, workspace):
    job = working(workspace)
    shown, changes = panel(), []
    for part in (shown.state, shown.bar):
        part.observe(changes.append, "value")
    time.sleep(0.2)
    assert changes == []
    workspace.ledger.jobs.end(job, "done", {})


def test_log_of_a_failed_job_is_shown_without_secrets(panel, workspace):
    job = working(workspace)
    (workspace.logs / f"job-{job}.log").write_text("password=hunter2 <b>\n")
    workspace.ledger.jobs.end(job, "failed", error="It broke.")
    shown = panel()._log.value
    assert "password=***" in shown
    assert "hunter2" not in shown
    assert "&lt;b&gt;" in shown


# Words


def test_numbers_read_as_people_write_them():
    assert [c.count(1, "file"), c.count(1204, "file"), c.count(2, "study", "studies")] == [
        "1 file",
        "1,204 files",
        "2 studies",
    ]
    assert [size(n) for n in (0, 999, 1500, 104_000_000, 2.5e12)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "104 MB",
        "2.5 TB",
    ]
    assert [duration(s) for s in (0.2, 40, 120, 7200)] == ["less than 1 s", "40 s", "2 min", "2.0 hours"]


# Files


def test_file_is_browsed_to_and_taken(notice, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dta.pdf").write_text("signed")
    (tmp_path / ".hidden").touch()
    picker = c.FilePicker("File", tmp_path, notice)
    assert picker.file is None
    picker.go(tmp_path)
    assert picker.listing.options == (("letters/", "letters"),)
    picker.listing.value = "letters"
    picker.take.click()
    picker.listing.value = "dta.pdf"
    picker.take.click()
    assert picker.file == tmp_path / "letters" / "dta.pdf"


def test_file_with_a_name_that_cannot_be_shown_is_taken_as_it_is(notice, tmp_path):
    name = os.fsdecode(b"Befund \xe9.pdf")
    (tmp_path / name).write_text("signed")
    picker = c.FilePicker("File", tmp_path, notice)
    picker.go(tmp_path)
    picker.listing.value = name
    picker.take.click()
    assert picker.field.value.isprintable()
    assert picker.file is not None
    assert picker.file.read_text() == "signed"
    picker.field.value = ""
    assert picker.file is None


def test_folder_of_files_that_cannot_be_listed_is_said(notice, tmp_path):
    picker = c.FilePicker("File", tmp_path, notice)
    picker.go(tmp_path / "gone")
    assert "no such folder" in picker._said.value
    picker.take.click()
    assert "Nothing is marked" in notice.root.value


def test_long_folder_of_files_is_cut_and_says_so(notice, tmp_path):
    for number in range(203):
        (tmp_path / f"{number:03}.pdf").touch()
    picker = c.FilePicker("File", tmp_path, notice)
    picker.go(tmp_path)
    assert len(picker.listing.options) == 200
    assert "first 200 of 203" in picker._said.value
