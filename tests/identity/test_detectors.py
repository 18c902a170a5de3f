"""What points to a person is found by its form, and the words of scanners are left alone."""

import random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eucaim_nb.identity import detectors
from eucaim_nb.identity._detectors import _detect

from .descriptions import CLEAN

FRAMES = ["{}", "CT Thorax {} 5.0 MPR", "t1 vibe ({}) cor", "Abdomen nativ, {}, 1.0 B60f"]


def kinds(text):
    """Return what was found, as kind and text."""
    return [(one.kind, text[one.start : one.end]) for one in detectors(text)]


def test_descriptions_of_scanners_raise_no_alarm():
    assert [(text, kinds(text)) for text in CLEAN if detectors(text)] == []


# Valid by their check digits: published examples of the issuers, or made by the rules.
NUMBERS = {
    "es.dni": ["12345678Z", "12345678-z", "X1234567L", "54362315K"],
    "it.codicefiscale": ["RSSMRA85T10A562S", "rssmra85t10a562s"],
    "fr.nir": ["253072B07300470", "2 55 08 14 168 025 38", "255081416802538"],
    "fi.hetu": ["131052-308T", "010594Y9032"],
    "se.personnummer": ["811228-9874", "670919-9530", "198112289874"],
    "dk.cpr": ["211062-5629", "150437-3068"],
    "be.nn": ["85.07.30-033.28", "85073003328"],
    "pl.pesel": ["44051401359"],
    "ee.ik": ["37605030299", "33309240064"],
    "bg.egn": ["8032056031"],
    "cz.rc": ["710319/2745", "7103192745"],
    "ro.cnp": ["1800101221144"],
    "gr.amka": ["01013099997"],
    "at.vnr": ["1237010180", "1237 010180"],
    "si.emso": ["0101006500006"],
    "lv.pk": ["161175-19997", "16117519997"],
    "ie.pps": ["6433435F", "6433435OA"],
    "no.fodselsnummer": ["15108695088"],
    "ch.ahv": ["756.9217.0769.85", "7569217076985"],
    "lu.matricule": ["1893120105732"],
}


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name, all_ in NUMBERS.items() for number in all_]
)
def test_national_numbers_are_found_by_their_check_digits(name, number, frame):
    text = frame.format(number)
    assert [(one.kind, text[one.start : one.end]) for one in detectors(text)] == [("id", number)]


@pytest.mark.parametrize(
    "name", ["es.dni", "it.codicefiscale", "pl.pesel", "ro.cnp", "cz.rc", "fi.hetu", "be.nn", "fr.nir"]
)
def test_number_with_a_wrong_check_digit_is_none(name):
    number = NUMBERS[name][0]
    at = len(number) - (2 if number[-1].isalpha() else 1)
    wrong = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
    assert not any(one.detector == name for one in detectors(wrong))


def test_nine_digits_are_a_number_of_a_person_only_beside_a_label():
    # 111222333 and 123456782 have the check digit of a Dutch number.
    assert detectors("series 111222333") == ()
    assert detectors("T2 123456782 cor") == ()
    for label in ("BSN", "BSN:", "bsn nr. ", "NHC ", "MRN#", "Patient ID: ", "PatID=", "DNI ", "TAJ "):
        assert kinds(f"CT {label} 123456782 5.0") == [("id", "123456782")], label


def test_random_numbers_are_seldom_taken_for_those_of_persons():
    generator = random.Random(4)
    for digits, most in ((9, 0), (10, 70), (11, 70), (12, 20), (13, 20)):
        numbers = [str(generator.randrange(10 ** (digits - 1), 10**digits)) for _ in range(2000)]
        assert sum(any(one.kind == "id" for one in detectors(number)) for number in numbers) <= most, digits


DATES = {
    "en": [
        "12 March 1957",
        "March 12, 1957",
        "12th of March 1957",
        "12-MAR-1957",
        "12-Mar-57",
        "Mar 12, 1957",
        "May 3, 2019",
    ],
    "es": ["12 de marzo de 1957", "3 de septiembre del 2019", "12 mar 1957", "1 ENE 2020"],
    "it": ["12 marzo 1957", "1 gennaio 2020", "12 GEN 1957"],
    "de": ["12. März 1957", "1. Januar 2020", "12.Mrz.1957", "5. Mai 2019", "12. Maerz 1957"],
    "fr": ["12 mars 1957", "1er août 2019", "3 février 2020", "14 juil. 2019"],
    "pt": ["12 de março de 1957", "1 de fevereiro de 2020", "7 out 2019"],
    "nl": ["12 maart 1957", "3 mei 2019", "1 mrt 2020"],
    "el": ["12 Μαρτίου 1957", "3 Μαΐου 2019", "1 ΙΑΝΟΥΑΡΙΟΥ 2020"],
    "pl": ["12 marca 1957", "3 października 2019", "1 lut 2020"],
    "sv": ["12 mars 1957", "3 oktober 2019", "1 maj 2020"],
    "others": [
        "12. maaliskuuta 1957",
        "1957. március 12.",
        "12. března 1957",
        "12 ianuarie 2019",
        "12 март 1957",
        "3. svibnja 2019",
    ],
    "digits": [
        "12/03/1957",
        "12.03.1957",
        "12-03-1957",
        "1957-03-12",
        "1957/03/12",
        "1957.03.12",
        "12.3.1957",
        "1/2/2019",
        "12/03/57",
        "12.03.57",
        "19570312",
        "12031957",
        "20190312143000",
        "12_03_1957",
        "2019_03_12",
        "12. 3. 1957",
    ],
}


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("date", [date for dates in DATES.values() for date in dates])
def test_dates_are_found_in_the_languages_of_europe(date, frame):
    text = frame.format(date)
    found = kinds(text)
    assert [kind for kind, _ in found] == ["date"]
    assert found[0][1].rstrip(". ") == date.rstrip(".")


