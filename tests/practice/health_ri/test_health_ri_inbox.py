"""The inbox takes nothing from outside its folder, and says how an import that went wrong ended."""

import time

import pytest
import requests

from eucaim_nb.practice import PracticeNodes

from .test_health_ri_contract import ended, fill


def submit(node, path, who="", **query):
    account = ("-".join(part for part in (node.username, who) if part), node.password)
    return requests.post(
        f"{node.health_ri}/data/services/import",
        params={"import-handler": "inbox", "path": str(path)} | query,
        auth=account,
        timeout=10,
    )


@pytest.mark.parametrize(
    "path", ["../files", "/etc", "missing", "study/readme.txt", "link", "x\0y", "../../../.."]
)
def test_path_outside_the_inbox_is_not_found(session, node, folder, path, instance, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.dcm").write_bytes(instance())
    fill(folder, instance())
    (folder / "inbox" / "link").symlink_to(tmp_path / "outside")
    answer = submit(node, path, project="PRACTICE")
    assert (answer.status_code, "No session folder was found" in answer.text) == (404, True)


def test_link_inside_the_folder_is_passed_over(session, node, folder, instance, tmp_path):
    (tmp_path / "secret.dcm").write_bytes(instance(StudyInstanceUID="1.2.3.4"))
    path = fill(folder, instance())
    (path / "linked.dcm").symlink_to(tmp_path / "secret.dcm")
    request = session.services.import_dicom_inbox("study", cleanup=True, project="PRACTICE", experiment="CT1")
    assert ended(request) == "Completed"
    assert [one.label for one in session.projects["PRACTICE"].experiments.values()] == ["CT1"]
    assert (tmp_path / "secret.dcm").exists()


def test_folder_without_images_has_failed_and_stays(session, node, folder):
    path = fill(folder)
    request = session.services.import_dicom_inbox(path, cleanup=True, project="PRACTICE")
    assert ended(request) == "Failed"
    assert "parsable" in session.get_json(request.uri)["resolution"]
    assert (path / "readme.txt").exists()


def test_session_that_exists_has_failed_and_waits_in_the_prearchive(session, folder, instance):
    for status in ("Completed", "Failed"):
        path = fill(folder, instance(), name=f"for-{status}")
        request = session.services.import_dicom_inbox(
            path, cleanup=True, project="PRACTICE", subject="EU-1", experiment="CT1"
        )
        assert ended(request) == status
    assert [one.status for one in session.prearchive.sessions("PRACTICE")] == ["CONFLICT"]
    assert path.exists()


def test_only_who_may_write_imports_and_only_who_asked_is_told(session, node, folder, instance, connect):
    path = fill(folder, instance())
    assert submit(node, path, "collaborator", project="PRACTICE").status_code == 403
    assert submit(node, path, project="NOWHERE").status_code == 404
    assert submit(node, "", project="PRACTICE").status_code == 400
    request = session.services.import_dicom_inbox(path, project="PRACTICE", experiment="CT1")
    assert ended(request) == "Completed"
    address = node.health_ri + request.uri
    statuses = [
        requests.get(address, auth=(f"{node.username}{who}", node.password), timeout=10).status_code
        for who in ("", "-admin", "-member")
    ]
    assert statuses == [200, 200, 404]


def test_request_that_a_stop_cut_short_has_failed(tmp_path, connect):
    with PracticeNodes(tmp_path / "own") as node:
        session = connect(at=node)
        (tmp_path / "own/health-ri/inbox/empty").mkdir()
        uri = session.services.import_dicom_inbox("empty", project="PRACTICE").uri
        end = time.monotonic() + 10
        while session.get_json(uri)["status"] != "Failed" and time.monotonic() < end:
            time.sleep(0.02)
        # As a kill in the middle would have left it.
        archive = node._health_ri._archive
        archive.keep_request(archive.request(1) | {"status": "Importing", "resolution": None})
    with PracticeNodes(tmp_path / "own") as node:
        told = connect(at=node).get_json(uri)
        assert (told["status"], "stopped" in told["resolution"]) == ("Failed", True)


def test_fault_loses_the_last_file_without_a_word(session, folder, instance, arm):
    arm("xnat-import:partial=1@1")
    path = fill(folder, instance(), instance())
    request = session.services.import_dicom_inbox(path, project="PRACTICE", experiment="CT1")
    assert ended(request) == "Completed"
    assert len(session.projects["PRACTICE"].experiments["CT1"].scans["3"].files) == 1


def test_wipe_empties_the_inbox_too(session, node, folder, instance):
    path = fill(folder, instance())
    requests.post(f"{node.control}/wipe", timeout=10).raise_for_status()
    assert not path.exists()
    assert (folder / "inbox").is_dir()
