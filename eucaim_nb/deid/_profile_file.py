"""Profiles as files: the shipped ones, and those that a site makes for itself."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import tomlkit

from eucaim_nb.dicom import tag_of, tag_text
from eucaim_nb.errors import ProfileError
from eucaim_nb.reference import read_text
from eucaim_nb.whole import replacing

from ._actions import Action
from ._allowed import name_of
from ._policies import questions
from ._private import read_list
from ._profile import POLICIES, Option, Override, Profile

FORMAT = 1
SHIPPED = ("eucaim", "basic", "lethe-compatible")
"""In the order in which a page offers them; the first is the default."""

_TEXTS = ("name", "title", "description", "version", "source")
_OTHER = ("format", "options", "age_limit", "id_prefix", "private_list", "recogniser", "reasons", "override")
_Word = TypeVar("_Word", bound=StrEnum)


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the shipped profiles by name, the default first."""
    return MappingProxyType({name: _parse(read_text(f"profiles/{name}.toml"), f"{name}.toml") for name in SHIPPED})


def load_profile(name_or_path: str | Path) -> Profile:
    """Return a shipped profile by its name, or the one in a TOML file.

    A relative path of a list of private attributes counts from the folder of the profile.

    Raises
    ------
    ProfileError
        There is no such profile, or the file says something that is unknown or that PS3.15 does not allow; the text
        names the file and the line or the key.
    """
    if isinstance(name_or_path, str) and name_or_path in profiles():
        return profiles()[name_or_path]
    path = Path(name_or_path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ProfileError(
            f"There is no profile {str(name_or_path)!r}. Choose {_one_of(SHIPPED)}, or give the path of a profile file."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"The profile {path.name} cannot be read. Choose a TOML file in UTF-8.") from error
    profile = _parse(text, path.name)
    if not profile.private_list:
        return profile
    private_list = path.parent.absolute() / Path(profile.private_list).expanduser()
    read_list(private_list)
    return replace(profile, private_list=str(private_list))


def save_profile(profile: Profile, path: Path) -> None:
    """Write a profile as a TOML file that `load_profile` reads back as the same profile; replaces the file at once.

    Raises
    ------
    ProfileError
        The file cannot be written.
    """
    document = tomlkit.document()
    document.add(tomlkit.comment("A de-identification profile of eucaim_nb. Tags as in PS3.15 Table E.1-1."))
    document.add("format", tomlkit.item(FORMAT))
    for key in _TEXTS:
        document.add(key, tomlkit.item(getattr(profile, key)))
    document.add("options", tomlkit.item([option.value for option in Option if option in profile.options]))
    for key in POLICIES:
        document.add(key, tomlkit.item(getattr(profile, key).value))
    for key in ("age_limit", "id_prefix", "private_list", "recogniser"):
        document.add(key, tomlkit.item(getattr(profile, key)))
    if profile.reasons:
        document.add("reasons", tomlkit.item(dict(sorted(profile.reasons.items()))))
    overrides = tomlkit.aot()
    for tag, override in sorted(profile.overrides.items()):
        entry = tomlkit.table()
        entry.add("tag", tag_text(tag))
        entry.add("name", name_of(tag))
        entry.add("action", override.action.value)
        entry.add("reason", override.reason)
        overrides.append(entry)
    if len(overrides):
        document.add("override", overrides)
    try:
        _write(path, tomlkit.dumps(document))
    except OSError as error:
        raise ProfileError(f"The profile cannot be written as {path.name}. Choose another folder.") from error


def _parse(text: str, file: str) -> Profile:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{file} is not TOML: {error}. Correct that place.") from error
    try:
        return _profile(content)
    except ProfileError as error:
        raise ProfileError(f"{file}: {error}") from error


def _profile(content: Mapping[str, Any]) -> Profile:
    known = (*_TEXTS, *POLICIES, *_OTHER)
    if unknown := [key for key in content if key not in known]:
        raise ProfileError(f"{unknown[0]}: no such key. A profile has {_one_of(known, 'and')}.")
    if content.get("format") != FORMAT:
        raise ProfileError(f"format: this version reads format = {FORMAT} only. Use a newer version of eucaim_nb.")
    given: dict[str, Any] = {key: _text(content, key) for key in _TEXTS}
    if not given["name"]:
        raise ProfileError("name: a profile needs a name.")
    if not given["version"]:
        raise ProfileError("version: a profile needs a version, which the files will carry.")
    given |= {key: _word(content, key, words) for key, words in POLICIES.items() if key in content}
    for key in ("dates", "private"):
        if key not in given:
            raise ProfileError(f"{key}: missing. Choose {_one_of(list(POLICIES[key]))}.")
    given |= {key: _text(content, key) for key in ("id_prefix", "private_list", "recogniser") if key in content}
    if "age_limit" in content:
        given["age_limit"] = content["age_limit"]
        if not isinstance(content["age_limit"], int) or isinstance(content["age_limit"], bool):
            raise ProfileError("age_limit: give a whole number of years; 0 keeps all ages.")
    options = content.get("options", [])
    if not isinstance(options, list):
        raise ProfileError("options: give a list of option names.")
    return Profile(
        **given,
        options=frozenset(_known(option, Option, "options") for option in options),
        reasons=_reasons(content.get("reasons", {})),
        overrides=_overrides(content.get("override", [])),
    )


def _reasons(entries: Any) -> Mapping[str, str]:
    if not isinstance(entries, dict):
        raise ProfileError("reasons: write them as a table [reasons].")
    keys = [question.key for question in questions()]
    if unknown := [key for key in entries if key not in keys]:
        raise ProfileError(f"reasons: {unknown[0]}: nothing has this name. There are {_one_of(keys, 'and')}.")
    return MappingProxyType({key: _text(entries, key, "reasons") for key in entries})


def _overrides(entries: Any) -> Mapping[int, Override]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ProfileError("override: write each one as a table [[override]].")
    found: dict[int, Override] = {}
    for number, entry in enumerate(entries, 1):
        of = f"override {number}"
        if unknown := [key for key in entry if key not in ("tag", "name", "action", "reason")]:
            raise ProfileError(f"{of}: {unknown[0]}: no such key. An override has tag, name, action and reason.")
        try:
            tag = tag_of(_text(entry, "tag", of))
        except ValueError:
            raise ProfileError(f"{of}: tag: write it as (0010,0010).") from None
        if tag in found:
            raise ProfileError(f"{of}: tag: {tag_text(tag)} is there already. Keep one of the two.")
        found[tag] = Override(_word(entry, "action", Action, of), _text(entry, "reason", of))
    return MappingProxyType(found)


def _text(content: Mapping[str, Any], key: str, of: str = "") -> str:
    value = content.get(key, "")
    if not isinstance(value, str):
        raise ProfileError(f"{of and of + ': '}{key}: give a text.")
    return value


def _word(content: Mapping[str, Any], key: str, words: type[_Word], of: str = "") -> _Word:
    return _known(content.get(key, ""), words, f"{of and of + ': '}{key}")


def _known(value: Any, words: type[_Word], where: str) -> _Word:
    try:
        return words(value)
    except ValueError as error:
        raise ProfileError(f"{where}: {value!r} is unknown. Choose {_one_of(list(words))}.") from error


def _one_of(words: Any, last: str = "or") -> str:
    *most, end = (str(word) for word in words)
    return f"{', '.join(most)} {last} {end}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(text)
