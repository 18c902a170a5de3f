"""What stands against a record is said at its field, in words of its own."""

import pytest

from eucaim_nb.dataset.record import Facts, Record, Severity, check, field_of
from tests.dataset.record.filled import everything, mandatory, without

UUID = "1a1a6653-975a-4a0a-a79b-b2bfc7317119"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def errors(record, facts=Facts()):  # noqa: B008
    return {one.key: one.message for one in check(record, facts) if one.severity is ERROR}


@pytest.fixture(scope="module")
def full():
    return everything()


def test_complete_record_has_nothing_against_it(full):
    assert check(full) == ()


@pytest.mark.parametrize("field", mandatory(), ids=lambda one: one.key)
def test_each_mandatory_field_that_is_missing_is_told_with_its_own_message(full, field):
    found = [one for one in check(without(full, field)) if one.field == field]
    assert [one.message for one in found] == [field.missing]
    may_wait = field.key == "healthdcatap:hdab"
    assert found[0].severity is (WARNING if may_wait else ERROR)
    assert field.missing
    assert sum(other.missing == field.missing for other in mandatory()) == 1


def test_only_the_access_body_may_stay_empty_for_now():
    empty = check(Record())
    assert {one.key for one in empty if one.severity is WARNING} == {"healthdcatap:hdab"}
    assert {one.key for one in empty} >= {one.key for one in mandatory() if not one.parent}


@pytest.mark.parametrize("words", ["TBD", "n/a", "-", "to be defined", "XXX", "Placeholder", "unknown"])
def test_placeholder_for_the_access_body_is_an_error(full, words):
    key = "healthdcatap:hdab/foaf:name"
    assert "placeholder" in errors(full.changed({key: [words]}))[key]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("healthdcatap:numberOfRecords", "-1"),
        ("healthdcatap:numberOfRecords", "1.5"),
        ("healthdcatap:numberOfRecords", "many"),
        ("dct:issued", "31.12.2020"),
        ("dct:issued", "2021-02-30"),
        ("dcat:version", "first"),
        ("dcat:landingPage", "ftp://x.eu"),
        ("dcat:landingPage", "javascript:alert(1)"),
        ("dct:source", "the other dataset"),
        ("dcat:contactPoint/vcard:hasEmail", "me at hospital"),
        ("healthdcatap:hasStructuredData", "perhaps"),
        ("dcat:temporalResolution", "1 second"),
        ("dcat:spatialResolutionInMeters", "NaN"),
        ("eucaim:interoperabilityLevel", "Tier 7"),
        ("dct:accessRights", "https://example.org/secret"),
        ("eucaim:hasCondition", "eucaim:CLIN9999999"),
        ("healthdcatap:healthCategory", "https://example.org/category"),
        ("dcat:distribution/spdx:checksum/spdx:checksumValue", "xyz"),
    ],
)
def test_value_of_another_kind_is_an_error_at_its_field(full, key, value):
    assert key in errors(full.changed({key: [value]}))


def test_a_second_value_where_one_is_allowed_is_an_error(full):
    key = "eucaim:hasCondition"
    both = full.changed({key: ["eucaim:CLIN1000075", "eucaim:CLIN1000060"]})
    assert "only one" in errors(both)[key]
    assert "only one" in errors(full.changed({"dct:publisher#2/foaf:name": ["B"]}))["dct:publisher"]


def test_identifier_is_that_of_the_dataset_at_the_node(full):
    node = Facts("upv", UUID)
    assert not errors(full, node)
    assert not errors(full.changed({"dct:identifier": [f"https://catalogue.eu/#/collection/{UUID}"]}), node)
    other = full.changed({"dct:identifier": [UUID.replace("1a", "2b")]})
    assert UUID in errors(other, node)["dct:identifier"]
    assert "UUID" in errors(full.changed({"dct:identifier": ["my-data"]}), Facts("upv"))["dct:identifier"]
    assert not errors(full.changed({"dct:identifier": ["my-data"]}), Facts("health-ri"))


def test_title_only_in_another_language_is_an_error(full):
    assert "English" in errors(full.changed({"dct:title": ["Prostata@de"]}))["dct:title"]


def test_structured_data_without_variables_are_an_error(full):
    bare = without(full, field_of("healthdcatap:hasVariables"))
    assert "healthdcatap:hasVariables" in errors(bare)
    assert not errors(bare.changed({"healthdcatap:hasStructuredData": ["false"]}))


def test_rights_without_an_access_condition_are_an_error(full):
    key = "dcat:distribution/dct:rights"
    assert key in errors(full.changed({key: ["conditions:data-use-conditions/#NO_RESTRICTION"]}))


def test_words_for_a_term_are_noted_and_refused_from_tier_2_on(full):
    words = {"eucaim:hasCondition": ["a tumour without a name"]}
    first = full.changed(words | {"eucaim:interoperabilityLevel": ["eucaim:SPEC1000009"]})
    assert [(one.severity, one.key) for one in check(first)] == [(WARNING, "eucaim:hasCondition")]
    assert "eucaim:hasCondition" in errors(
        first.changed({"eucaim:interoperabilityLevel": ["eucaim:SPEC1000011"]})
    )


def test_procedure_that_is_the_twin_of_a_modality_is_noted(full):
    found = check(full.changed({"eucaim:hasImageModality": ["eucaim:IMG1000026"]}))
    assert "IMG1000042" in found[0].message
    assert found[0].severity is WARNING


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"healthdcatap:minTypicalAge": ["90"]}, "healthdcatap:maxTypicalAge"),
        ({"dct:temporal/dcat:startDate": ["2024"]}, "dct:temporal/dcat:endDate"),
        ({"eucaim:nbrOfSegmentations": ["13"]}, "eucaim:nbrOfSegmentations"),
    ],
)
def test_what_cannot_be_together_is_an_error(full, values, key):
    assert key in errors(full.changed(values))


def test_dates_of_unlike_exactness_are_not_called_wrong(full):
    assert not errors(
        full.changed({"dct:temporal/dcat:startDate": ["2023-11"], "dct:temporal/dcat:endDate": ["2023"]})
    )
