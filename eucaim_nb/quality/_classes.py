"""What a SOP class is, told from the standard's own registry of UIDs."""

from functools import lru_cache

from pydicom._uid_dict import UID_dictionary
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

SEGMENTATIONS = frozenset(("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"))
STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"
# Classes with an image plane in the patient: CT, MR and PET, with their enhanced and legacy forms.
PLANES = frozenset(
    uid
    for uid, (name, kind, *_) in UID_dictionary.items()
    if kind == "SOP Class" and name.endswith("Image Storage")
    if any(word in name for word in ("CT Image", "MR Image", "Positron Emission", "PET Image"))
)


@lru_cache(maxsize=1000)
def known(uid: str) -> bool:
    """Tell whether a UID is registered in the standard."""
    return uid in UID_dictionary


@lru_cache(maxsize=1000)
def is_image(uid: str) -> bool:
    """Tell whether a SOP class has pixel data by its name."""
    return known(uid) and "Image Storage" in UID_dictionary[uid][0]


@lru_cache(maxsize=1000)
def is_retired(uid: str) -> bool:
    """Tell whether a SOP class or transfer syntax was retired from the standard."""
    return known(uid) and UID_dictionary[uid][3] == "Retired"


@lru_cache(maxsize=1000)
def decodable(transfer_syntax: str) -> bool:
    """Tell whether pictures in a transfer syntax can be decoded here."""
    try:
        return bool(get_decoder(UID(transfer_syntax)).is_available)
    except NotImplementedError:
        return False


def is_annotation(uid: str) -> bool:
    """Tell whether a SOP class holds segmentations or contours."""
    return uid in SEGMENTATIONS or uid == STRUCTURE_SET
