"""What speaks against a profile: who needs what it takes away, and which of its answers undo each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydicom.uid import CTImageStorage

from eucaim_nb.dicom import tag_of
from eucaim_nb.reference import policies

from ._actions import Action
from ._allowed import name_of
from ._decide import decide
from ._policies import answers
from ._profile import Profile
from ._table import types

_LOST = frozenset({Action.REMOVE, Action.EMPTY, Action.DUMMY})


@dataclass(frozen=True, slots=True)
class Objection:
    """Something that speaks against a profile, and who says so.

    A `grave` one means that data may be refused, or that people can be found; any other is for thought.
    """

    by: str
    words: str
    grave: bool


def objections(profile: Profile) -> tuple[Objection, ...]:
    """Return what speaks against a profile, the grave first. None of it keeps anybody from using the profile."""
    found = [*_needs(profile), *_risks(profile)]
    return tuple(sorted(found, key=lambda one: not one.grave))


def _needs(profile: Profile) -> Iterator[Objection]:
    of_ct = types().iods[CTImageStorage]
    for need in policies()["need"]:
        for text in need["tags"]:
            tag = tag_of(text)
            action = decide(tag, of_ct.get(tag, "3")[0], profile)
            if action in _LOST:
                yield _objection(need, f"{need.get('name') or name_of(tag)} is {action.words}: {need['words']}.")


def _risks(profile: Profile) -> Iterator[Objection]:
    given = answers(profile)
    for risk in policies()["risk"]:
        if all(given[key] in values for key, values in risk["when"].items()):
            yield _objection(risk, risk["words"])
    age = policies()["age"]
    if not 0 < profile.age_limit <= age["most"]:
        yield _objection(age, age["words"])


def _objection(said: Mapping[str, Any], words: str) -> Objection:
    return Objection(said["by"], words, said.get("grave", False))