@pytest.mark.parametrize(
    "text",
    [
        "31/02/1957 32.13.2019",
        "50/400/800",
        "10/12/14 mm",
        "1.2.840.10008.5.1",
        "MAR 2000",
        "99991399",
        "5 may",
        "dec 12",
    ],
)
def test_numbers_that_are_no_date_are_left(text):
    assert [kind for kind, _ in kinds(text)][1:] == []
    if not text.startswith("31"):
        assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("mail juan.garcia@hospital.es now", "e-mail", "juan.garcia@hospital.es"),
        ("see https://pacs.example/x?id=3 now", "url", "https://pacs.example/x?id=3"),
        ("www.hospital.es CT", "url", "www.hospital.es"),
        ("dev 00:1A:2b:3C:4d:5E x", "number", "00:1A:2b:3C:4d:5E"),
        ("call +34 600 123 456 CT", "phone", "+34 600 123 456"),
        ("Tel.: 600 123 456 CT", "phone", "600 123 456"),
        ("tlf 912345678", "phone", "912345678"),
        ("0049 30 1234567 CT", "phone", "0049 30 1234567"),
        ("06 12 34 56 78 IRM", "phone", "06 12 34 56 78"),
        ("(030) 123 4567 MR", "phone", "(030) 123 4567"),
        ("0171/1234567 MR", "phone", "0171/1234567"),
        ("CT, Dr. Schönfeld, KM", "name", "Dr. Schönfeld"),
        ("Prof. Dr. med. von Aschenbach CT", "name", "Prof. Dr. med. von Aschenbach"),
        ("Frau Schmidt-Meier T2", "name", "Frau Schmidt-Meier"),
        ("MR Herr K. Baumgartner Abdomen", "name", "Herr K. Baumgartner"),
        ("IRM Mme Dubois", "name", "Mme Dubois"),
        ("M. Dupont IRM", "name", "M. Dupont"),
        ("Sra. Ibáñez de la Fuente TAC", "name", "Sra. Ibáñez de la Fuente"),
        ("Dott.ssa Bianchi", "name", "Dott.ssa Bianchi"),
        ("DR. KOWALSKI CHEST", "name", "DR. KOWALSKI"),
        ("Κος Παπαδόπουλος MR", "name", "Κος Παπαδόπουλος"),
        ("Name: Novak, Jan CT", "name", "Novak, Jan"),
        ("Patient: Kowalska CT", "name", "Kowalska"),
        ("Calle de Alcalá 45 CT", "address", "Calle de Alcalá 45"),
        ("C/ Serrano, 12 TAC", "address", "C/ Serrano, 12"),
        ("Via Garibaldi 7 TC", "address", "Via Garibaldi 7"),
        ("Rua Augusta nº 5", "address", "Rua Augusta nº 5"),
        ("Lindenstraße 5 CT", "address", "Lindenstraße 5"),
        ("12 Abbey Road CT", "address", "12 Abbey Road"),
        ("12, rue Pasteur IRM", "address", "12, rue Pasteur"),
        ("ul. Mickiewicza 12 TK", "address", "ul. Mickiewicza 12"),
        ("geb. 120357 CT", "date", "120357"),
        ("né le 1.2.57 IRM", "date", "1.2.57"),
    ],
)
def test_addresses_telephones_and_names_with_a_title_are_found(text, kind, found):
    assert kinds(text) == [(kind, found)]


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=400)
def test_any_text_gives_places_inside_it_in_order(text):
    last = 0
    for one in detectors(text):
        assert last <= one.start < one.end <= len(text)
        last = one.end


@pytest.mark.parametrize(
    "bit", ["1", "12 ", "1.", "a@", "+1 ", "0 ", "Dr. ", "A^", "(", "12/03/", "M. A. ", "Calle A "]
)
def test_long_texts_take_time_in_proportion(bit):
    def seconds(count):
        text = bit * count
        started = process_time()
        _detect(text)
        return process_time() - started

    seconds(100)
    assert seconds(20_000) < 2.0


def test_detecting_is_quick():
    texts = [
        f"CT ABD/PELVIS W CONTRAST {number / 10:.1f} MPR COR ax t1 vibe fs dyn" for number in range(2000)
    ]
    started = process_time()
    for text in texts:
        _detect(text)
    assert (process_time() - started) / len(texts) < 200e-6  # some 20 µs on a quiet machine
