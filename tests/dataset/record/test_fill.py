"""Filling the record with what is known: counts are those of what was sent, and no value of a person comes along."""

import json

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from eucaim_nb import workflow
from eucaim_nb.dataset.record import Facts, Origin, Record, differences, facts, filled, proposals
from eucaim_nb.dicom import scan
from eucaim_nb.ledger import FileRecord, InstanceRecord, UploadState
from eucaim_nb.workflow import DatasetState, NodeDataset

UUID = "1a1a6653-975a-4a0a-a79b-b2bfc7317119"
SUBJECTS, STUDIES = "healthdcatap:numberOfUniqueIndividuals", "healthdcatap:numberOfRecords"
SERIES = [
    # patient, study, series, modality, manufacturer, body part, sex, age, date
    ("P1", "1", "1.1", "MR", "SIEMENS HEALTHINEERS", "PROSTATE", "M", "061Y", "20190203"),
    ("P1", "1", "1.2", "SEG", "tool", "PROSTATE", "M", "061Y", "20190203"),
    ("P2", "2", "2.1", "MR", "GE MEDICAL SYSTEMS", "PROSTATE", "M", "103Y", "20230501"),
    ("P2", "3", "3.1", "CT", "Dr Miller's own <b>", "Mrs Smith", "M", "102Y", "20230601"),
]


def series(patient, study, uid, modality, maker, part, sex, age, date):
    values = {
        "PatientID": patient,
        "StudyInstanceUID": study,
        "SeriesInstanceUID": uid,
        "SOPInstanceUID": f"{uid}.1",
    }
    values |= {"Modality": modality, "Manufacturer": maker, "BodyPartExamined": part}
    values |= {"PatientSex": sex, "PatientAge": age, "StudyDate": date}
    return FileRecord(b"a", uid.encode(), 100, 1, instance=InstanceRecord(values))


@pytest.fixture
def indexed(workspace):
    index = workspace.ledger.index
    index.store(index.source(b"/x"), [series(*row) for row in SERIES])
    return workspace


def here(workspace):
    return {one.key: one.values for one in proposals(workspace) if one.origin is Origin.HERE}


def test_nothing_indexed_fills_only_what_the_profile_fixes(workspace):
    known = [one for one in proposals(workspace) if one.key != "healthdcatap:hasStructuredData"]
    assert {one.origin for one in known} == {Origin.PROFILE}


def test_aggregates_are_those_of_the_index(indexed):
    found = here(indexed)
    assert (found[SUBJECTS], found[STUDIES], found["molgenis:number_of_series"]) == (("2",), ("3",), ("4",))
    assert found["eucaim:hasImageModality"] == ("eucaim:IMG1000038", "eucaim:IMG1000042")
    assert found["eucaim:hasEquipmentManufacturer"] == ("eucaim:IMG1000044", "eucaim:IMG1000047")
    assert found["eucaim:hasImageBodyPart"] == ("eucaim:BP1000021",)
    assert found["eucaim:hasBirthSex"] == ("eucaim:COM1001366",)
    assert found["eucaim:nbrOfSegmentations"] == ("1",)
    assert "eucaim:SPEC1000019" in found["dct:type"]
    assert found["dcat:distribution/dcat:byteSize"] == ("400",)
    assert (found["dct:temporal/dcat:startDate"], found["dct:temporal/dcat:endDate"]) == (
        ("2019",),
        ("2023",),
    )


def test_age_of_the_oldest_is_not_given_away(indexed):
    found = here(indexed)
    assert (found["healthdcatap:minTypicalAge"], found["healthdcatap:maxTypicalAge"]) == (("60",), ("90",))


def test_text_of_a_header_never_reaches_record_or_remarks(indexed):
    told = json.dumps([[one.values, one.note] for one in proposals(indexed)])
    assert "Miller" not in told
    assert "Smith" not in told
    assert "1 other value is not in the list" in told


def test_what_a_person_left_out_does_not_count(indexed):
    indexed.ledger.exclusions.add("3", "3.1", "", "no consent")
    found = here(indexed)
    assert found[STUDIES] == ("2",)
    assert found["eucaim:hasImageModality"] == ("eucaim:IMG1000038",)


def test_once_sent_only_what_the_node_verified_counts(indexed):
    uploads, node = indexed.ledger.uploads, indexed.settings.node
    ids = [number for number, _, _ in indexed.ledger.index.sources()]
    uploads.enqueue(node, ids, uploads.candidate_series(ids))
    uploads.mark(node, ["1.1.1"], UploadState.VERIFIED)
    found = here(indexed)
    assert (found[SUBJECTS], found[STUDIES], found["molgenis:number_of_series"]) == (("1",), ("1",), ("1",))


