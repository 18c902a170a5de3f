"""Burned-in text: which instances may have some, where it is, and how it is made black.

`needs_look` and `face_risk` judge by the header alone. `look` searches the pixels of one instance for text, with the
text model of the extra `ocr` where that is installed; `clean` blanks what was found, checks it on the bytes that it
made, and says whether the instance may now declare that it has no text burned in.
"""

from ._blank import redact
from ._boxes import Box
from ._find import Reader, Text, find_text, reader
from ._image import ImageFile, PixelsError
from ._look import Cleaned, Look, clean, look
from ._triage import Reason, face_risk, needs_look

__all__ = [
    "Box",
    "Cleaned",
    "ImageFile",
    "Look",
    "PixelsError",
    "Reader",
    "Reason",
    "Text",
    "clean",
    "face_risk",
    "find_text",
    "look",
    "needs_look",
    "reader",
    "redact",
]
