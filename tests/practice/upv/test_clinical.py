"""Clinical data on the practice node: what is kept, what is refused and how, and what datasets make of it."""

import json
from urllib.parse import quote

import pytest
import requests

from eucaim_nb.practice import Policy, PracticeNodes

from .conftest import bearer, service, until, upload

FORM = {
    "pages": [
        {
            "page_name": "inclusion_criteria",
            "page_data": {"age_at_diagnosis": {"value": 51}, "baseline_date": {"value": "2021-04-03"}},
        }
    ]
}


@pytest.fixture
def node(tmp_path):
    with PracticeNodes(tmp_path / "practice", policy=Policy(creation_step=0)) as nodes:
        yield nodes


def address(node, project="PRACTICE|MAIN", name=""):
    root = f"{node.ready()['upv']['clinical']}/projects/{quote(project, safe='')}/subjects"
    return root + (f"/{quote(name, safe='')}" if name else "")


def send(node, body, project="PRACTICE|MAIN", who=None, **options):
    content = {"data": body} if isinstance(body, bytes) else {"json": body}
    signed_in = {"headers": bearer(node, who) | options.pop("headers", {})}
    return requests.post(address(node, project), timeout=10, **(signed_in | content | options))


def table(node, text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return send(node, content, headers={"Content-Type": "text/csv"}, **options)


def held(node):
    answer = requests.get(address(node), auth=(node.username, node.password), timeout=10)
    assert answer.status_code == 200
    return {one["subjectName"]: one["eForm"] for one in answer.json()}


def subject(name, form=None):
    return {"subjectName": name, "eForm": {} if form is None else form}


def outcomes(answer):
    assert answer.status_code == 200, answer.text
    return [one["outcome"] for one in answer.json()["subjects"]]


def test_forms_are_kept_replaced_and_read_back_under_both_names_of_the_project(node):
    assert outcomes(send(node, [subject("S1", FORM), subject("S2")])) == ["stored", "stored"]
    again = send(node, [subject("S2", {"a": "é"}), subject("S3")], project="PRACTICE")
    assert outcomes(again) == ["replaced", "stored"]
    assert held(node) == {"S1": FORM, "S2": {"a": "é"}, "S3": {}}
    one = requests.get(address(node, "PRACTICE", "S1"), headers=bearer(node), timeout=10)
    assert one.json() == subject("S1", FORM)
    assert requests.get(address(node, name="S9"), headers=bearer(node), timeout=10).status_code == 404


def test_forms_survive_a_restart(tmp_path):
    with PracticeNodes(tmp_path) as node:
        send(node, [subject("S1", FORM)])
    with PracticeNodes(tmp_path) as node:
        assert held(node) == {"S1": FORM}


def test_table_becomes_flat_forms_of_texts(node):
    assert (
        outcomes(table(node, '\ufeffPatientID,age,note\r\nS1,61,"a, b"\r\n\r\nS2,,\u00fc\r\n'))
        == ["stored"] * 2
    )
    assert held(node) == {"S1": {"age": "61", "note": "a, b"}, "S2": {"age": "", "note": "ü"}}


def test_subject_that_is_refused_says_why_and_the_others_are_kept(node):
    answer = send(node, [subject("S1"), {"subjectName": "S2"}, subject("S3", {"x": "y" * (1 << 20)})])
    assert outcomes(answer) == ["stored", "refused", "refused"]
    assert [one.get("reason", "") for one in answer.json()["subjects"]] == [
        "",
        "the eForm is missing, or is not an object",
        "the eForm has more than 1048576 bytes",
    ]
    short = table(node, "PatientID,age\nS4,1\nS5\n")
    assert outcomes(short) == ["stored", "refused"]
    assert short.json()["subjects"][1]["reason"] == "the row has 1 values, the header 2"
    assert list(held(node)) == ["S1", "S4"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"subjectName": "Secret-1", "eForm": {}}, "a list of objects"),
        ([], "no subject"),
        (["Secret-1"], "subject 1 has no subjectName"),
        ([subject("S1"), {"eForm": {}}], "subject 2 has no subjectName"),
        ([subject(7)], "is not a text"),
        ([subject("  ")], "is empty"),
        ([subject("Secret-1"), subject("Secret-1")], "subject 2 has the same subjectName"),
        ([subject("S" * 129)], "more than 128 characters"),
        (b"[{", "not JSON"),
        ([subject("\ud800")], "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_wrong_list_is_400_in_words_without_a_name_and_nothing_is_kept(node, body, says):
    answer = send(node, body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert "Secret" not in answer.text
    assert held(node) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "first column"),
        ("patient,age\nS1,1\n", "first column of the table must be PatientID"),
        ("PatientID;age\nS1;1\n", "commas"),
        ("PatientID,age,age\nS1,1,2\n", "two columns"),
        ("PatientID,age\nS1,1\nS1,2\n", "same subjectName"),
        ("PatientID,age\n,1\n", "is empty"),
        ('PatientID,age\nS1,"1\n', "quotation mark"),
        ("PatientID,age\nS1,é\n".encode("latin-1"), "not UTF-8"),
        ("PatientID,age\n", "no subject"),
    ],
)
def test_wrong_table_is_400_in_words_and_nothing_is_kept(node, text, says):
    answer = table(node, text)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert held(node) == {}


