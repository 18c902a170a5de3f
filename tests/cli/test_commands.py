"""The command line as the contract has it: one JSON object, exit status, everything else on standard error."""

import argparse
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from eucaim_nb.cli import arguments as command_line
from eucaim_nb.cli import main


def test_from_sample_to_verified_by_commands_alone(heard, nodes, tmp_path):
    ready, cohort, ws = tmp_path / "ready.json", tmp_path / "cohort", tmp_path / "ws"
    status, written, _ = heard("sample", cohort, "--patients", 3, "--instances", 60)
    assert (status, written["patients"]) == (0, 3)
    status, made, _ = heard("init", ws, "--node", "practice-upv", "--practice", ready)
    assert (status, made["node"], made["workspace"]) == (0, "practice-upv", str(ws))

    status, found, _ = heard("scan", ws, cohort)
    assert status == 1  # there are findings
    assert {"files", "instances", "series", "studies", "patients", "unchanged", "problems", "seconds"} <= set(found)
    assert [found[k] for k in ("files", "instances", "patients")] == [
        written[k] for k in ("files", "instances", "patients")
    ]
    assert all({"path", "kind", "message"} <= set(problem) for problem in found["problems"])
    assert all(Path(problem["path"]).exists() for problem in found["problems"])

    status, refused, err = heard("upload", ws, "images", "--source", cohort)
    assert (status, list(refused)) == (2, ["error"])
    assert refused["error"] in err

    upload = ("upload", ws, "images", "--source", cohort, "--override", "invented people")
    status, planned, _ = heard(*upload, "--dry-run")
    assert (status, planned["sent"], planned["queued"] > 0) == (0, 0, True)
    status, sent, _ = heard(*upload, "--connections", 2)
    assert status == 0
    assert {"queued", "sent", "verified", "failed", "already_there", "bytes", "seconds"} <= set(sent)
    assert sent["verified"] == sent["sent"] == sent["queued"] == planned["queued"]
    status, again, _ = heard(*upload)
    assert (status, again["sent"], again["already_there"]) == (0, 0, sent["queued"])

    status, compared, _ = heard("verify", ws, "--readback", 100)
    assert (status, compared["expected"], compared["present"]) == (0, sent["queued"], sent["queued"])
    assert (compared["missing"], compared["different"]) == (0, 0)

    status, phases, _ = heard("status", ws)
    states = {phase["id"]: phase["state"] for phase in phases["phases"]}
    assert (status, len(states), states["upload"]) == (0, 14, "done")


def test_scan_without_findings_exits_with_0_and_counts_unchanged(heard, tmp_path, cohort):
    folder = tmp_path / "good"
    folder.mkdir()
    for number, path in enumerate(sorted((cohort.folder / "dicom").rglob("SE001/IM000[1-3]*"))[:3]):
        (folder / f"{number}.dcm").write_bytes(path.read_bytes())
    heard("init", tmp_path / "ws", "--node", "upv")
    assert heard("scan", tmp_path / "ws", folder)[0] == 0
    assert heard("scan", tmp_path / "ws", folder)[1]["unchanged"] == 3


def test_verify_exits_with_1_when_the_node_lost_something(heard, workspace, nodes, cohort):
    import requests

    heard("scan", workspace.folder, cohort.folder)
    heard("upload", workspace.folder, "images", "--source", cohort.folder, "--override", "x")
    requests.post(nodes.control + "/wipe", timeout=10)
    status, compared, _ = heard("verify", workspace.folder)
    assert status == 1
    assert compared["missing"] == compared["expected"] > 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scan", "{tmp}/none", "{tmp}"], "no workspace"),
        (["scan", "{ws}", "{tmp}/none"], "no folder"),
        (["scan", "{ws}", "{ws}/eucaim.toml"], "is a file"),
        (["upload", "{ws}", "images"], "no de-identified images"),
        (["verify", "{ws}"], "not running"),
        (["status", "{tmp}"], "no workspace"),
        (["init", "{ws}", "--node", "upv"], "already"),
        (["init", "{tmp}/w2", "--node", "practice-upv", "--practice", "{tmp}/none.json"], "no ready file"),
        (["sample", "{ws}"], "not empty"),
        (["sample", "{tmp}/s", "--patients", "0"], "at least one"),
        (["practice", "{tmp}/nodes", "--fault", "nonsense"], "nonsense"),
    ],
)
def test_command_that_cannot_run_exits_with_2_and_says_why(heard, workspace, tmp_path, arguments, says):
    filled = [a.format(tmp=tmp_path, ws=workspace.folder) for a in arguments]
    status, answer, err = heard(*filled)
    assert status == 2
    assert says in answer["error"]
    assert answer["error"] in err
    assert "Traceback" not in err


