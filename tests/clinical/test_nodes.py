"""Practice nodes take the exports through the clients that hospitals use, and give them back as they were."""

import csv
import io
import json

import pytest
import requests
import xnat
from xnat.core import XNATBaseListing, XNATListing

from .test_exports import export, source  # noqa: F401 - a fixture


@pytest.fixture
def clinical_address(nodes):
    ready = nodes.ready()["upv"]
    return f"{ready['clinical']}/projects/{ready['project'].partition('|')[0]}/subjects", (
        nodes.username,
        nodes.password,
    )


@pytest.fixture
def xnat_session(nodes):
    """The real client, signed in at the practice XNAT."""
    ready = nodes.ready()["health_ri"]
    with xnat.connect(
        ready["url"], user=ready["username"], password=ready["password"], loglevel="ERROR"
    ) as session:
        yield session
    for listing in (XNATBaseListing, XNATListing):  # shared by all sessions: the client asks ended ones too
        listing.__ALL_LISTINGS__.clear()


def held(address, auth):
    return {one["subjectName"]: one["eForm"] for one in requests.get(address, auth=auth, timeout=10).json()}


@pytest.mark.parametrize(("kind", "media_type"), [("eforms", "application/json"), ("upv-csv", "text/csv")])
def test_upv_keeps_every_subject_as_exported(source, clinical_address, kind, media_type):  # noqa: F811
    address, auth = clinical_address
    (data,) = export(source, kind).values()
    answer = requests.post(address, data=data, headers={"Content-Type": media_type}, auth=auth, timeout=10)
    assert {one["outcome"] for one in answer.json()["subjects"]} == {"stored"}
    if kind == "eforms":
        assert held(address, auth) == {one["subjectName"]: one["eForm"] for one in json.loads(data)}
    else:
        rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
        assert held(address, auth) == {row.pop("PatientID"): row for row in rows}


def test_xnat_keeps_resources_and_custom_variables_as_exported(source, nodes, xnat_session):  # noqa: F811
    (table,) = export(source, "xnat-csv").values()
    variables = json.loads(export(source, "xnat-variables")["xnat/variables.json"])
    project = xnat_session.projects[nodes.ready()["health_ri"]["project"]]
    resource = project.create_resource("clinical")
    resource.upload_data(table, "clinical.csv", content_type="text/csv", overwrite=True)
    assert xnat_session.get(f"{resource.uri}/files/clinical.csv").content == table
    for name, values in variables.items():
        subject = xnat_session.classes.SubjectData(parent=project, label=name)
        for variable, text in values.items():
            subject.fields[variable] = text
        subject.clearcache()
        assert dict(subject.fields) == values
