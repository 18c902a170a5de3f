"""The practice dataset service answers as the node's does: a table of exchanges, told in order as one story.

Each row of `exchanges.json` says who asks what, and what the answer is: `says` holds values of the answer, `keys`
all names in it, `each` all names in each item of a list, `ends` the end of the creation, `policy` what is different
at the node meanwhile. `…` at the end of a text stands for anything.
"""

import json
from pathlib import Path

import pytest
import requests

from .conftest import bearer, until

ROWS = json.loads((Path(__file__).parent / "exchanges.json").read_text("utf-8"))
GOOD = {
    "name": "First set",
    "description": "d",
    "version": "1.0",
    "project": "PRACTICE",
    "purpose": "p",
    "provenance": "x",
    "type": ["original"],
    "collectionMethod": ["patient-based"],
}


def studies_of(nodes, row):
    listed = requests.get(f"{nodes.control}/export-dataset", timeout=10).json()["studies"]
    studies = [one for one in listed if one["subjectName"] in row.get("of", ["S1"])]
    match row.get("misplace"):
        case "study":
            studies[0]["pathInDatalake"] = "nowhere/at-all"
        case "series":
            studies[0]["series"][-1]["folderName"] = "9.9.9"
    return studies


def sent(nodes, row):
    """Return the body of a row's request, as keywords for `requests`."""
    studies = studies_of(nodes, row)
    if "files" in row:
        content = {"index": json.dumps(studies).encode()}
        content["clinicalData"] = row["table"].encode(row.get("encoding", "utf-8"))
        return {"data": GOOD, "files": {part: (name, content[part]) for part, name in row["files"].items()}}
    if "good" in row:
        subjects = [{"subjectName": one["subjectName"], "eForm": {}} for one in studies]
        fields = GOOD | {"studies": studies, "subjects": subjects} | row["good"]
        return {"json": {name: value for name, value in fields.items() if name not in row.get("without", ())}}
    return {"data": row["form"]} if "form" in row else {"json": row["send"]} if "send" in row else {}


@pytest.fixture(scope="module")
def answers(uploaded):
    """Ask everything once, in order."""
    names = {"holder": uploaded.username, "staff": f"{uploaded.username}-staff"}
    names["newcomer"] = f"{uploaded.username}-newcomer"
    signed_in = {who: bearer(uploaded, name) for who, name in names.items()}
    root = uploaded.ready()["upv"]["dataset_service"]
    kept = {"study": studies_of(uploaded, {})[0]["studyId"]}
    told = []
    for row in ROWS:
        who = row["as"] or ""
        raw = {"Authorization": f"Bearer {who.removeprefix('token ')}"} if who.startswith("token ") else {}
        method, path = row["ask"].format(**kept).split()
        before = {name: getattr(uploaded.policy, name) for name in row.get("policy", {})}
        uploaded.policy.change(row.get("policy", {}))
        answer = requests.request(
            method, root + path, headers=signed_in.get(who, raw), timeout=10, **sent(uploaded, row)
        )
        end = None
        if answer.status_code == 201 and "keep" in row:
            kept[row["keep"]] = answer.json()["apiUrl"].removeprefix("/api/datasets/")
        if answer.status_code == 201 and "ends" in row:
            status = until(
                uploaded, answer.json()["apiUrl"].removeprefix("/api/datasets/"), "finished", "error"
            )
            end = [status["status"], status["lastMessage"]]
        uploaded.policy.change(before)
        told.append((answer, end, dict(kept)))
    return told


def same(expected, actual):
    if isinstance(expected, str) and expected.endswith("…"):
        return actual.startswith(expected[:-1])
    return expected == actual


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[row["what"] for row in ROWS])
def test_exchange(answers, number):
    row, (answer, end, kept) = ROWS[number], answers[number]
    assert answer.status_code == row["status"], answer.text
    says = row.get("says")
    if isinstance(says, dict | list):
        assert answer.headers["Content-Type"] == "application/json"
    if isinstance(says, dict):
        body = answer.json()
        for name, value in says.items():
            value = value.replace("{study}", kept["study"]) if isinstance(value, str) else value
            assert body[name] == value, name
        assert not set(row.get("lacks", ())) & set(body)
    elif isinstance(says, list):
        assert answer.json() == says
    elif says is not None:
        assert answer.text == says
    if "keys" in row:
        assert list(answer.json()) == row["keys"]
    items = answer.json() if "each" in row or "series" in row else []
    items = items["list"] if isinstance(items, dict) else items
    assert all(list(item) == row["each"] for item in items if "each" in row)
    if "names" in row:
        assert [item["name"] for item in items] == row["names"]
    if "series" in row:
        assert [len(item["series"]) for item in items] == [row["series"]]
    if "ends" in row:
        assert all(map(same, row["ends"], end)), end
