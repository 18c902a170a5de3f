"""What tests of clinical data use: tables from texts, images of invented patients, a mapping that fits."""

import pytest

from eucaim_nb import clinical
from eucaim_nb.clinical._images import ImagePatient
from eucaim_nb.identity import DatePolicy, Key, Pseudonyms


@pytest.fixture
def key():
    return Key(bytes(range(32)))


@pytest.fixture
def images(key):
    """Three patients with images, de-identified with shifted dates."""
    maker = Pseudonyms(key, "EUCAIM")
    people = {
        "0001": ImagePatient({"M"}, set(), {"060Y"}, {"PROSTATE"}),
        "0002": ImagePatient({"M"}, set(), {"070Y"}, {"PELVIS"}),
        "0003": ImagePatient({"M"}, set(), {"065Y"}, {"CHEST"}),
    }
    return clinical.Images(
        people,
        {name: [maker.patient(name)] for name in people},
        maker,
        DatePolicy.SHIFT,
        89,
        {"0001": "20200110", "0002": "20200220", "0003": "20200330"},
        deidentified=True,
        recipes=1,
    )


def table(*lines, **layout):
    """Return a table of the lines of a CSV file."""
    return clinical.load("\n".join(lines).encode(), clinical.Layout(**layout))


def prepared(raw, images, template="prostate", constants=None, **subjects):
    """Return what the proposed mapping makes of a table."""
    from dataclasses import replace

    chosen = clinical.load_template(template)
    mapping = clinical.propose(raw, chosen, {"population": "Patient with Cancer"} | (constants or {}))
    mapping = replace(mapping, subjects=replace(mapping.subjects, **subjects))
    return clinical.apply(raw, chosen, mapping, images)


def rules(found, *severities):
    """Return the rules of findings."""
    return {one.rule for one in found if not severities or one.severity in severities}
