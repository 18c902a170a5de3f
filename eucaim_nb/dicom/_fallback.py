"""pydicom, fenced in: for files that our own walker will not vouch for.

pydicom trusts what a file says about itself. Here it gets a stream that never gives more than the file has,
is stopped at the pixel data, and whatever it raises becomes a `HeaderError`.
"""

import io
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, cast

from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileDataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag

from ._elements import ITEM, UNDEFINED_LENGTH, Encoding, Unsure, tag_bytes
from ._header import LONGEST_VALUE, PIXEL_DATA_TAGS, PixelData
from ._problems import HeaderError, ProblemKind
from ._quiet import quiet_pydicom
from ._sequences import SMALLEST_DEEP_VALUE, end_of_value
from ._values import canonical
from ._window import Window

# What pydicom may read of a header. Each read counts for more than its bytes, as it may become an object.
_MOST_READ = 64 * 1024**2
_COST_OF_A_READ = 512


class TooMuch(HeaderError):
    """To read the header would take pydicom too much time and memory."""


class _Bounded:
    """The stream of a window, for a reader that asks for as many bytes as a file declares.

    It refuses to be read any more when `left`, the rest of `_MOST_READ`, is used up.
    """

    def __init__(self, window: Window) -> None:
        self._stream = window.stream
        self._size = window.size
        self._stream.seek(0)
        self.left = _MOST_READ

    def read(self, length: int = -1) -> bytes:
        if length < 0:
            # pydicom does this only to inflate a whole file at once, which may take any amount of memory.
            raise ValueError("Refused to read without limit")
        length = max(min(length, self._size - self._stream.tell()), 0)
        self.left -= length + _COST_OF_A_READ
        if self.left < 0:
            raise ValueError("Refused to read as much")
        return self._stream.read(length)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


class PydicomHeader:
    """What pydicom reads of a header.

    Parameters
    ----------
    window : Window
    tags : iterable of int
        The wanted attributes.
    force : bool
        Read a file without preamble too.

    Raises
    ------
    HeaderError
        pydicom raises anything, an element reaches beyond the end of the file, or sequences are nested too deep.
    TooMuch
    """

    def __init__(self, window: Window, tags: Iterable[int], *, force: bool = False) -> None:
        self.pixel_data: PixelData | None = None
        stream = _Bounded(window)

        def stop(tag: BaseTag, vr: str | None, length: int) -> bool:
            start = stream.tell()
            if tag in PIXEL_DATA_TAGS:
                self.pixel_data = PixelData(start, None if length == UNDEFINED_LENGTH else length)
                return True
            if length != UNDEFINED_LENGTH and start + length > window.size:
                raise truncated_header()
            if length >= SMALLEST_DEEP_VALUE:
                _refuse_depth(window, tag, vr, start, length)
                stream.seek(start)
            return False

        with quiet_pydicom():
            try:
                self._dataset: FileDataset = read_partial(
                    cast(Any, stream), stop, defer_size=LONGEST_VALUE, force=force, specific_tags=list(tags)
                )
                meta = self._dataset.file_meta
                self.transfer_syntax = str(meta.get("TransferSyntaxUID", ""))
                self.media_class = str(meta.get("MediaStorageSOPClassUID", ""))
            except HeaderError:
                raise
            except RecursionError as error:
                message = "Sequences are nested too deep for the file to be read. Leave this file out."
                raise HeaderError(ProblemKind.TOO_DEEP, message) from error
            except (Exception, MemoryError) as error:
                if stream.left < 0:
                    message = (
                        "The header holds too many or too large elements to be read safely. Leave this file "
                        "out, and ask the PACS administrator where it comes from."
                    )
                    raise TooMuch(ProblemKind.UNREADABLE, message) from error
                message = "The header is damaged and cannot be read. Export the file again from the PACS."
                raise HeaderError(ProblemKind.UNREADABLE, message) from error
        self.order = ">" if self._dataset.original_encoding[1] is False else "<"

    def text(self, tag: int) -> str | None:
        """Return the text form of an attribute, None if it is absent.

        Raises
        ------
        ValueError
            The value cannot be decoded, or has no text form.
        """
        if tag not in self._dataset:
            return None
        raw = self._dataset.get_item(tag, keep_deferred=True)
        if isinstance(raw, RawDataElement) and (raw.length > LONGEST_VALUE or raw.VR == "SQ"):
            raise ValueError("The value is too long to be read, or has no text form")
        try:
            with quiet_pydicom():
                return canonical(self._dataset[tag])
        except Exception as error:
            raise ValueError("pydicom cannot decode the value") from error


def _refuse_depth(window: Window, tag: int, vr: str | None, start: int, length: int) -> None:
    order = ">" if window.read(start, 4) == tag_bytes(ITEM, ">") else "<"
    # Where items do not fit together, how deep they are is left to pydicom.
    with suppress(Unsure):
        end_of_value(window, tag, (vr or "").encode(), start, length, Encoding(vr is not None, order))


def truncated_header() -> HeaderError:
    message = "The file ends in the middle of its header: it was cut off. Export it again from the PACS."
    return HeaderError(ProblemKind.TRUNCATED_HEADER, message)
