"""Reading the index back: counts over all and over some sources, series that disagree, duplicates."""

import pytest

from eucaim_nb.ledger import FileRecord, InstanceRecord, Ledger, ProblemRecord


def instance(sop, series="1.3", study="1.2", patient="P1", held_back=False, **more):
    uids = {"SOPInstanceUID": sop, "SeriesInstanceUID": series, "StudyInstanceUID": study}
    return InstanceRecord({**uids, "PatientID": patient, **more}, held_back)


@pytest.fixture
def ledger(tmp_path):
    """Two sources; the second repeats an instance of the first."""
    made = Ledger(tmp_path / "ledger.sqlite")
    first, second = made.index.source(b"/a"), made.index.source(b"/b")
    made.index.store(
        first,
        [
            FileRecord(b"x", b"1", 10, 1, instance=instance("1.1", Modality="CT", SeriesNumber="2")),
            FileRecord(b"x", b"2", 20, 1, instance=instance("1.2", Modality="CT", SeriesNumber="2", KVP="120")),
            FileRecord(b"x", b"3", 30, 1, instance=instance("1.3", series="1.4", SeriesNumber="10", held_back=True)),
            FileRecord(b"x", b"n", 5, 1, problems=(ProblemRecord("not DICOM", "No."),)),
        ],
        [(b"x", b"link", ProblemRecord("link", "A link."))],
    )
    made.index.store(
        second,
        [
            FileRecord(b"", b"copy", 10, 1, instance=instance("1.1", Modality="CT", SeriesNumber="2")),
            FileRecord(b"", b"z", 9, 1, "m", instance("2.1", series="2.3", study="2.2", patient="P2")),
        ],
    )
    return made


def test_index_knows_whether_it_has_any_instance(ledger, tmp_path):
    assert ledger.index.has_instances()
    assert not Ledger(tmp_path / "empty.sqlite").index.has_instances()


def test_totals_over_everything_count_each_instance_once(ledger):
    found = ledger.index.totals()
    assert (found.files, found.instances, found.series, found.studies, found.patients) == (5, 4, 3, 2, 2)
    assert (found.problems, found.bytes) == (2, 79)


@pytest.mark.parametrize(
    ("source", "expected"), [(1, (4, 3, 2, 1, 1, 2, 60)), (2, (1, 2, 2, 2, 2, 0, 19)), (9, (0,) * 7)]
)
def test_totals_over_one_source(ledger, source, expected):
    t = ledger.index.totals([source])
    assert (t.files, t.instances, t.series, t.studies, t.patients, t.problems, t.bytes) == expected


def test_series_come_in_order_with_what_is_wrong_with_them(ledger):
    rows = ledger.index.series()
    assert [(r.patient_id, r.series_uid, r.instances, r.variants, r.held_back) for r in rows] == [
        ("P1", "1.3", 2, 2, 0),
        ("P1", "1.4", 1, 1, 1),
        ("P2", "2.3", 1, 1, 0),
    ]
    assert [r.series_uid for r in ledger.index.series([2])] == ["1.3", "2.3"]
    assert [r.series_uid for r in ledger.index.series(study_uid="2.2")] == ["2.3"]
    assert [r.series_uid for r in ledger.index.series([1], study_uid="2.2")] == []


def test_headers_are_the_distinct_combinations_of_series_attributes(ledger):
    patients = [row["PatientID"] for row in ledger.index.headers(["PatientID"])]
    assert patients == sorted(set(patients))
    assert ledger.index.headers(["PatientID", "KVP"])[0]["KVP"] == ""
    assert ledger.index.headers(["PatientID"], []) == []
    with pytest.raises(ValueError, match="SOPInstanceUID"):
        ledger.index.headers(["SOPInstanceUID"])


def test_instances_of_a_series_come_from_every_source_or_from_one(ledger):
    assert [row["SOPInstanceUID"] for row in ledger.index.instances("1.3")] == ["1.1", "1.1", "1.2"]
    assert [row["name"] for row in ledger.index.instances("1.3", [2])] == [b"copy"]


def test_oddities_are_found_anew_by_each_scan(ledger):
    ledger.index.forget_oddities(1)
    assert [problem.kind for *_, problem in ledger.index.problems()] == ["not DICOM"]


def test_upload_takes_each_instance_once_and_nothing_held_back(ledger):
    uploads = ledger.uploads
    assert uploads.candidate_series([1, 2]) == [("1.2", "1.3"), ("2.2", "2.3")]
    assert [item.sop_uid for item in uploads.candidates([1, 2], "1.2", "1.3")] == ["1.1", "1.2"]
    assert uploads.left_out([1, 2]) == {"held_back": 1, "duplicates": 1, "excluded": 0}
    uploads.enqueue("node", [1, 2], uploads.candidate_series([1, 2]))
    assert uploads.counts("node").queued == 3
