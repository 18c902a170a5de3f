"""From uploads to released datasets on the practice node: creation over time, versions, access, and restarts."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from eucaim_nb.practice import Policy, PracticeNodes

from .conftest import UPLOADS, service, until, upload

MESSAGES = [
    "Launching dataset creation job...",
    "Checking studies paths...",
    "Checking for missing series in datalake...",
    "Creating studies in DB...",
    "Scanning dataset for collecting metadata...",
    "Creating symbolic links...",
    "Writing INDEX file: index.json",
    "Calculating the hashes of the dataset...",
    "Saving hashes in database...",
    "Dataset creation finished.",
    "Successfully created",
]


def export(nodes, *patients, **fields):
    """Press the export button for these patients."""
    wanted = {"name": "Exported", "description": "d", "version": "1.0", "patients": list(patients)} | fields
    return requests.post(f"{nodes.control}/export-dataset", json=wanted, timeout=10)


def made(nodes, *patients, **fields):
    """Export, wait for the end, and return the id with how it ended."""
    answer = export(nodes, *patients, **fields)
    assert answer.status_code == 201, answer.text
    ident = answer.json()["apiUrl"].removeprefix("/api/datasets/")
    return ident, until(nodes, ident, "finished", "error")


def details(nodes, ident, who=None):
    return service(nodes, "GET", f"/datasets/{ident}", who).json()


def change(nodes, ident, name, value, who=None):
    body = {"property": name, "value": value}
    return service(nodes, "PATCH", f"/datasets/{ident}", who, json=body).status_code


def staff(nodes):
    return f"{nodes.username}-staff"


def test_creation_tells_each_step_in_order(tmp_path):
    with PracticeNodes(tmp_path, policy=Policy(creation_step=0.08)) as node:
        upload(node, "S1")
        ident = export(node, "S1").json()["apiUrl"].removeprefix("/api/datasets/")
        seen, end = [], time.monotonic() + 20
        while (not seen or seen[-1][0] != "finished") and time.monotonic() < end:
            told = service(node, "GET", f"/datasets/{ident}/creationStatus").json()
            if (now := (told["status"], told["lastMessage"])) not in seen:
                seen.append(now)
    statuses = ["pending"] + ["running"] * 9 + ["finished"]
    assert [one for one in zip(statuses, MESSAGES, strict=True) if one in seen] == seen  # in this order
    assert seen[0] == ("pending", MESSAGES[0])
    assert seen[-1] == ("finished", MESSAGES[-1])
    assert len(seen) >= 5  # polling on a busy computer may miss some


def test_creation_goes_on_after_a_restart_and_nothing_is_forgotten(tmp_path):
    with PracticeNodes(tmp_path, policy=Policy(creation_step=3600)) as node:
        upload(node, "S1")
        ident = export(node, "S1").json()["apiUrl"].removeprefix("/api/datasets/")
        before = details(node, ident)
        assert before["creating"] is True
        assert "draft" not in before["editablePropertiesByTheUser"]
        assert change(node, ident, "draft", False) == 400
    with PracticeNodes(tmp_path, policy=Policy(creation_step=0)) as node:
        after = details(node, ident)
        assert (after["creating"], after["studiesCount"]) == (False, 1)
        assert after["creationDate"] == before["creationDate"]
        assert change(node, ident, "draft", False) == 204
    with PracticeNodes(tmp_path) as node:
        assert details(node, ident)["draft"] is False


def test_many_at_once_are_all_made(uploaded):
    before = service(uploaded, "GET", "/datasets?searchString=Crowd").json()["total"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: export(uploaded, "S1", name=f"Crowd {number}"), range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert service(uploaded, "GET", "/datasets?searchString=Crowd").json()["total"] == before + 24


def test_creation_date_is_not_iso(uploaded):
    ident, _ = made(uploaded, "S1")
    assert details(uploaded, ident)["creationDate"][10] == " "
    assert details(uploaded, ident)["creationDate"].endswith("+00:00")


@pytest.mark.parametrize(
    ("patient", "status", "says"),
    [
        ("iso-date", "error", "Unexpected error"),
        ("no-date", "finished", "Successfully created"),
        ("unknown-subproject", "error", "Unexpected error"),
        ("own-subproject", "finished", "Successfully created"),
        ("no-sex", "finished", "Successfully created"),
        ("odd-age", "finished", "Successfully created"),
    ],
)
def test_headers_on_which_the_creation_stumbles_or_not(uploaded, patient, status, says):
    _, end = made(uploaded, patient)
    assert (end["status"], end["lastMessage"]) == (status, says)


@pytest.mark.parametrize(
    ("patient", "name", "value"),
    [
        ("no-sex", "sex", ["Unkown"]),
        ("odd-age", "ageNullCount", 1),
        ("odd-age", "ageUnit", []),
        ("bare-ge", "manufacturer", ["Other"]),
    ],
)
def test_figures_have_the_quirks_of_the_service(uploaded, patient, name, value):
    ident, _ = made(uploaded, patient)
    assert details(uploaded, ident)[name] == value


def test_clinical_form_counts_more_than_the_images(uploaded):
    pages = [
        {"page_name": "inclusion_criteria", "page_data": {"age_at_diagnosis": {"value": 51}}},
        {"page_name": "patient_data", "page_data": {"gender": {"value": "MALE"}}},
    ]
    ident, _ = made(uploaded, "S1", subjects=[{"subjectName": "S1", "eForm": {"pages": pages}}])
    shown = details(uploaded, ident)
    assert (shown["ageLow"], shown["sex"]) == (51, ["Male"])


def test_export_takes_everything_unless_told_otherwise(tmp_path):
    with PracticeNodes(tmp_path, policy=Policy(creation_step=0)) as node:
        assert export(node).json() == {"error": "'studies' property is an empty array."}
        for patient in ("S1", "S2"):
            upload(node, patient)
        answer = requests.post(
            f"{node.control}/export-dataset", json={"name": "All", "description": ""}, timeout=10
        )
        ident = answer.json()["apiUrl"].removeprefix("/api/datasets/")
        assert answer.json()["url"].startswith(node.url)
        assert details(node, ident)["subjectsCount"] == 2
        assert export(node, "S1", name="ab").status_code == 400
        for wrong in ([], {"name": 1, "description": ""}, {"name": "All", "description": "", "patients": 3}):
            assert requests.post(f"{node.control}/export-dataset", json=wrong, timeout=10).status_code == 400


def test_new_version_names_the_old_one_and_the_old_one_learns_of_it_at_release(uploaded):
    old, _ = made(uploaded, "S1", name="Old")
    assert change(uploaded, old, "draft", False) == 204
    new, _ = made(uploaded, "S1", name="New", previousId=old)
    assert details(uploaded, new)["previousId"] == old
    assert details(uploaded, old)["nextId"] is None
    assert change(uploaded, new, "draft", False) == 204
    assert details(uploaded, old)["nextId"] == new
    names = [one["id"] for one in service(uploaded, "GET", "/upgradableDatasets").json()]
    assert new in names
    assert old not in names
    latest = service(uploaded, "GET", "/datasets?onlyLastVersions=true&limit=0").json()["list"]
    assert old not in [one["id"] for one in latest]


def test_previous_version_must_exist_and_be_ones_own(uploaded):
    assert export(uploaded, "S1", previousId="11111111-1111-1111-1111-111111111111").status_code == 400
    ident, _ = made(uploaded, "S1")
    assert change(uploaded, ident, "previousId", ident) == 400


def test_study_can_be_named_by_its_place_in_the_previous_version(uploaded):
    old, _ = made(uploaded, "S2")
    listed = requests.get(f"{uploaded.control}/export-dataset", timeout=10).json()["studies"]
    study = next(one for one in listed if one["subjectName"] == "S2")
    study["path"] = f"S2/{study.pop('pathInDatalake').rpartition('/')[2]}"
    body = {
        "name": "Next",
        "description": "d",
        "previousId": old,
        "studies": [study],
        "subjects": [{"subjectName": "S2", "eForm": {}}],
    }
    answer = service(uploaded, "POST", "/datasets", json=body)
    ident = answer.json()["apiUrl"].removeprefix("/api/datasets/")
    assert until(uploaded, ident, "finished", "error")["status"] == "finished"


@pytest.mark.parametrize("field", ["url", "tags"])
def test_study_without_url_or_tags_kills_the_creation(uploaded, field):
    listed = requests.get(f"{uploaded.control}/export-dataset", timeout=10).json()["studies"]
    study = next(one for one in listed if one["subjectName"] == "S1")
    study.pop("url") if field == "url" else study["series"][0].pop("tags")
    subjects = [{"subjectName": "S1", "eForm": {}}]
    body = {"name": "Bare", "description": "d", "studies": [study], "subjects": subjects}
    answer = service(uploaded, "POST", "/datasets", json=body)
    ident = answer.json()["apiUrl"].removeprefix("/api/datasets/")
    assert until(uploaded, ident, "error")["lastMessage"] == "Unexpected error"


def test_path_out_of_the_datalake_is_wrong(uploaded):
    listed = requests.get(f"{uploaded.control}/export-dataset", timeout=10).json()["studies"]
    study = next(one for one in listed if one["subjectName"] == "S1") | {"pathInDatalake": "../../etc"}
    subjects = [{"subjectName": "S1", "eForm": {}}]
    body = {"name": "Astray", "description": "d", "studies": [study], "subjects": subjects}
    answer = service(uploaded, "POST", "/datasets", json=body)
    ident = answer.json()["apiUrl"].removeprefix("/api/datasets/")
    assert until(uploaded, ident, "error")["lastMessage"] == "Wrong path: ../../etc"


def test_images_without_clinical_data_make_a_dataset_too(uploaded):
    listed = requests.get(f"{uploaded.control}/export-dataset", timeout=10).content
    fields = {"name": "Images only", "description": "d"}
    wrong = service(uploaded, "POST", "/datasets", data=fields, files={"index": ("index.csv", b"")})
    assert wrong.json()["error"] == "Wrong extension for the index file, only JSON is supported."
    index = json.dumps(json.loads(listed)["studies"][:1])
    answer = service(uploaded, "POST", "/datasets", data=fields, files={"index": ("index.json", index)})
    ident = answer.json()["apiUrl"].removeprefix("/api/datasets/")
    assert until(uploaded, ident, "finished", "error")["status"] == "finished"


def test_staff_restart_a_creation_and_the_holder_does_not(uploaded):
    ident, _ = made(uploaded, "odd-sex")
    path = f"/datasets/{ident}/restartCreation"
    assert service(uploaded, "POST", path).status_code == 401
    assert service(uploaded, "POST", path, staff(uploaded)).status_code == 204
    assert until(uploaded, ident, "error")["lastMessage"] == "Unexpected error"
    assert service(uploaded, "DELETE", f"/datasets/{ident}", staff(uploaded)).status_code == 204


def test_access_is_given_and_taken(uploaded):
    ident, _ = made(uploaded, "S1")
    path = f"/datasets/{ident}/acl"
    newcomer = f"{uploaded.username}-newcomer"
    assert service(uploaded, "PUT", f"{path}/{newcomer}").status_code == 201
    assert service(uploaded, "GET", path).json() == [newcomer]
    assert service(uploaded, "GET", path, newcomer).status_code == 401
    assert service(uploaded, "DELETE", f"{path}/{newcomer}").status_code == 204
    assert service(uploaded, "GET", path).json() == []
    history = service(uploaded, "GET", f"/datasets/{ident}/accessHistory", staff(uploaded))
    assert (history.status_code, history.json()["list"]) == (200, [])


def test_tags_are_for_staff_and_find_the_dataset(uploaded):
    ident, _ = made(uploaded, "S1", name="To be indexed")
    assert change(uploaded, ident, "tags", ["eucaim-indexed"], staff(uploaded)) == 204
    assert change(uploaded, ident, "tags", ["no spaces"], staff(uploaded)) == 400
    found = service(uploaded, "GET", "/datasets?tag=eucaim-indexed").json()["list"]
    assert [one["id"] for one in found] == [ident]


def test_list_is_searched_sorted_and_cut(tmp_path):
    with PracticeNodes(tmp_path, policy=Policy(creation_step=0)) as node:
        for patient in ("S1", "S2"):
            upload(node, patient)
        for name, patient in (("Cedar", "S1"), ("Alder", "S2"), ("Birch", "S1")):
            made(node, patient, name=name)

        def names(query):
            return [one["name"] for one in service(node, "GET", f"/datasets?{query}").json()["list"]]

        assert names("sortBy=name&sortDirection=ascending") == ["Alder", "Birch", "Cedar"]
        assert names("sortBy=name&sortDirection=descending&limit=1&skip=1") == ["Birch"]
        assert names("searchString=ALD") == ["Alder"]
        assert names("searchSubject=S2") == ["Alder"]
        assert names("invalidated=true") == []


def test_faults_hit_the_dataset_service(uploaded):
    uploaded.faults.set(["dataset:status=503,retry-after=2@1"])
    answer = service(uploaded, "GET", "/datasets")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert service(uploaded, "GET", "/datasets").status_code == 200
    uploaded.faults.set([])


def test_work_is_done_though_the_answer_was_dropped(uploaded):
    uploaded.faults.set(["dataset:drop-after@1"])
    with pytest.raises(requests.ConnectionError):
        service(
            uploaded,
            "PUT",
            "/projects/PRACTICE/subprojects/SP2",
            staff(uploaded),
            json={"name": "n", "description": "d", "externalId": "SP2"},
        )
    listed = service(uploaded, "GET", "/projects/PRACTICE/subprojects").json()["list"]
    assert "SP2" in [one["code"] for one in listed]
    uploaded.faults.set([])


def test_signed_out_person_changes_nothing(uploaded):
    ident, _ = made(uploaded, "S1")
    root = uploaded.ready()["upv"]["dataset_service"]
    body = {"property": "name", "value": "Mine now"}
    assert requests.patch(f"{root}/datasets/{ident}", json=body, timeout=10).status_code == 401
    assert requests.delete(f"{root}/datasets/{ident}", timeout=10).status_code == 401


def test_every_upload_can_be_named(uploaded):
    listed = requests.get(f"{uploaded.control}/export-dataset", timeout=10).json()["studies"]
    assert [one["subjectName"] for one in listed] == list(UPLOADS)
    assert len({one["pathInDatalake"] for one in listed}) == len(listed)
