"""People and places that no record names are found in sentences, and sentences about illness are left alone."""

import re
import unicodedata
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest

from eucaim_nb.identity import Cleaner, Person, detectors

from .neighbours import LANGUAGES as NEIGHBOURS
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


@pytest.mark.parametrize("language", NEIGHBOURS)
def test_a_neighbour_in_a_language_without_rules_goes_and_what_is_told_of_illness_stays(language):
    wrong = []
    for text, gone, stays in NEIGHBOURS[language].filled():
        cleaned = NOBODY.clean(text).text
        if stays not in cleaned or not set(gone).isdisjoint(re.findall(r"[^\W\d_]+", cleaned)):
            wrong.append(cleaned)
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Patienten bor granne med Viveka Sjöhage, melanom på ryggen.", "melanom på ryggen."),
        ("CD wydano p. Kordylasowi, guz nerki lewej bez zmian.", "guz nerki lewej bez zmian."),
        ("Übergabe an Friedhild Ostermoor, Rundherd im Oberlappen ist gleich.", "Rundherd im Oberlappen ist gleich."),
        ("Vuelve con Xoán Figueirido; adenocarcinoma de colon sigmoide.", "adenocarcinoma de colon sigmoide."),
    ],
)
def test_the_neighbour_goes_and_the_diagnosis_stays(text, cleaned):
    left = NOBODY.clean(text).text
    assert left.endswith(cleaned)
    capitalised = set(re.findall(r"\b[A-ZÖÜ]\w+", left))
    assert capitalised <= {"Patienten", "CD", "Übergabe", "Vuelve", "Rundherd", "Oberlappen"}


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("夫の田中太郎さんに説明した。", "夫のさんに説明した。"),
        ("主治医の佐藤先生へ報告、右肺結節あり。", "主治医の先生へ報告、右肺結節あり。"),
        ("妻：山田花子、右肺結節あり", "妻：、右肺結節あり"),
        ("家属李明陪同，左肺结节", "家属 陪同，左肺结节"),
        ("女儿：张小红，肝右叶病灶", "女儿：，肝右叶病灶"),
    ],
)
def test_names_in_eastern_script_are_told_by_title_and_kinship(text, cleaned):
    assert NOBODY.clean(text).text.replace(" ", "") == cleaned.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "患者様は息止め良好。放射線科医師が読影。",
        "外科医生会诊，肝右叶见低密度灶",
        "父 胃癌、母 健在",
        "胸部CT 造影あり 右肺結節",
    ],
)
def test_reports_in_eastern_script_that_name_nobody_stay(text):
    assert NOBODY.clean(text).text == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Remissen gäller 840 112 557 och lever.", "Remissen gäller och lever."),
        ("TC abdomen 48120377", "TC abdomen"),
        ("b-values 50 400 800 were used, matrix 256 256 320", "b-values 50 400 800 were used, matrix 256 256 320"),
        ("DWI b 0 50 400 800 1000", "DWI b 0 50 400 800 1000"),
        ("Faktor 0.1234567 und UID 1.2.840.10008", "Faktor 0.1234567 und UID 1.2.840.10008"),
    ],
)
def test_long_numbers_go_whatever_they_count_and_measures_stay(text, cleaned):
    assert NOBODY.clean(text).text == cleaned


def test_a_name_with_its_accents_written_apart_is_the_same_name():
    own = Cleaner(Person.of(names=["Muñoz^Íñigo"]), keep_dates=False)
    assert own.clean(unicodedata.normalize("NFD", "TC tórax Íñigo MUÑOZ lesión")).text == "TC tórax lesión"


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


_SHAPES = {
    "sentences": "Avisada la hija Carmen Montesinos, vive en calle Mayor 3, 28013 Madrid. ",
    "no blanks": "Qxzv",
    "digits": "9",
    "groups of digits": "123 ",
    "combining marks": "e\u0301\u0316",
    "one letter under many marks": "\u0301",
    "right to left": "\u05e9\u05dc\u05d5\u05dd ",
    "capitals and hyphens": "Ab-",
    "eastern script": "\u738b\u5148",
    "kinship without end": "\u59bb\u306e",
    "unknown names": "Xerxov ",
}
_SOMEBODY = Cleaner(
    Person.of(
        names=["Olmedo^Rosal\u00eda"], ids=["0012345678"], dates=["19570312"], others=["Calle Mayor 3, 28013 Madrid"]
    ),
    keep_dates=False,
)


@pytest.mark.parametrize("shape", _SHAPES)
def test_no_text_takes_more_than_time_in_proportion(shape):
    piece = _SHAPES[shape]

    def seconds(characters):
        text = "a " + piece * (characters // len(piece))
        started = process_time()
        _SOMEBODY.clean(text)
        return process_time() - started

    seconds(3000)
    short, long = seconds(10_000), seconds(200_000)
    assert long < max(60 * short, 1.0)


def test_what_is_between_a_thousand_names_stays_in_its_place():
    text = "".join(f"Avisada la hija Carmen Montesinos, lesi\u00f3n {number} estable. " for number in range(1000))
    cleaned = NOBODY.clean(text).text
    assert cleaned == "".join(f"Avisada la hija, lesi\u00f3n {number} estable. " for number in range(1000))
