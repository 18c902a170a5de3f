"""A cleaned text names nobody, and says all else as it was."""

import re
import unicodedata
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eucaim_nb.identity import Cleaner, Person
from eucaim_nb.identity._fold import fold
from eucaim_nb.identity._vocabulary import eponyms, protocol_words

from .descriptions import COMBINED, WRITTEN
from .people import AMBIGUOUS, GENERATED, NAMES

FRAMES = [
    "T2 TSE tra {}",
    "{} CT ABD 5.0 MPR",
    "t1_vibe_{}_cor",
    "AX DWI ({}) b50_400_800",
    "Thorax nativ, {}, 1.0 B60f",
    "[{}]",
]


def cleaner(name="", ids=(), dates=(), others=(), keep_dates=False):
    return Cleaner(
        Person.of(names=[name] if name else [], ids=ids, dates=dates, others=others), keep_dates=keep_dates
    )


def plain(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def spellings(name):
    """Return how people write the name of a Person Name value."""
    family, _, given = name.partition("^")
    given = given.split("^")[0]
    both = [
        f"{family} {given}",
        f"{given} {family}",
        f"{family}, {given}",
        f"{family}^{given}",
        f"{family}_{given}",
    ]
    first = re.split(r"[\s-]", given)[0]
    both += [
        f"{given[0]}. {family}",
        f"{family} {given[0]}",
        f"{family}, {given[0]}.",
        f"{family}{first}",
        f"{first}{family}",
    ]
    forms = [family, *both, family.split()[-1]]
    forms += (
        [form.upper() for form in forms] + [form.lower() for form in forms] + [form.title() for form in forms]
    )
    forms += [plain(form) for form in forms]
    longest = max(re.findall(r"[^\W\d_]+", family), key=len)
    cut = [longest[:length] for length in range(5, len(longest))]
    forms += [form for form in cut if fold(form) not in protocol_words() | eponyms()]
    return list(dict.fromkeys(forms))


def words(text):
    return {fold(word) for word in re.findall(r"[^\W\d_]+", text)}


def left_over(name, frame, spelling):
    """Return what is left of a name, and what else is missing, in a description into which it was planted."""
    cleaned = cleaner(name).clean(frame.format(spelling)).text
    kept, expected = words(cleaned), words(frame.format(" "))
    return (kept - expected) | {f"-{word}" for word in expected - kept}


@pytest.mark.parametrize("frame", FRAMES)
def test_planted_names_are_gone_and_the_description_is_left(frame):
    planted = [(name, spelling) for name in NAMES for spelling in spellings(name)]
    wrong = [
        (name, spelling, left) for name, spelling in planted if (left := left_over(name, frame, spelling))
    ]
    assert len(planted) > 2000
    assert wrong == []


def test_nothing_is_taken_from_descriptions_that_do_not_name_the_person():
    wrong = []
    for name in [*NAMES, *AMBIGUOUS, *GENERATED[::9]]:
        clean = cleaner(
            name, ["0048213377", "RX-2214"], ["19570312"], ["Hospital Clínico San Carlos", "+34 600 123 456"]
        )
        wrong += [(name, text) for text in [*WRITTEN, *COMBINED[::13]] if clean.clean(text).text != text]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "text", "cleaned"),
    [
        ("GARCIA LOPEZ^JUAN", "T2 TSE tra GARCIA LOPEZ 12/03/1957", "T2 TSE tra"),
        ("GARCIA LOPEZ^JUAN", "t1_GARCIA_vibe", "t1_vibe"),
        ("GARCIA LOPEZ^JUAN", "T2  TSE   (Juan Garcia)  tra", "T2  TSE  tra"),
        ("GARCIA LOPEZ^JUAN", "seen by J. Garcia. Next  visit", "seen by. Next  visit"),
        ("GARCIA LOPEZ^JUAN", "Garcia: T2 / Lopez", "T2"),
        ("GARCIA LOPEZ^JUAN", "Name: Juan\r\nT2\r\n  GARCIA\r\nend", "Name:\r\nT2\r\n\r\nend"),
        ("GARCIA LOPEZ^JUAN", "GARCIALOPEZJUAN T2", "T2"),
        ("GARCIA LOPEZ^JUAN", "jgarcia T2", "T2"),
        ("GARCIA GARCIA^JUAN", "GARCIAGARCIA T2", "T2"),
        ("GARCIA LOPEZ^JUAN", "T2GARCIA1957", "T2 1957"),
        ("GARCIA LOPEZ^JUAN", "Garcia's liver", "liver"),
        ("GARCIA LOPEZ^JUAN", "GAR(GARCIA)CIA", "GAR CIA"),
        ("GARCIA^JUAN", "Juan de la Garcia T2", "T2"),
        ("CARA^ANA", "CARACAS Thorax anatomy CARAS", "CARACAS Thorax anatomy CARAS"),
        ("Müller^Jörg", "Mueller Joerg CT", "CT"),
        ("MUELLER^JOERG", "Müller, Jörg: CT", "CT"),
        ("Παπαδόπουλος^Γιώργος", "PAPADOPOULOS G. MR", "MR"),
        ("PAPADOPOULOS^GEORGIOS", "MR Παπαδόπουλος", "MR"),
        ("ИВАНОВ^БОРИС", "Ivanov Boris MR", "MR"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "胸部CT山田太郎1mm", "胸部CT 1mm"),
        ("O'BRIEN^SEAN", "OBRIEN O'Brien Sean T1", "T1"),
        ("YOUNG^MAY", "Young May T2", "T2"),
        ("YOUNG^MAY", "Ms Young T2", "T2"),
        ("YOUNG^MAY", "Patient: YOUNG T2", "Patient: T2"),
        ("YOUNG^MAY", "Young M. T2", "T2"),
        ("YOUNG^MAY", "YOUNG adults, may repeat", "YOUNG adults, may repeat"),
        ("HEAD^SAGITTAL", "Head^General Sagittal", "Head^General Sagittal"),
        ("LONG^LI", "AX LONG TE", "AX LONG TE"),
        ("LI^WEI", "LI RADS, wei", "LI RADS"),
        ("LI^XU", "XU LI T2 / LI-RADS", "T2 / LI-RADS"),
        ("DE LA ROSA^ANA", "TC DE LA COLUMNA", "TC DE LA COLUMNA"),
        ("DE LA ROSA^ANA", "TC DE LA ROSA ANA", "TC"),
        ("EWING^THOMAS", "Ewing sarcoma, Ewing T.", "Ewing sarcoma"),
        ("PAGET^ANNE", "Morbus Paget / Paget CT", "Morbus Paget CT"),
    ],
)
def test_names_go_and_everything_else_stays_letter_by_letter(name, text, cleaned):
    assert cleaner(name).clean(text).text == cleaned


