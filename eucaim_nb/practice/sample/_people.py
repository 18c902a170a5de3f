"""Invented patients from several European countries, with names that test character sets."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ._seeded import generator, uid
from ._tables import pick, rows


@dataclass(frozen=True)
class Person:
    """One invented patient. Nothing here belongs to a living person."""

    seed: int
    index: int
    patient_id: str
    family: str
    given: str
    latin: str
    sex: str
    birth: date
    cancer: str
    vendor: str
    language: str
    charset: str
    hospital: str
    city: str
    street: str
    phone: str
    email: str
    national_id: str
    national_id_kind: str
    physician: str
    first_study: date
    folder: str
    image: str

    @property
    def name(self) -> str:
        """Patient's Name as a DICOM person name (family^given)."""
        return f"{self.family}^{self.given}"

    @property
    def birth_date(self) -> str:
        """Birth date as a DICOM date."""
        return f"{self.birth:%Y%m%d}"

    def uid(self, *parts: object) -> str:
        """UID of a thing that belongs to this person."""
        return uid(self.seed, "person", self.index, *parts)

    def random(self, *parts: object) -> np.random.Generator:
        """Random generator of a thing that belongs to this person."""
        return generator(self.seed, "person", self.index, *parts)

    def age(self, on: date) -> int:
        """Age in completed years."""
        return on.year - self.birth.year - ((on.month, on.day) < (self.birth.month, self.birth.day))


def person(seed: int, index: int) -> Person:
    """The person with this index, the same for every size of cohort."""
    random = generator(seed, "person", index)
    site = rows("sites")[index % len(rows("sites"))]
    cancer = rows("cancers")[index % len(rows("cancers"))]
    language = site["language"]
    sex = cancer["sex"] or str(random.choice(["M", "F"]))
    families, givens = (
        pick("names", language=language, part="family"),
        pick("names", language=language, part=sex),
    )
    family, given = families[random.integers(len(families))], givens[random.integers(len(givens))]
    number = int(random.integers(11, 9999))
    first = date(2021, 1, 11) + timedelta(days=int(random.integers(0, 1200)))
    # Every fiftieth person is over 89, an age that is rare enough to identify.
    years = 93 if index % 50 == 5 else int(random.integers(48, 84))
    birth = first - timedelta(days=years * 365 + int(random.integers(30, 330)))
    ascii_family = family["ascii"].split()[0].strip("'").lower()
    return Person(
        seed=seed,
        index=index,
        # The running number keeps IDs distinct; the leading zero is there for spreadsheets to lose.
        patient_id=site["id_format"].format(n=40127 + 131 * index),
        family=family["text"],
        given=given["text"],
        latin=f"{family['ascii']} {given['ascii']}",
        sex=sex,
        birth=birth,
        cancer=cancer["cancer"],
        vendor=("siemens", "ge", "philips")[index % 3],
        language=language,
        charset=site["charset"],
        hospital=site["hospital"],
        city=site["city"],
        street=site["street"].format(n=number % 200 + 1),
        phone=site["phone"].format(n=number),
        email=f"{ascii_family}.{number}@example.org",
        national_id=f"{birth:%y%m%d}{number:04d}X",
        national_id_kind=site["issuer"],
        physician=site["physician"],
        first_study=first,
        folder=site["folder"].format(n=index + 1),
        image=site["image"],
    )
