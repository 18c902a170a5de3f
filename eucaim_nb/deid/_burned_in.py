"""Text burned into the picture of one original: looked for where the header gives a reason, and blanked."""

from dataclasses import dataclass

from .pixels import Box, PixelsError, Reason, clean, look, reader

_NO_MODEL = (
    "No text model is installed, so the picture was not searched for burned-in text. Install the extra 'ocr' "
    "(pip install 'eucaim-nb[ocr]') and run this again, or look at the picture yourself."
)
_FLAGGED = (
    "The file says that text is burned into its picture, and no text model is installed that could find it. Install "
    "the extra 'ocr' (pip install 'eucaim-nb[ocr]') and run this again."
)
_NOT_CLEANED = "Its picture could not be searched for burned-in text or cleaned of it."


class NotClean(Exception):
    """A picture that must not be passed on; the text says why, without any value."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a picture: the file's bytes, what was made black in it, and what a person must know.

    `earned` says that the instance may declare to have no text burned in.
    """

    data: memoryview
    blanked: tuple[Box, ...] = ()
    earned: bool = False
    note: str = ""


def without_text(file: memoryview, why: Reason) -> Seen:
    """Return a file without burned-in text.

    Parameters
    ----------
    why
        What in its header gives reason to look.

    Raises
    ------
    NotClean
        Text is said to be there, or was found, and cannot be blanked.
    """
    by = reader()
    if not by.sure:
        if why.level == "high":
            raise NotClean(_FLAGGED)
        return Seen(file, note=_NO_MODEL)
    try:
        seen = look(file, by)
        done = clean(file, seen, by)
    except PixelsError as error:
        if why.level == "high":
            raise NotClean(_NOT_CLEANED) from error
        return Seen(file, note=f"{_NOT_CLEANED} Look at it before you share it.")
    return Seen(
        memoryview(done.data) if done.boxes else file,
        blanked=done.boxes,
        earned=done.earned,
        note=seen.finding,
    )
