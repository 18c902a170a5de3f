"""The list of what was uploaded: enough to make a dataset of it, and only for who belongs to the project."""

import requests

from .conftest import UPLOADS, bearer, service, until


def listed(nodes, **options):
    return requests.get(nodes.ready()["upv"]["dataset_index"], timeout=10, **options)


def test_dataset_can_be_made_of_what_is_listed(uploaded):
    studies = [one for one in listed(uploaded, headers=bearer(uploaded)).json() if one["subjectName"] in ("S1", "S2")]
    assert [len(one["series"]) for one in studies] == [len(UPLOADS["S1"]), len(UPLOADS["S2"])]
    subjects = [{"subjectName": one["subjectName"], "eForm": {}} for one in studies]
    wanted = {"name": "Listed", "description": "d", "studies": studies, "subjects": subjects}
    made = service(uploaded, "POST", "/datasets", json=wanted).json()
    assert until(uploaded, made["apiUrl"].rpartition("/")[2], "finished", "error")["status"] == "finished"


def test_nobody_else_sees_the_list(uploaded):
    assert listed(uploaded).status_code == 401
    assert listed(uploaded, headers=bearer(uploaded, f"{uploaded.username}-newcomer")).status_code == 403
    assert requests.get(uploaded.url + "/upv/cases/other", headers=bearer(uploaded), timeout=10).status_code == 404
