"""People and places that no record names are found in sentences, and sentences about illness are left alone."""

import re
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest

from eucaim_nb.identity import Cleaner, Person, detectors
from eucaim_nb.identity._detectors import _detect

from .people import AMBIGUOUS, GENERATED, NAMES
from .strangers import LANGUAGES, MORE

SENTENCES = (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").splitlines()
NOBODY = Cleaner(Person.of(), keep_dates=False)


def test_sentences_about_illness_drugs_and_machines_raise_no_alarm():
    assert len(SENTENCES) > 150
    assert [(text, detectors(text)) for text in SENTENCES if detectors(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_strangers_in_sentences_are_gone(language):
    left = [
        cleaned
        for text, names in LANGUAGES[language].named()
        if any(name in (cleaned := NOBODY.clean(text).text) for name in names)
    ]
    assert left == []


def test_names_of_a_second_collection_are_gone():
    texts = [(text.format(name), name) for texts, names in MORE.values() for name in names for text in texts]
    left = [
        cleaned
        for text, name in texts
        if not set(re.findall(r"[^\W\d_]{3,}", name)).isdisjoint(
            re.findall(r"[^\W\d_]+", cleaned := NOBODY.clean(text).text)
        )
    ]
    assert len(texts) > 170
    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_addresses_and_towns_in_sentences_are_gone(language):
    left = [
        cleaned
        for text, address in LANGUAGES[language].placed()
        if any(
            word in (cleaned := NOBODY.clean(text).text)
            for word in address.replace(",", "").split()
            if word.isdigit() or (word[0].isupper() and len(word) > 3)
        )
    ]
    assert left == []


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("hablado con la hija Carmen Montesinos por teléfono", "hablado con la hija por teléfono"),
        ("signalé par le mari, Étienne Vasseur, ce jour", "signalé par le mari, ce jour"),
        ("kontakt z córką Jolantą Wiśniewską w sprawie wyniku", "kontakt z córką w sprawie wyniku"),
        ("Mutter Mammakarzinom, Tochter Anna Weber informiert", "Mutter Mammakarzinom, Tochter informiert"),
        ("operado según Ivor Lewis, con su hijo Andrés Belda", "operado según Ivor Lewis, con su hijo"),
        ("Staging Thorax/Abdomen", "Staging Thorax/Abdomen"),
    ],
)
def test_all_but_the_name_stays_letter_by_letter(text, cleaned):
    assert NOBODY.clean(text).text == cleaned


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Steuernummer 12345678901 im Brief", "12345678901"),
        ("patiëntnr 4455667 van de polikliniek", "4455667"),
        ("nº de utente 298 765 432 confirmado", "298 765 432"),
        ("OIB je 69435151530 za pacijenta", "69435151530"),
        ("rodné číslo 7356120014 v dokumentaci", "7356120014"),
        ("asmens kodas 48412110123 patvirtintas", "48412110123"),
    ],
)
def test_numbers_behind_labels_of_many_languages_are_found(text, number):
    assert [text[one.start : one.end] for one in detectors(text) if one.kind == "id"] == [number]


def test_descriptions_of_staging_stay_for_everybody():
    descriptions = [
        "Stadiazione locale",
        "Estadificación pulmón 3 fases",
        "Σταδιοποίηση πνεύμονα",
        "Staging Thorax/Abdomen",
    ]
    wrong = []
    for one, other in pairwise([*NAMES, *AMBIGUOUS, *GENERATED]):
        person = Person.of(
            names=[one, other],
            ids=["77312345"],
            dates=["19340131"],
            others=["Thorax Klinik", "Radiologie", "Staging"],
        )
        clean = Cleaner(person, keep_dates=False)
        wrong += [(one, text) for text in descriptions if clean.clean(text).text != text]
    assert wrong == []


def test_long_reports_take_time_in_proportion():
    def seconds(count):
        text = "Avisada la hija Carmen Montesinos, vive en calle Mayor 3, 28013 Madrid. " * count
        started = process_time()
        _detect(text)
        return process_time() - started

    seconds(10)
    short, long = seconds(100), seconds(1000)
    assert long < max(30 * short, 1.0)