def test_variables_are_those_of_the_clinical_exports(workspace):
    listed = [{"kind": "upv-csv", "file": "clinical.csv", "sha256": "", "bytes": 0}]
    (workspace.folder / "clinical" / "exports.json").write_text(json.dumps(listed), encoding="utf-8")
    mapping = {"fields": [{"target": "sex"}, {"target": "age_at_diagnosis"}]}
    (workspace.folder / "clinical" / "mapping.json").write_text(json.dumps(mapping), encoding="utf-8")
    found = here(workspace)
    assert found["healthdcatap:hasStructuredData"] == ("true",)
    columns = "healthdcatap:hasVariables/csvw:table/csvw:column"
    assert (found[f"{columns}/csvw:name"], found[f"{columns}#2/csvw:name"]) == (
        ("sex",),
        ("age_at_diagnosis",),
    )


def test_what_a_person_wrote_is_never_overwritten(indexed):
    mine = Record().changed({SUBJECTS: ["3"], "dcat:theme": ["theme:OTHER"]})
    after = filled(mine, proposals(indexed))
    assert after.first(SUBJECTS) == "3"
    assert after.first("dcat:theme") == "theme:OTHER"
    assert after.first(STUDIES) == "3"
    found = {one.key: one for one in differences(after, proposals(indexed))}
    assert found[SUBJECTS].record == ("3",)
    assert found[SUBJECTS].proposed == {Origin.HERE: ("2",)}
    assert STUDIES not in found


@pytest.fixture
def at_the_node(indexed):
    dataset = NodeDataset(
        node=indexed.settings.node,
        id=UUID,
        state=DatasetState.DRAFT,
        seen_at=0.0,
        counts={"subjects": 2, "studies": 2},
        properties={
            "name": "Prostate",
            "version": "1.1.0",
            "purpose": "",
            "type": ["original", "personal-data"],
            "collectionMethod": ["patient-based", "cohort"],
            "license": {"title": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
            "contactInfo": "data@hospital.eu",
        },
        figures={
            "subjectsCount": 2,
            "studiesCount": 2,
            "sizeInBytes": 300,
            "sex": ["Male", "Unkown"],
            "modality": ["MR", "Unknown"],
            "bodyPart": ["PROSTATE"],
            "manufacturer": ["Siemens", "Other"],
            "ageLow": 61,
            "ageHigh": 103,
            "ageUnit": ["years", "years"],
        },
    )
    workflow.keep_node_dataset(indexed, dataset)
    return indexed


def test_node_fills_first_and_differences_show_both(at_the_node):
    known = proposals(at_the_node)
    record = filled(Record(), known)
    assert record.first("dct:identifier") == UUID
    assert record.first(STUDIES) == "2"
    assert record.values["dct:type"] == ("dpv:PersonalData", "eucaim:SPEC1000020")
    assert record.values["eucaim:collectionMethod"] == ("eucaim:SPEC1000004",)
    assert record.first("dcat:distribution/dct:license") == "https://creativecommons.org/licenses/by/4.0/"
    assert record.first("dcat:contactPoint/vcard:hasEmail") == "data@hospital.eu"
    assert record.first("healthdcatap:maxTypicalAge") == "90"
    assert record.values["eucaim:hasBirthSex"] == ("eucaim:COM1001366",)
    found = {one.key: one for one in differences(record, known)}
    assert found[STUDIES].proposed == {Origin.NODE: ("2",), Origin.HERE: ("3",)}
    assert SUBJECTS not in found


def test_cohort_of_the_node_has_no_term_and_is_said(at_the_node):
    notes = {one.key: one.note for one in proposals(at_the_node) if one.origin is Origin.NODE}
    assert "1 other value" in notes["eucaim:collectionMethod"]


def test_record_is_held_against_the_identifier_of_the_node(at_the_node):
    assert facts(at_the_node) == Facts("upv", UUID)


def test_labels_and_methods_of_segmentations_are_terms_and_other_words_are_only_counted(workspace, tmp_path):
    header = Dataset()
    header.SOPClassUID, header.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.3"
    header.StudyInstanceUID, header.SeriesInstanceUID, header.PatientID = "1.2.4", "1.2.5", "P1"
    header.Modality = "SEG"
    header.SegmentSequence = [segment("Prostate", "MANUAL"), segment("lesion of Mr Smith", "AUTOMATIC")]
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    (tmp_path / "images").mkdir()
    header.save_as(tmp_path / "images" / "seg.dcm", enforce_file_format=True)
    scan(workspace, [tmp_path / "images"])
    found = here(workspace)
    assert found["eucaim:hasAnnotationLabel"] == ("eucaim:BP1000021",)
    assert found["eucaim:hasAlgorithmType"] == ("eucaim:COM1000003", "eucaim:COM1000008")
    assert "Smith" not in json.dumps([[one.values, one.note] for one in proposals(workspace)])


def segment(label, method):
    made = Dataset()
    made.SegmentLabel, made.SegmentAlgorithmType = label, method
    return made
