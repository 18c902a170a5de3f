"""What a client may rely on when it searches and retrieves, also through the real dicomweb-client."""

import io

import pydicom
import pytest
import requests
from dicomweb_client import DICOMwebClient
from dicomweb_client.session_utils import create_session_from_user_pass
from pydicom.uid import generate_uid

from eucaim_nb.practice import PracticeNodes

from .conftest import account


def read(content):
    return pydicom.dcmread(io.BytesIO(content))


@pytest.fixture
def cohort(node, instance, store):
    """Two patients: CT with two series (2 + 1 instances), and MR from a later date."""
    ct, mr = generate_uid()[:60], generate_uid()[:60]
    sent = [instance(StudyInstanceUID=ct, SeriesInstanceUID=f"{ct}.1") for _ in range(2)]
    sent.append(instance(StudyInstanceUID=ct, SeriesInstanceUID=f"{ct}.2", Modality="SEG", SeriesNumber=None))
    sent.append(
        instance(
            StudyInstanceUID=mr,
            SeriesInstanceUID=f"{mr}.1",
            Modality="MR",
            PatientID="EU-0012",
            PatientName="Other^Name",
            StudyDate="20210615",
        )
    )
    assert store(node, *sent).status_code == 200
    return ct, mr, sent


def search(node, path, **query):
    response = requests.get(f"{node.dicomweb}{path}", params=query, auth=account(node), timeout=10)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/dicom+json"
    return response.json()


def test_search_in_an_empty_node_finds_nothing(node):
    assert search(node, "/studies") == []


def test_study_carries_its_counts_and_address(node, cohort):
    ct, _, _ = cohort
    [study] = search(node, "/studies", StudyInstanceUID=ct)
    assert study["00201206"] == {"vr": "IS", "Value": [2]}
    assert study["00201208"] == {"vr": "IS", "Value": [3]}
    assert sorted(study["00080061"]["Value"]) == ["CT", "SEG"]
    assert study["00081190"] == {"vr": "UR", "Value": [f"{node.dicomweb}/studies/{ct}"]}
    assert study["00100010"] == {"vr": "PN", "Value": [{"Alphabetic": "Practice^Pat"}]}
    assert study["00080050"] == {"vr": "SH"}
    assert requests.get(study["00081190"]["Value"][0], auth=account(node), timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 2),
        ({"PatientID": "EU-0007"}, 1),
        ({"PatientID": "eu-0007"}, 0),
        ({"PatientID": "EU-00*"}, 2),
        ({"PatientID": "EU-001?"}, 1),
        ({"PatientID": "[E]U-0007"}, 0),
        ({"PatientID": "*"}, 2),
        ({"AccessionNumber": ""}, 2),
        ({"AccessionNumber": "7"}, 0),
        ({"00100020": "EU-0012"}, 1),
        ({"PatientName": "practice*"}, 1),
        ({"StudyDate": "20200131"}, 1),
        ({"StudyDate": "20200101-20201231"}, 1),
        ({"StudyDate": "20200201-"}, 1),
        ({"StudyDate": "-20200131"}, 1),
        ({"StudyTime": "1000-1015"}, 2),
        ({"ModalitiesInStudy": "SEG"}, 1),
        ({"ModalitiesInStudy": "US"}, 0),
        ({"PatientID": "EU-0007", "StudyDate": "2021*"}, 0),
        ({"limit": "1"}, 1),
        ({"offset": "1"}, 1),
        ({"limit": "5", "offset": "2"}, 0),
        ({"limit": "0"}, 0),
    ],
)
def test_studies_match(node, cohort, query, found):
    assert len(search(node, "/studies", **query)) == found


def test_uid_lists_match_with_commas_and_backslashes(node, cohort):
    ct, mr, _ = cohort
    assert len(search(node, "/studies", StudyInstanceUID=f"{ct},{mr}")) == 2
    assert len(search(node, "/studies", StudyInstanceUID=f"{ct}\\1.2.3")) == 1


def test_every_level_is_found_below_its_parents_and_on_its_own(node, cohort):
    ct, _, sent = cohort
    assert len(search(node, "/series")) == 3
    assert len(search(node, "/instances")) == 4
    assert len(search(node, "/series", Modality="MR")) == 1
    assert len(search(node, "/instances", PatientID="EU-0007", Modality="CT")) == 2
    assert len(search(node, f"/studies/{ct}/series")) == 2
    assert len(search(node, f"/studies/{ct}/instances")) == 3
    found = search(node, f"/studies/{ct}/series/{ct}.1/instances")
    assert [one["00080018"]["Value"][0] for one in found] == [
        read(content).SOPInstanceUID for content in sent[:2]
    ]
    [series] = search(node, f"/studies/{ct}/series", SeriesInstanceUID=f"{ct}.1")
    assert series["00201209"]["Value"] == [2]
    assert series["0020000D"]["Value"] == [ct]
    assert "00100010" not in series
    assert "00100010" in search(node, "/series")[0]


