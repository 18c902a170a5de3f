"""A site's own recogniser of names is asked beside the rules, and a text that it could not read passes nowhere."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from eucaim_nb.errors import ProfileError
from eucaim_nb.identity import Cleaner, Person, RecogniserFailed, recogniser

from .fake_recogniser import installed

TEXT = "lesión vista por quillon ayer"
"""A name in small letters, which no rule tells."""


def cleaned(recognise):
    return Cleaner(Person.of(), keep_dates=False, recognise=recognise).clean(TEXT).text


def test_what_a_recogniser_finds_is_taken_out(tmp_path, monkeypatch):
    assert cleaned(None) == TEXT
    installed(tmp_path, monkeypatch)
    assert cleaned(recogniser("quillon")) == "lesión vista por ayer"


@pytest.mark.parametrize("answer", [[(0, 400)], [(5, 5)], [(-3, 2)], ["word"], None])
def test_a_recogniser_that_names_no_place_in_the_text_is_not_believed(answer):
    with pytest.raises(RecogniserFailed):
        cleaned(lambda text: answer)


def test_a_recogniser_that_fails_lets_nothing_through_and_tells_nothing():
    def broken(text):
        raise ValueError(text)

    with pytest.raises(RecogniserFailed) as failed:
        cleaned(broken)
    assert "quillon" not in str(failed.value)
    assert failed.value.__cause__ is None


def test_a_recogniser_that_nobody_offers_is_refused_with_what_to_install():
    with pytest.raises(ProfileError, match=r"eucaim_nb\.recognisers"):
        recogniser("no such recogniser")


def test_a_module_of_the_standard_library_cannot_be_named_as_a_recogniser():
    with pytest.raises(ProfileError):
        recogniser("os:system")


def test_spacy_that_is_not_installed_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ProfileError, match=r"pip install spacy.*python -m spacy download xx_absent"):
        recogniser("spacy:xx_absent")


def test_people_and_places_of_a_spacy_pipeline_are_taken_out(monkeypatch):
    entities = [
        SimpleNamespace(start_char=17, end_char=24, label_="PER"),
        SimpleNamespace(start_char=0, end_char=6, label_="MISC"),
    ]
    spacy = ModuleType("spacy")
    spacy.load = lambda name: lambda text: SimpleNamespace(ents=entities)
    monkeypatch.setitem(sys.modules, "spacy", spacy)
    assert cleaned(recogniser("spacy:es_invented")) == "lesión vista por ayer"
