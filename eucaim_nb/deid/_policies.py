"""What a profile decides as a whole: questions in plain words, and a profile that answers them otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from eucaim_nb.errors import ProfileError
from eucaim_nb.reference import policies

from ._profile import POLICIES, Option, PrivatePolicy, Profile

_YES, _NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the word that a profile file has, what it does, and what follows from it."""

    value: str
    does: str
    means: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question that every profile answers; its `key` is that of a profile file, or an option of PS3.15.

    Without `answers` it takes a text, and `means` says what to give.
    """

    key: str
    title: str
    part: str
    means: str
    answers: tuple[Answer, ...]

    def does(self, value: str) -> str:
        """Return what an answer does, for people."""
        return next((one.does for one in self.answers if one.value == value), value)


@cache
def questions() -> tuple[Question, ...]:
    """Return the questions in the order in which a page asks them."""
    return tuple(
        Question(
            key=said["key"],
            title=said["title"],
            part=said["part"],
            means=said.get("means", ""),
            answers=tuple(Answer(**answer) for answer in said.get("answer", ())),
        )
        for said in policies()["question"]
    )


def answers(profile: Profile) -> dict[str, str]:
    """Return what a profile answers, by the key of the question."""
    found = {key: str(getattr(profile, key)) for key in (*POLICIES, "age_limit", "id_prefix")}
    found |= {option.value: _YES if option in profile.options else _NO for option in Option}
    return {question.key: found[question.key] for question in questions()}


def answered(profile: Profile, given: Mapping[str, str]) -> Profile:
    """Return a profile with other answers.

    A list of private attributes goes where nothing private is kept.

    Raises
    ------
    ProfileError
        An answer is none, or the answers contradict each other.
    """
    wanted = {**answers(profile), **given}
    changed: dict[str, Any] = {
        key: _word(key, words, wanted[key]) for key, words in POLICIES.items()
    }
    if changed["private"] is PrivatePolicy.REMOVE:
        changed["private_list"] = ""
    options = {option for option in Option if wanted.get(option.value) == _YES}
    return replace(
        profile,
        **changed,
        age_limit=_years(wanted["age_limit"]),
        id_prefix=wanted["id_prefix"].strip(),
        options=frozenset(options),
    )


def _word(key: str, words: Any, value: str) -> Any:
    try:
        return words(value)
    except ValueError as error:
        raise ProfileError(f"{key}: there is no answer {value!r}.") from error


def _years(text: str) -> int:
    if not text.strip().isdecimal():
        raise ProfileError("The highest age that stays: give a whole number of years; 0 keeps all ages.")
    return int(text)