def test_includefield_adds_attributes_that_are_not_indexed(node, instance, store):
    store(node, instance(SliceThickness="2.5", KVP="120"))
    [plain] = search(node, "/instances")
    assert "00180050" not in plain
    [one] = search(node, "/instances", includefield="SliceThickness,00180060")
    assert one["00180050"] == {"vr": "DS", "Value": [2.5]}
    assert one["00180060"] == {"vr": "DS", "Value": [120.0]}
    [counted] = search(node, "/studies", includefield=["NumberOfStudyRelatedInstances", "00180050"])
    assert (counted["00201208"]["Value"], counted["00180050"]["Value"]) == ([1], [2.5])
    study = read(instance()).StudyInstanceUID
    [everything] = search(node, f"/studies/{study}/instances", includefield="all")
    assert everything["00100020"]["Value"] == ["EU-0007"]


def test_unknown_key_is_ignored_with_a_warning_and_bad_limit_refused(node, cohort):
    response = requests.get(
        f"{node.dicomweb}/studies?KVP=120&NoSuchKeyword=1", auth=account(node), timeout=10
    )
    assert len(response.json()) == 2
    assert response.headers["Warning"].startswith("299 ")
    assert (
        requests.get(f"{node.dicomweb}/studies?limit=-1", auth=account(node), timeout=10).status_code == 400
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/studies/1.2.3", 404),
        ("/studies/1.2.3/metadata", 404),
        ("/series/1.2.3", 404),
        ("/patients", 404),
        ("/studies/%2e%2e%2f%2e%2e%2fcredentials.json", 404),
        ("/../../credentials.json", 404),
        ("", 404),
    ],
)
def test_addresses_that_name_nothing(node, cohort, path, status):
    assert requests.get(node.dicomweb + path, auth=account(node), timeout=10).status_code == status


def test_deleting_is_not_offered_over_dicomweb(node, cohort):
    response = requests.delete(f"{node.dicomweb}/studies/{cohort[0]}", auth=account(node), timeout=10)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")


def test_retrieved_instance_is_what_was_sent_byte_for_byte(node, cohort):
    ct, _, sent = cohort
    url = f"{node.dicomweb}/studies/{ct}/series/{ct}.1/instances/{read(sent[0]).SOPInstanceUID}"
    accept = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
    body = requests.get(url, headers=accept, auth=account(node), timeout=10)
    assert body.headers["Content-Type"].startswith('multipart/related; type="application/dicom"; boundary=')
    assert sent[0] in body.content
    assert (
        requests.get(url, headers={"Accept": "application/dicom"}, auth=account(node), timeout=10).content
        == sent[0]
    )


def test_other_transfer_syntax_or_media_type_is_not_acceptable(node, cohort):
    url = f"{node.dicomweb}/studies/{cohort[0]}"
    for accept in (
        "multipart/related; type=application/dicom; transfer-syntax=1.2.840.10008.1.2.4.90",
        "image/png",
    ):
        assert (
            requests.get(url, headers={"Accept": accept}, auth=account(node), timeout=10).status_code == 406
        )


def test_metadata_has_no_bulk_and_survives_values_without_a_json_form(node, instance, store):
    content = instance()
    broken = content.replace(b"IS\x02\x003 ", b"IS\x02\x003x")  # SeriesNumber
    assert broken != content
    store(node, broken)
    [one] = requests.get(
        f"{node.dicomweb}/studies/{read(content).StudyInstanceUID}/metadata",
        auth=account(node),
        timeout=10,
    ).json()
    assert one["00080018"]["Value"] == [read(content).SOPInstanceUID]
    assert "7FE00010" not in one


def test_dicomweb_client_stores_searches_and_retrieves(node, instance):
    client = DICOMwebClient(node.dicomweb, session=create_session_from_user_pass(*account(node)))
    sent = [read(instance()) for _ in range(3)]
    study, series = sent[0].StudyInstanceUID, sent[0].SeriesInstanceUID
    stored = client.store_instances(sent)
    assert len(stored.ReferencedSOPSequence) == 3
    assert "FailedSOPSequence" not in stored
    assert len(client.store_instances(sent, study_instance_uid=study).ReferencedSOPSequence) == 3

    assert (
        len(client.search_for_studies(search_filters={"PatientID": "EU-0007"}, fields=["StudyDescription"]))
        == 1
    )
    assert len(client.search_for_series(study)) == 1
    assert len(client.search_for_instances(study, series, limit=2)) == 2
    assert len(client.search_for_instances(search_filters={"SOPInstanceUID": sent[1].SOPInstanceUID})) == 1

    by_uid = {one.SOPInstanceUID: one for one in sent}
    for retrieved in (
        client.retrieve_study(study),
        client.retrieve_series(study, series),
        list(client.iter_series(study, series)),
        [client.retrieve_instance(study, series, uid) for uid in by_uid],
    ):
        assert {one.SOPInstanceUID: one.PixelData for one in retrieved} == {
            uid: one.PixelData for uid, one in by_uid.items()
        }
    metadata = client.retrieve_study_metadata(study)
    assert {one["00080018"]["Value"][0] for one in metadata} == set(by_uid)
    assert len(client.retrieve_series_metadata(study, series)) == 3
    assert (
        pydicom.Dataset.from_json(
            client.retrieve_instance_metadata(study, series, next(iter(by_uid)))
        ).Modality
        == "CT"
    )


def test_restart_gives_the_same_answers(tmp_path, instance, store, held):
    with PracticeNodes(tmp_path) as node:
        store(node, instance(), instance())
        before = held(node), [one["00080018"] for one in search(node, "/instances")], node.password
    with PracticeNodes(tmp_path) as node:
        assert (held(node), [one["00080018"] for one in search(node, "/instances")], node.password) == before
