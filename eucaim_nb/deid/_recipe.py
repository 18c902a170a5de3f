"""What files are de-identified with: profile, key and program, named by one digest."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from eucaim_nb import __version__
from eucaim_nb.dicom import tag_text
from eucaim_nb.identity import Key, Pseudonyms, key_of, maker_of, new_key
from eucaim_nb.workspace import Workspace

from ._profile import POLICIES, IdPolicy, Profile
from ._profile_file import load_profile
from ._table import EDITIONS

_KEY_FILE = "pseudonym.key"


@dataclass(frozen=True)
class Recipe:
    """A profile with the maker of its pseudonyms.

    `content` says in plain values what it is made of, without any secret; `digest` is its SHA-256. Two files with the
    same digest were treated alike.
    """

    profile: Profile
    maker: Pseudonyms
    content: Mapping[str, object]

    @property
    def digest(self) -> str:
        """Name of the recipe, 64 hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.content, sort_keys=True).encode()).hexdigest()


def recipe(workspace: Workspace, profile: str | Profile, secret: str | None, *, keep: bool = True) -> Recipe:
    """Return the recipe of a shipped profile, a profile file, or a profile.

    Parameters
    ----------
    secret
        What the EUCAIM anonymiser was run with, for a profile that makes pseudonyms as it does. Without it, one is
        made of the workspace's key.
    keep
        Whether the workspace's key is made and kept if there is none yet; otherwise one is made up.

    Raises
    ------
    ProfileError
        The profile cannot be used.
    WorkspaceError
        The workspace's key is damaged or gone.
    """
    chosen, listed = _loaded(profile)
    key = key_of(workspace) if keep or (workspace.folder / "private" / _KEY_FILE).exists() else new_key()
    maker, named = maker_of(key, prefix=chosen.id_prefix, lethe=chosen.ids is IdPolicy.LETHE, secret=secret)
    return Recipe(chosen, maker, _content(chosen, named, listed))


def _loaded(given: str | Profile) -> tuple[Profile, str]:
    """Return a profile that can be sent to other processes, and the digest of the private list that it names."""
    profile = given if isinstance(given, Profile) else load_profile(given)
    profile = replace(profile, overrides=dict(profile.overrides), reasons=dict(profile.reasons))
    if not profile.private_list:
        return profile, ""
    return profile, hashlib.sha256(Path(profile.private_list).read_bytes()).hexdigest()


def _content(profile: Profile, key: Key, private_list: str) -> dict[str, object]:
    return {
        "profile": profile.name,
        "title": profile.title,
        "version": profile.version,
        "edition": EDITIONS,
        "options": [{"code": option.code, "meaning": option.meaning} for option in profile.applied],
        "policies": {
            **{key: getattr(profile, key) for key in POLICIES},
            "age_limit": profile.age_limit,
            "id_prefix": profile.id_prefix,
            "recogniser": profile.recogniser,
        },
        "overrides": {
            tag_text(tag): {"action": override.action, "reason": override.reason}
            for tag, override in sorted(profile.overrides.items())
        },
        "reasons": dict(profile.reasons),
        "private_list": private_list,
        "key": key.fingerprint,
        "program": f"eucaim_nb {__version__}",
    }
