"""`paper`, `dta` and `ticket`: one JSON object, honest exit status, everything kept in the workspace."""

import json
from pathlib import Path

import docx
import pytest

from eucaim_nb import paperwork
from eucaim_nb.reference import dta_fields


def test_dta_is_drafted_from_answers_and_says_what_is_missing(run, workspace, tmp_path):
    status, found = run("dta", workspace.folder)
    assert status == 1
    assert "Name of your organisation is missing." in found["blockers"]
    (tmp_path / "answers.json").write_text(json.dumps({field.id: field.label for field in dta_fields()}))
    status, found = run("dta", workspace.folder, "--answers", tmp_path / "answers.json")
    assert (status, found["blockers"]) == (0, [])
    assert [Path(file).suffix for file in found["files"]] == [".docx", ".pdf"]
    assert all(Path(file).stat().st_size > 1000 for file in found["files"])


def test_dta_fills_a_template_and_names_the_gap_that_nothing_fills(run, workspace, tmp_path):
    document = docx.Document()
    document.add_paragraph("[Name of your organisation], represented by [the stars]")
    document.save(tmp_path / "dta.docx")
    paperwork.keep_answers(workspace, {"provider_name": "Hospital"})
    status, found = run("dta", workspace.folder, "--template", tmp_path / "dta.docx")
    assert status == 1
    assert [one for one in found["blockers"] if "the stars" in one]
    assert docx.Document(found["files"][0]).paragraphs[0].text.startswith("Hospital, represented")


def test_signed_dta_is_recorded_and_what_is_left_before_a_release_is_said(run, workspace, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(b"%PDF")
    status, found = run("dta", workspace.folder, "--signed", tmp_path / "signed.pdf", "--note", "both")
    assert status == 1
    (blocker,) = found["blockers"]
    assert "compliant" in blocker
    assert found["files"] == [str(workspace.folder / "paperwork" / "dta" / "signed.pdf")]
    run("record", workspace.folder, "documentation", "--note", "declared compliant")
    assert run("dta", workspace.folder, "--signed", tmp_path / "signed.pdf", "--note", "both")[0] == 0


@pytest.mark.parametrize("content", ["[1]", "{", '{"horoscope": "x"}', '{"law": 3}'])
def test_answers_that_cannot_be_used_exit_with_2(run, workspace, tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    status, found = run("dta", workspace.folder, "--answers", tmp_path / "a.json")
    assert status == 2
    assert found["error"]


FIELDS = ["--set", "project=L", "--set", "username=j", "--set", "site=1", "--set", "url=https://h.example"]


def test_ticket_is_written_with_what_was_set_and_tells_what_is_open(run, workspace):
    status, found = run("ticket", workspace.folder, "project-upv", "--set", "project=LUNG|A=B")
    assert status == 1
    assert "“Name of the project” is not known." not in found["blockers"]
    assert [Path(file).name for file in found["files"]] == ["project-upv.md", "project-upv.eml"]
    assert "LUNG|A=B" in Path(found["files"][0]).read_text(encoding="utf-8")


def test_ticket_is_sent_once_and_sending_again_reads_the_answer(run, workspace, nodes):
    status, sent = run("ticket", workspace.folder, "project-upv", *FIELDS, "--send")
    assert (status, sent["state"]) == (0, "closed")
    assert "project is there already" in sent["answer"]
    status, again = run("ticket", workspace.folder, "project-upv", "--send")
    assert (status, again["number"]) == (0, sent["number"])


def test_number_and_answer_of_a_ticket_are_recorded(run, workspace):
    _, found = run(
        "ticket", workspace.folder, "site-id", "--number", "71007", "--answer", "Your SITE ID is 42."
    )
    assert (found["number"], found["answer"]) == ("71007", "Your SITE ID is 42.")


def test_sending_that_is_off_exits_with_2_and_says_what_to_do(run, tmp_path):
    run("init", tmp_path / "ws", "--node", "upv")
    status, found = run("ticket", tmp_path / "ws", "project-upv", *FIELDS, "--send")
    assert status == 2
    assert "copy the text" in found["error"]


def test_documents_are_listed_put_on_file_waived_and_removed(run, workspace, tmp_path):
    (tmp_path / "votum.pdf").write_bytes(b"%PDF")
    status, found = run("paper", workspace.folder)
    assert status == 1
    assert {one["state"] for one in found["papers"]} == {"missing"}
    kept = run(
        "paper", workspace.folder, "ethics", "--file", tmp_path / "votum.pdf", "--valid-until", "2020-01-01"
    )
    assert (kept[0], kept[1]["papers"][0]["state"]) == (1, "expired")
    assert any("Favourable ethical approval expired" in one for one in kept[1]["blockers"])
    status, found = run("paper", workspace.folder, "dpia", "--not-needed", "--note", "no high risk")
    assert (status, found["papers"][0]["state"]) == (0, "not needed")
    assert run("paper", workspace.folder, "ethics", "--remove")[1]["papers"][0]["state"] == "missing"
    assert run("paper", workspace.folder, "dpo-report", "--not-needed", "--note", "none")[0] == 2
    assert run("paper", workspace.folder, "ethics", "--remove", "--file", tmp_path / "votum.pdf")[0] == 2
