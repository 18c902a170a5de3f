"""Attributes whose values point to a person, a device or a place: what checks look for in the rest of a file."""

from functools import cache

from ._finding import Kind
from ._profile import Option

_NUMBERS = frozenset(
    (
        0x00080050,  # Accession Number
        0x00100020,  # Patient ID
        0x00101000,  # Other Patient IDs
        0x00101090,  # Medical Record Locator
        0x00120040,  # Clinical Trial Subject ID
        0x00200010,  # Study ID
        0x00321062,  # Requested Procedure IDs in older objects
        0x00380010,  # Admission ID
        0x00380060,  # Service Episode ID
        0x00400009,  # Scheduled Procedure Step ID
        0x00400253,  # Performed Procedure Step ID
        0x00401001,  # Requested Procedure ID
        0x00402016,  # Placer Order Number
        0x00402017,  # Filler Order Number
    )
)
_DEVICES = frozenset(
    (
        0x00181000,  # Device Serial Number
        0x00181004,  # Plate ID
        0x00181005,  # Generator ID
        0x00181007,  # Cassette ID
        0x00181008,  # Gantry ID
        0x0018700A,  # Detector ID
        0x00081010,  # Station Name
        0x00400241,  # Performed Station AE Title
        0x00400242,  # Performed Station Name
    )
)
_INSTITUTION = frozenset(
    (
        0x00080080,  # Institution Name
        0x00080081,  # Institution Address
        0x00081040,  # Institutional Department Name
        0x00102299,  # Responsible Organization
    )
)
_PERSONAL_PLACES = frozenset(
    (
        0x00080092,  # Referring Physician's Address
        0x00101040,  # Patient's Address
        0x00400E01,  # Person's Address in older objects
        0x00401102,  # Person's Address
        0x00402009,  # Order Enterer's Location
    )
)
_PHONES = frozenset(
    (
        0x00080094,  # Referring Physician's Telephone Numbers
        0x00102154,  # Patient's Telephone Numbers
        0x00102155,  # Patient's Telecom Information
        0x00401103,  # Person's Telephone Numbers
        0x00402010,  # Order Callback Phone Number
    )
)
_NUMBERED = _NUMBERS | _DEVICES
_SHORT_BY_HABIT = _DEVICES | {0x00200010, 0x00400009, 0x00400253}
"""Names of machines, and numbers that many sites only count up: short ones are met by chance."""
_SHORTEST_OF_THOSE = 6
TECHNICAL = frozenset((0x00080070, 0x00081090, 0x00181020))
"""Manufacturer, model and software: what stands there is the device's, even if a person has the same name."""


@cache
def traced(options: frozenset[Option]) -> frozenset[int]:
    """Return the attributes whose values may not be left, unless the options of a profile retain them."""
    found = _NUMBERS | _PERSONAL_PLACES | _PHONES
    if Option.DEVICE not in options:
        found |= _DEVICES
    if Option.INSTITUTION not in options:
        found |= _INSTITUTION
    return found


def is_telling(tag: int, value: str) -> bool:
    """Tell whether a value of one of these attributes is long enough to be looked for elsewhere."""
    return tag not in _SHORT_BY_HABIT or len(value) >= _SHORTEST_OF_THOSE


def kind_of(tag: int) -> Kind:
    """Return what the value of one of these attributes is."""
    return Kind.PHONE if tag in _PHONES else Kind.ID if tag in _NUMBERED else Kind.PLACE
