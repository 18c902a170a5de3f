"""What files are de-identified with: profile, key and program, named by one digest."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from eucaim_nb import __version__
from eucaim_nb.identity import Key, LethePseudonyms, Pseudonyms, key_of, new_key
from eucaim_nb.workspace import Workspace

from ._allowed import tag_text
from ._profile import IdPolicy, Profile
from ._profile_file import load_profile, private_list_path
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


def recipe(workspace: Workspace, profile: str, secret: str | None, *, keep: bool = True) -> Recipe:
    """Return the recipe of a shipped profile or a profile file.

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
    maker: Pseudonyms
    if chosen.ids is IdPolicy.LETHE:
        secret = secret or hmac.digest(key.secret, b"eucaim_nb lethe secret", "sha256").hex()[:33]
        maker = LethePseudonyms(secret)
        key = Key(hashlib.sha256(b"eucaim_nb lethe fingerprint\0" + secret.encode()).digest())
    else:
        maker = Pseudonyms(key, chosen.id_prefix)
    return Recipe(chosen, maker, _content(chosen, key, listed))


def _loaded(name: str) -> tuple[Profile, str]:
    """Return a profile that can be sent to other processes, and the digest of the private list that it names."""
    profile = load_profile(name)
    if not profile.private_list:
        return replace(profile, overrides=dict(profile.overrides)), ""
    path = private_list_path(profile, Path(name).absolute().parent)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return replace(profile, overrides=dict(profile.overrides), private_list=str(path)), digest


def _content(profile: Profile, key: Key, private_list: str) -> dict[str, object]:
    return {
        "profile": profile.name,
        "title": profile.title,
        "version": profile.version,
        "edition": EDITIONS,
        "options": [{"code": option.code, "meaning": option.meaning} for option in profile.applied],
        "policies": {
            "dates": profile.dates,
            "private": profile.private,
            "ids": profile.ids,
            "unknown": profile.unknown,
            "documents": profile.documents,
            "age_limit": profile.age_limit,
            "id_prefix": profile.id_prefix,
            "recogniser": profile.recogniser,
        },
        "overrides": {
            tag_text(tag): {"action": override.action, "reason": override.reason}
            for tag, override in sorted(profile.overrides.items())
        },
        "private_list": private_list,
        "key": key.fingerprint,
        "program": f"eucaim_nb {__version__}",
    }