def test_name_of_128_characters_is_fine(node):
    assert outcomes(send(node, [subject("S" * 128)])) == ["stored"]


def test_only_members_of_the_project_come_in(node):
    newcomer = f"{node.username}-newcomer"
    assert requests.get(address(node), timeout=10).status_code == 401
    assert requests.post(address(node), json=[subject("S1")], timeout=10).status_code == 401
    refused = send(node, [subject("S1")], who=newcomer)
    assert (refused.status_code, "does not belong to this project" in refused.text) == (403, True)
    assert requests.get(address(node), headers=bearer(node, newcomer), timeout=10).status_code == 403
    for project in ("OTHER", "PRACTICE|OTHER", "PRACTICE|", "practice"):
        assert send(node, [subject("S1")], project=project).status_code == 404
    assert held(node) == {}


def test_role_is_needed_to_send_and_not_to_read(node):
    node.faults.set(["auth:no-role"])
    refused = send(node, [subject("S1")])
    assert (refused.status_code, "Data ingester" in refused.json()["error"]) == (403, True)
    assert requests.get(address(node), headers=bearer(node), timeout=10).status_code == 200


def test_too_much_is_413_and_other_kinds_and_verbs_are_refused(node):
    big = send(node, [subject(f"S{n}", {"x": "y" * 1_000_000}) for n in range(22)])
    assert (big.status_code, "fewer subjects" in big.json()["error"]) == (413, True)
    assert send(node, b"<a/>", headers={"Content-Type": "text/xml"}).status_code == 415
    assert requests.delete(address(node), headers=bearer(node), timeout=10).headers["Allow"] == "GET, POST"
    assert held(node) == {}


def test_new_subproject_takes_clinical_data(node):
    values = {"name": "n", "description": "d", "externalId": "SP2"}
    path = "/projects/PRACTICE/subprojects/SP2"
    assert service(node, "PUT", path, f"{node.username}-staff", json=values).status_code == 201
    assert outcomes(send(node, [subject("S1")], project="PRACTICE|SP2")) == ["stored"]


def test_faults_show_as_an_expired_token_a_refusal_and_a_loss(node):
    node.faults.set(
        ["clinical:session-expired@1", "clinical:partial=1@2", "clinical:lost@3", "clinical:status=503@4"]
    )
    both = [subject("S1"), subject("S2")]
    expired = send(node, both)
    assert (expired.status_code, expired.json()["error"]) == (
        401,
        "invalid access token, Signature has expired",
    )
    assert outcomes(send(node, both)) == ["stored", "refused"]
    assert outcomes(send(node, both)) == ["replaced", "stored"]
    assert send(node, both).status_code == 503
    assert list(held(node)) == ["S1"]


def test_name_of_a_subject_reaches_no_log(node):
    requests.get(address(node, name="Topsecret"), headers=bearer(node), timeout=10)
    log = requests.get(f"{node.control}/log", timeout=10).text
    assert "Topsecret" not in log
    assert "/subjects/*" in log


def made(node, **fields):
    asked = {"name": "With forms", "description": "d"} | fields
    answer = requests.post(f"{node.control}/export-dataset", json=asked, timeout=10)
    assert answer.status_code == 201, answer.text
    ident = answer.json()["apiUrl"].removeprefix("/api/datasets/")
    assert until(node, ident, "finished", "error")["status"] == "finished"
    return service(node, "GET", f"/datasets/{ident}").json()


def test_export_takes_the_clinical_data_of_its_subjects(node):
    upload(node, "S1")
    upload(node, "S2")
    send(node, [subject("S1", FORM), subject("elsewhere", FORM)])
    shown = made(node)
    assert (shown["diagnosisYearLow"], shown["diagnosisYearNullCount"]) == (2021, 1)
    assert (shown["ageLow"], shown["ageHigh"]) == (51, 70)
    assert (shown["subjectsCount"], shown["studiesCount"]) == (2, 2)
    forms = requests.get(f"{node.control}/export-dataset", timeout=10).json()["subjects"]
    assert json.dumps(forms) == json.dumps([subject("S1", FORM), subject("elsewhere", FORM)])


def test_dataset_of_images_only_has_no_clinical_data(node):
    upload(node, "S1")
    send(node, [subject("S1", FORM)])
    shown = made(node, collectionMethod=["only-image"])
    assert (shown["ageLow"], shown["diagnosisYearNullCount"]) == (60, 1)


def test_clinical_data_stands_in_front_of_a_real_server_too(tmp_path):
    with PracticeNodes(tmp_path, dicomweb="http://127.0.0.1:9/dicom-web") as node:
        assert outcomes(send(node, [subject("S1", FORM)])) == ["stored"]
        assert held(node) == {"S1": FORM}
