"""What QP-Insights does not publish is a setting: it reaches the server as set, and the test shows what that said."""

import json

import pytest
import requests

from eucaim_nb import workspace as workspaces
from eucaim_nb.cli import main
from eucaim_nb.errors import SettingsError
from eucaim_nb.nodes import connect, probe
from eucaim_nb.reference import node_defaults
from eucaim_nb.transfer import upload
from eucaim_nb.ui.components import Notice
from eucaim_nb.ui.pages._clinical_upload import ClinicalTransfer
from eucaim_nb.ui.pages._sign_in import SignIn
from tests.nodes.scripted import Reply, answering
from tests.ui.widgets import named, text


def alike(status=200, body=b"[]"):
    """A server that answers every GET alike, and knows no other method."""
    return answering(lambda method, path: Reply(status, body) if method == "GET" else Reply(501))


@pytest.fixture
def service(tmp_path):
    """The DICOMweb service of a UPV workspace with some settings."""

    def make(project="", **options):
        made = workspaces.create(tmp_path / "ws", node="upv", project=project)
        return connect(made.change(node_options={"dicomweb_sign_in": "none", **options})).images()

    return make


def sent(service):
    """Return the request that a carrier would send."""
    return service.session.prepare_request(requests.Request("POST", service.stow_url))


def test_nothing_is_added_while_nothing_is_set(service):
    made = sent(service("P1", dicomweb="https://node.example/dicom-web"))
    assert made.url == "https://node.example/dicom-web/studies"
    assert "project" not in made.headers


def test_project_and_timepoint_travel_in_the_query(service):
    options = {"project_placement": "query", "timepoint": "Diagnosis", "stow_path": "/upload/studies"}
    made = sent(service("CODE|sub", dicomweb="https://node.example/web", **options))
    assert made.url == "https://node.example/web/upload/studies?project=CODE%7Csub&timepoint=Diagnosis"


def test_project_and_timepoint_travel_in_headers_of_any_name(service):
    names = {"project_name": "X-Project", "timepoint_name": "X-Time"}
    options = {"project_placement": "header", "timepoint": "T1", **names}
    made = sent(service("P1", dicomweb="https://node.example/web", **options))
    assert (made.headers["X-Project"], made.headers["X-Time"]) == ("P1", "T1")


WRONG = [
    ({"stow_path": "studies"}, "stow_path"),
    ({"stow_path": "/studies?x=1"}, "stow_path"),
    ({"project_placement": "tag"}, "project_placement"),
    ({"project_placement": "header", "project_name": "X Project"}, "header"),
    ({"project_placement": "header", "timepoint": "a\r\nX-Evil: 1"}, "header"),
]


@pytest.mark.parametrize(("options", "words"), WRONG)
def test_setting_that_cannot_be_sent_is_refused_in_words(options, words, service):
    with pytest.raises(SettingsError, match=words):
        service("P1", dicomweb="https://node.example/web", **options)


def test_placement_without_a_project_is_refused(service):
    with pytest.raises(SettingsError, match="no project"):
        service(dicomweb="https://node.example/web", project_placement="query")


def test_what_is_assumed_is_marked_as_not_confirmed():
    upv = node_defaults()["upv"]
    assert upv["adapter_verified"] is False
    assert upv["adapter_source"]


def test_probe_keeps_what_a_refusal_says_and_nothing_of_an_answer_about_patients(service):
    with alike(body=b'[{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^Jane"}]}}]') as url:
        found = probe(service(dicomweb=url))
    assert (found[0].status, found[0].words) == (200, "")
    assert "Jane" not in repr(found)
    assert found[1].status == 501  # this server takes no OPTIONS
    assert found[1].request.startswith("OPTIONS http://127.0.0.1")


def test_probe_shows_the_words_of_a_server_that_is_no_dicomweb(service):
    with alike(status=404, body=b"no route <b>/studies</b>") as url:
        found = probe(service(dicomweb=url))
    assert (found[0].status, found[0].words) == (404, "no route <b>/studies</b>")


def test_probe_says_when_nothing_answers(service):
    found = probe(service(dicomweb="http://127.0.0.1:9/web"))
    assert found[0].status == 0
    assert "nothing answers" in found[0].words


def test_images_arrive_with_the_project_in_every_request(workspace, nodes, cohort):
    from eucaim_nb.dicom import scan

    set_ = workspace.change(project="P1", node_options={"project_placement": "header", "project_name": "X-Project"})
    folder = next(path.parent for path in sorted(cohort.folder.rglob("*.dcm")))
    scan(set_, [folder])
    done = upload(set_, source=str(folder), override="invented people")
    assert done.verified == done.queued > 0


def test_page_shows_the_answers_escaped_and_that_nobody_confirmed_the_settings(tmp_path):
    with alike(status=404, body=b"<img src=x onerror=alert(1)>") as url:
        made = workspaces.create(tmp_path / "ws", node="upv")
        panel = SignIn(made.change(node_options={"dicomweb": url, "dicomweb_sign_in": "none"}), Notice())
        panel._test()
    shown = text(panel.root)
    assert "no DICOMweb service" in shown
    assert "not confirmed" in shown
    assert "<img src=x" not in shown
    assert named(panel.root, "Test the connection")


def test_command_gives_the_answers_as_json(workspace, nodes, capsys):
    assert main(["node", str(workspace.folder), "--json"]) in (0, 1)
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert answers[0]["status"] == 200


def test_clinical_data_go_where_the_settings_say_and_are_marked_as_not_confirmed(tmp_path):
    made = workspaces.create(tmp_path / "ws", node="upv", project="P|1")
    known = {"dicomweb_sign_in": "none", "clinical": "https://node.example/api"}
    service = connect(made.change(node_options={**known, "clinical_path": "/p/{project}/s"})).clinical()
    assert service.url + service.path == "https://node.example/api/p/P%7C1/s"
    for path in ("/p/s", "p/{project}", "/p/{project}?x=1"):
        with pytest.raises(SettingsError, match="clinical_path"):
            connect(made.change(node_options={**known, "clinical_path": path})).clinical()
    with pytest.raises(SettingsError, match="https"):
        connect(made.change(node_options={**known, "clinical": "http://node.example/api"})).clinical()
    assert node_defaults()["upv"]["clinical_verified"] is False
    for confirmed in (False, True):
        panel = ClinicalTransfer(made.change(node_options={"clinical_verified": confirmed}), Notice(), lambda: None)
        assert ("not confirmed" in text(panel.root)) is not confirmed