@pytest.mark.parametrize(
    ("number", "text", "cleaned"),
    [
        ("0012345678", "pt 12345678 T2", "pt T2"),
        ("12345678", "T2 00012345678", "T2"),
        ("H-123-45", "H12345 h 123 45 T2", "T2"),
        ("1234567A", "MRN1234567A T2", "MRN T2"),
        ("123.456.789", "T2_123456789_x", "T2_x"),
        ("12345", "T2 123456", "T2 123456"),
        ("1250", "TR 1250 FOV 512.1250", "TR FOV 512.1250"),
        ("42", "42 slices, ID 42", "42 slices, ID"),
        ("504008", "AX DWI b50_400_800", "AX DWI b50_400_800"),
        ("ACC-2024-0001", "acc 2024 0001 CT", "CT"),
    ],
)
def test_own_numbers_go_with_and_without_zeros_and_separators(number, text, cleaned):
    assert cleaner(ids=[number]).clean(text).text == cleaned


@pytest.mark.parametrize(
    "written",
    [
        "12/03/1957",
        "1957-03-12",
        "12.3.57",
        "19570312",
        "12031957",
        "120357",
        "570312",
        "12 Mar 1957",
        "March 12, 1957",
        "12. März 1957",
    ],
)
@pytest.mark.parametrize("keep_dates", [True, False])
def test_date_of_birth_goes_in_every_spelling_even_where_dates_stay(written, keep_dates):
    clean = cleaner(dates=["19570312"], keep_dates=keep_dates)
    assert clean.clean(f"CT {written} 5.0 MPR").text == "CT 5.0 MPR"


