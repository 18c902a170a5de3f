"""A site's own recogniser of names in text, such as a spaCy pipeline, beside the detectors. By default there is none.

A recogniser is named `spacy:PIPELINE`, or as an entry point of the group `eucaim_nb.recognisers` that an installed
package declares; a name never runs code that no package offers for this.
"""

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from eucaim_nb.errors import ProfileError

from ._found import NAME, Found

GROUP = "eucaim_nb.recognisers"
_SPACY = "spacy:"
_PEOPLE_AND_PLACES = frozenset(
    ("PER", "PERSON", "persName", "PRS", "PS", "LOC", "GPE", "FAC", "placeName", "geogName", "STREET", "ADDRESS")
)
"""Labels of spaCy's pipelines for European languages."""


Recogniser = Callable[[str], Iterable[tuple[int, int]]]
"""Takes a text and returns where people and places in it begin and end; the end is behind the last letter."""


class RecogniserFailed(Exception):
    """A recogniser gave no answer, so nobody knows what the text holds. Its text shows nothing of that."""


@cache
def recogniser(name: str) -> Recogniser:
    """Return the recogniser of a name.

    Raises
    ------
    ProfileError
        The package or the pipeline is not installed.
    """
    if name.startswith(_SPACY):
        return _pipeline(name.removeprefix(_SPACY))
    for one in entry_points(group=GROUP, name=name):
        found: Recogniser = one.load()
        return found
    raise ProfileError(
        f"recogniser: no installed package offers {name!r}. Install the package that declares it as an entry point of "
        f"{GROUP!r}, or name a spaCy pipeline, such as 'spacy:de_core_news_sm'."
    )


def _pipeline(name: str) -> Recogniser:
    try:
        spacy: Any = import_module("spacy")
    except ImportError as error:
        raise ProfileError(
            f"recogniser: spaCy is not installed. Run: pip install spacy, then: python -m spacy download {name}"
        ) from error
    try:
        pipeline = spacy.load(name)
    except OSError as error:
        raise ProfileError(
            f"recogniser: the spaCy pipeline {name!r} is not installed. Run: python -m spacy download {name}"
        ) from error

    def recognise(text: str) -> Iterable[tuple[int, int]]:
        return [(one.start_char, one.end_char) for one in pipeline(text).ents if one.label_ in _PEOPLE_AND_PLACES]

    return recognise


def recognised(recognise: Recogniser, text: str) -> list[Found]:
    """Return what a recogniser finds.

    Raises
    ------
    RecogniserFailed
        It failed, or named places that are not in the text.
    """
    try:
        found = [Found(start, end, NAME, "recogniser") for start, end in recognise(text)]
    except Exception as error:  # whatever a model does wrong, a text that it did not read is not clean
        raise RecogniserFailed(f"The recogniser of names failed with {type(error).__name__}") from None
    if not all(0 <= one.start < one.end <= len(text) for one in found):
        raise RecogniserFailed("The recogniser of names named a place outside the text")
    return found