def test_every_command_that_is_offered_has_something_that_runs_it():
    declared = []

    def add(name, run, about, example):
        declared.append(run)
        return argparse.ArgumentParser()

    for phase in command_line.PHASES:
        phase.declare(add)
    for module, function in (run.split(".") for run in declared):
        assert callable(getattr(import_module(f"eucaim_nb.cli.{module}"), function))


def test_naming_a_command_does_not_import_what_only_others_need():
    probe = "import sys; from eucaim_nb.cli import arguments; print('pandas' in sys.modules, 'xnat' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["scan"], ["upload", "ws", "dreams"], ["init", "w"]])
def test_wrong_arguments_exit_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""


def test_wrong_arguments_are_said_as_json_too(capsys):
    with pytest.raises(SystemExit):
        main(["scan", "--json"])
    assert "error" in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "command", ["app", "lab", "practice", "init", "sample", "scan", "upload", "verify", "status", "doctor"]
)
def test_help_of_every_command_has_an_example(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"example: eucaim-nb {command}" in capsys.readouterr().out


def test_quiet_says_nothing_but_the_result(workspace, cohort, capsys):
    main(["scan", str(workspace.folder), str(cohort.folder), "--quiet"])
    out, err = capsys.readouterr()
    assert err == ""
    assert "instances" in out


def test_doctor_reports_versions_and_no_problem_here(heard):
    status, report, _ = heard("doctor")
    assert (status, report["ok"], report["problems"]) == (0, True, [])
    assert report["versions"]["pydicom"]


def test_doctor_names_stray_extensions(heard, tmp_path, monkeypatch):
    (tmp_path / "labextensions" / "old-widgets").mkdir(parents=True)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    status, report, _ = heard("doctor")
    assert status == 1
    assert "old-widgets" in report["problems"][0]


def test_output_closed_by_its_reader_is_no_traceback(workspace, cohort):
    command = [sys.executable, "-m", "eucaim_nb", "scan", str(workspace.folder), str(cohort.folder), "--json"]
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert b"Traceback" not in ended.stderr


def test_clinical_data_from_table_to_verified_by_commands_alone(heard, workspace, nodes, tmp_path):
    table = tmp_path / "patients.csv"
    table.write_text("Patient ID,Sex,Age at diagnosis\nP1,Male,61\nP2,Female,62\n", encoding="utf-8")
    fixed = ("--constant", "population=Patient with Cancer", "--constant", "topography=Prostate")
    status, done, _ = heard("clinical", workspace.folder, table, "--template", "generic", *fixed)
    assert (done["errors"], len(done["exports"])) == (0, 2), done["findings"]
    status, planned, _ = heard("upload", workspace.folder, "clinical", "--dry-run")
    assert (status, planned["dry_run"], planned["sent"], planned["to_send"]) == (0, True, 0, 2)
    nodes.faults.set(["clinical:partial=1"])
    status, sent, _ = heard("upload", workspace.folder, "clinical")
    assert (status, sent["sent"], sent["verified"], sent["failed"]) == (1, 2, 1, 1)
    assert "did not take it" in sent["failures"][0]["message"]
    nodes.faults.set([])
    status, sent, _ = heard("upload", workspace.folder, "clinical")
    assert (status, sent["sent"], sent["verified"], sent["failed"]) == (0, 1, 2, 0)
    report = json.loads((workspace.folder / "reports" / "clinical_upload.json").read_text(encoding="utf-8"))
    assert {one["state"] for one in report["files"]} == {"verified"}