def test_other_dates_stay_only_where_dates_are_kept():
    text = "CT 04.05.2021, MR on 7 May 2022, geb. 1.2.1960"
    assert cleaner(dates=["19570312"]).clean(text).text == "CT, MR on, geb."
    assert (
        cleaner(dates=["19570312"], keep_dates=True).clean(text).text
        == "CT 04.05.2021, MR on 7 May 2022, geb."
    )


def test_addresses_telephones_and_places_go_as_a_whole_and_their_words_do_not_alone():
    clean = cleaner(
        others=["Calle Mayor 5, 28013 Getafe", "+34 600 123 456", "juan@correo.es", "Hospital La Paz"]
    )
    assert clean.clean("CALLE MAYOR 5 CT 600123456 - Getafe").text == "CT"
    assert clean.clean("hospital_la_paz MR juan@correo.es").text == "MR"
    assert clean.clean("lobulo mayor, la hospital").text == "lobulo mayor, la hospital"


PIECES = [
    "GARCIA",
    "Lopez",
    "J",
    "12/03/1957",
    "12345678",
    "T2",
    "tra",
    "de la",
    "Dr.",
    "(",
    ")",
    " ",
    " ",
    "-",
    "_",
    "^",
    ",",
    "\n",
    "7",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14))
@settings(deadline=None, max_examples=400)
def test_what_is_left_is_a_part_of_the_text_and_names_nobody(pieces):
    text = " ".join(pieces)
    clean = cleaner("GARCIA LOPEZ^JUAN", ["12345678"], ["19570312"])
    once = clean.clean(text).text
    assert "garcia" not in once.lower()
    assert clean.clean(once).text == once
    rest = iter(text)
    assert all(letter in rest for letter in once if letter != " ")


def test_findings_say_where_and_what_kind_but_hold_no_text():
    text = "Garcia 12345678 CT"
    clean = Cleaner(Person.of(names=["GARCIA^ANA"], ids=["12345678"]), keep_dates=False)
    found = clean.clean(text).found
    assert [(text[one.start : one.end], one.kind) for one in found] == [
        ("Garcia", "name"),
        ("12345678", "id"),
    ]
    assert "arcia" not in repr(found)
    assert "arcia" not in repr(Person.of(names=["GARCIA^ANA"])).lower()


def test_text_without_findings_is_the_very_same():
    text = "  T2 , TSE  ^ \r\n tra -"
    assert cleaner("GARCIA^JUAN").clean(text).text is text


def test_placeholders_and_particles_name_nobody():
    assert cleaner("Anonymous^Test").clean("Test anonymous scan").found == ()
    assert cleaner("PET^CT").clean("PET CT WB").found == ()
    assert cleaner("Radiology^Operator").clean("Radiology operator console").found == ()
    assert cleaner("DE LA^DEL").clean("TC de la cabeza del paciente").found == ()


def test_cleaning_is_quick_and_remembers():
    person = Person.of(
        names=["GARCÍA LÓPEZ^JUAN^MARIA", "Müller Schmidt^Hans", "Rossi^Anna^Maria"],
        ids=["0012345678", "H-123-45"],
    )
    clean = Cleaner(person, keep_dates=False)
    texts = [
        f"CT ABD/PELVIS W CONTRAST {number / 10:.1f} MPR COR ax t1 vibe fs dyn" for number in range(1500)
    ]

    def seconds_per_text():
        started = process_time()
        for text in texts:
            clean.clean(text)
        return (process_time() - started) / len(texts)

    first, again = seconds_per_text(), seconds_per_text()
    assert first < 200e-6  # some 35 µs on a quiet machine, detectors included
    assert again < 10e-6
