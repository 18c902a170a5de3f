"""What identifies a person, and what replaces it: pseudonyms, dates, and texts without names.

`key_of` gives the workspace's secret, `maker_of` the `Pseudonyms` that it makes of patients, UIDs and numbers; `Dates`
and `top_coded_age` treat one value each. A `Person` gathers what names somebody, a `Cleaner` takes that and whatever
`detectors` find by form alone out of a text. `of_originals` says which UIDs and numbers may not be left, `masked` what
may be shown of a value. What they give depends on nothing but what they are given: it is the
same on every run, process and machine.
"""

from ._cleaner import Cleaned, Cleaner
from ._dates import DatePolicy, Dates, top_coded_age
from ._detectors import detectors
from ._escrow import export_key, import_key
from ._fold import fold, variants
from ._found import Found
from ._generalise import Rule, generaliser
from ._key import Key, key_of, new_key, read_key
from ._lethe import LethePseudonyms
from ._maker import PREFIX, maker_of
from ._masked import masked
from ._originals import SHORTEST_NUMBER, bare, of_originals
from ._person import Person
from ._pseudonyms import Pseudonyms
from ._recogniser import Recogniser, RecogniserFailed, recogniser
from ._vocabulary import eponyms, months, protocol_words

__all__ = [
    "PREFIX",
    "SHORTEST_NUMBER",
    "Cleaned",
    "Cleaner",
    "DatePolicy",
    "Dates",
    "Found",
    "Key",
    "LethePseudonyms",
    "Person",
    "Pseudonyms",
    "Recogniser",
    "RecogniserFailed",
    "Rule",
    "bare",
    "detectors",
    "eponyms",
    "export_key",
    "fold",
    "generaliser",
    "import_key",
    "key_of",
    "maker_of",
    "masked",
    "months",
    "new_key",
    "of_originals",
    "protocol_words",
    "read_key",
    "recogniser",
    "top_coded_age",
    "variants",
]
