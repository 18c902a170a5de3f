"""Are the pixel data all there? Answered from lengths alone: no pixel is read."""

from collections.abc import Mapping

from ._header import BIG_ENDIAN_SYNTAX, IMPLICIT_SYNTAX, PixelData
from ._problems import Problem, ProblemKind
from ._sequences import fragments_end
from ._window import Window

DEFLATED_SYNTAX = "1.2.840.10008.1.2.1.99"
_NATIVE_SYNTAXES = frozenset({IMPLICIT_SYNTAX, "1.2.840.10008.1.2.1", DEFLATED_SYNTAX, BIG_ENDIAN_SYNTAX})

# PS3.3 section C.7.6.3.1.2: two, or three, of four chrominance samples are left out.
_SAMPLES_KEPT = {"YBR_FULL_422": (2, 3), "YBR_PARTIAL_422": (2, 3), "YBR_PARTIAL_420": (1, 2)}

_SEQUENCE_DELIMITER = {"<": b"\xfe\xff\xdd\xe0\0\0\0\0", ">": b"\xff\xfe\xe0\xdd\0\0\0\0"}
_MOST_FRAGMENTS = 1_000_000


def pixel_problem(
    window: Window, pixel_data: PixelData | None, values: Mapping[str, str], transfer_syntax: str, order: str
) -> Problem | None:
    """Return what is wrong with the pixel data of a file, as far as lengths tell.

    Parameters
    ----------
    window : Window
    pixel_data : PixelData or None
        Where they are; None if the file has none.
    values : mapping of str to str
        The attributes of the Image Pixel module by keyword; without them nothing is expected.
    transfer_syntax : str
        UID that the file declares.
    order : str
        Byte order of the data set, '<' or '>'.
    """
    expected = native_length(values)
    if pixel_data is None:
        if expected is None:
            return None
        message = "The file describes an image but holds no pixel data. Export it again from the PACS."
        return Problem(ProblemKind.MISSING_PIXEL_DATA, message)
    offset, length = pixel_data
    if length is None:
        at_end = window.read(max(window.size - 8, offset), 8) == _SEQUENCE_DELIMITER[order]
        complete = at_end or fragments_end(window, offset, order, _MOST_FRAGMENTS)
    else:
        needed = expected if expected is not None and transfer_syntax in _NATIVE_SYNTAXES else 0
        complete = needed <= length <= window.size - offset
    if complete:
        return None
    message = "Part of the pixel data is missing: the file was cut off. Export it again from the PACS."
    return Problem(ProblemKind.TRUNCATED_PIXEL_DATA, message)


def native_length(values: Mapping[str, str]) -> int | None:
    """Return the bytes that uncompressed pixel data take (PS3.5 section 8.1.1); None if unknown."""
    try:
        rows, columns = int(values["Rows"]), int(values["Columns"])
        bits = int(values["BitsAllocated"])
        samples = int(values.get("SamplesPerPixel") or 1)
        frames = int(values.get("NumberOfFrames") or 1)
    except (KeyError, ValueError):
        return None
    kept, of = _SAMPLES_KEPT.get(values.get("PhotometricInterpretation", ""), (1, 1))
    return -(-rows * columns * samples * max(frames, 1) * bits * kept // (8 * of))
