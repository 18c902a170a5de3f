"""Profiles that a site makes for itself: each change of an attribute or an answer is a new version in a file."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from pydicom.datadict import tag_for_keyword

from eucaim_nb.dicom import tag_of, tag_text
from eucaim_nb.errors import ProfileError
from eucaim_nb.workspace import Workspace

from ._actions import Action
from ._allowed import CHOOSABLE, fits, name_of
from ._policies import answered, answers
from ._profile import Override, Profile
from ._profile_file import save_profile

FOLDER = "profiles"
_OWN = "-site"
_MOST_NAME = 40  # the De-identification Method says name and version in 64 characters
_MADE_FROM = (
    "Made at the site from the profile “{}”, version {}. What is different stands with its reason among the choices, "
    "in the list of attributes, and in the report."
)
_VERSION = re.compile(r"(.*?)\+([0-9]+)")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.+_-]")


def site_profiles(workspace: Workspace) -> Sequence[Path]:
    """Return the profile files that were saved in a workspace, the newest first."""
    found = [path for path in (workspace.folder / FOLDER).glob("*.toml") if path.is_file()]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def find_attribute(text: str) -> int:
    """Return the tag of an attribute that is written as `(0008,1030)`, `00081030` or `StudyDescription`.

    Raises
    ------
    ProfileError
        It is no tag, and no keyword that the data dictionary knows.
    """
    with suppress(ValueError):
        return tag_of(text)
    keyword = text.strip()
    tag = tag_for_keyword(keyword) if keyword else None
    if tag is None:
        raise ProfileError("There is no such attribute. Write its tag, such as (0008,1030), or its keyword.")
    return tag


def possible_actions(tag: int) -> Sequence[Action]:
    """Return the actions that make sense for an attribute; some need a reason because PS3.15 does not allow them.

    Raises
    ------
    ProfileError
        The attribute is unknown, or what happens to it cannot be chosen.
    """
    found = [action for action in Action if action in CHOOSABLE and not fits(tag, action)]
    if not found:
        raise ProfileError(f"{tag_text(tag)} {name_of(tag)}: {fits(tag, Action.REMOVE)}")
    return found


def change_profile(workspace: Workspace, profile: Profile, tag: int, action: Action, reason: str) -> Path:
    """Save a profile with another action for one attribute as a new version, and return its file.

    The file goes to the folder `profiles` of the workspace. No earlier one is changed.

    Parameters
    ----------
    reason
        Why; the evidence report shows it.

    Raises
    ------
    ProfileError
        The reason is missing, the action makes no sense for the attribute, or the file cannot be written.
    """
    override = Override(action, _given(reason))
    changed = replace(profile, overrides=MappingProxyType({**profile.overrides, tag: override}))
    return _save(workspace, changed, attribute=tag_text(tag), treatment=action.value)


def change_answers(workspace: Workspace, profile: Profile, given: Mapping[str, str], reason: str) -> Path:
    """Save a profile with other answers to `questions` as a new version, and return its file.

    Parameters
    ----------
    given
        Answers by the key of the question; those that are left out stay.
    reason
        Why; the evidence report shows it.

    Raises
    ------
    ProfileError
        Nothing is answered otherwise, the reason is missing, an answer cannot be, or the file cannot be written.
    """
    before, after = answers(profile), answers(answered(profile, given))
    changes = {key: after[key] for key in after if after[key] != before[key]}
    if not changes:
        raise ProfileError("Nothing was saved: all answers are those of the profile.")
    reasons = MappingProxyType({**profile.reasons, **dict.fromkeys(changes, _given(reason))})
    return _save(workspace, replace(answered(profile, given), reasons=reasons), **changes)


def _given(reason: str) -> str:
    if not reason.strip():
        raise ProfileError("A change needs a reason. Type why this is treated differently; reports show it.")
    return " ".join(reason.split())


def _save(workspace: Workspace, profile: Profile, **changes: str) -> Path:
    """Write a profile as the site's next version."""
    name = profile.name if profile.name.endswith(_OWN) else f"{profile.name[:_MOST_NAME]}{_OWN}"
    folder = workspace.folder / FOLDER
    version, path = _next(folder, name, profile.version)
    made = replace(
        profile,
        name=name,
        version=version,
        description=profile.description if profile.name == name else _MADE_FROM.format(profile.title, profile.version),
        title=profile.title if profile.name == name else f"{profile.title}, changed by the site",
    )
    save_profile(made, path)
    workspace.ledger.events.record("profile saved", file=path.name, **changes)
    return path


def _next(folder: Path, name: str, version: str) -> tuple[str, Path]:
    """Return the first version after `version` that has no file yet."""
    base, number = version, 0
    if matched := _VERSION.fullmatch(version):
        base, number = matched[1], int(matched[2])
    while True:
        number += 1
        path = folder / f"{_NOT_IN_NAMES.sub('-', f'{name}-{base}+{number}')}.toml"
        if not path.exists():
            return f"{base}+{number}", path
