"""A preview: what de-identification would make of the header of one instance, in memory."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from eucaim_nb.dicom import Difference, compare, elements
from eucaim_nb.workspace import Workspace

from ._actions import Action
from ._engine import Engine
from ._profile import Profile
from ._profile_file import SHIPPED
from ._recipe import recipe
from ._rewrite import Document, Quarantine

_PIXELS = 0x7FE00010


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one instance. `changes` hold what its header says of the patient: show, never keep.

    `profile` is the name and version of the profile, `changes` are the elements that differ, with their values before
    and after; `remarks` tells that remarks in its compressed pixel data would be blanked. If it would be set aside, or
    with `dropped` left out, `set_aside` says why, and there is nothing else.
    """

    profile: str
    changes: Sequence[Difference]
    remarks: bool
    set_aside: str
    dropped: bool = False


def preview(
    workspace: Workspace,
    file: IO[bytes],
    *,
    profile: str | os.PathLike[str] | Profile = SHIPPED[0],
    secret: str | None = None,
) -> Preview:
    """Return what would become of the header of one instance. Nothing is written.

    While the workspace has no key yet, pseudonyms are made with one that is forgotten at once.

    Parameters
    ----------
    file
        The instance, as an open file.
    profile
        As for `deidentify`, or a profile that was not saved yet.
    secret
        As for `deidentify`.

    Raises
    ------
    ProfileError
        The profile cannot be used.
    WorkspaceError
        The workspace's key is damaged or gone.
    """
    chosen = recipe(workspace, profile if isinstance(profile, Profile) else os.fspath(profile), secret, keep=False)
    baselines = workspace.ledger.originals.baselines(workspace.originals())
    named = f"{chosen.profile.name} {chosen.profile.version}"
    data = file.read()
    try:
        treated = Engine(chosen.profile, chosen.maker, baselines).treat(memoryview(data))
    except Quarantine as why:
        return Preview(named, (), False, str(why), dropped=isinstance(why, Document) and why.dropped)
    changes = compare(elements(BytesIO(data)), elements(BytesIO(b"".join(treated.pieces))))
    return Preview(named, changes, (_PIXELS, Action.PIXELS) in treated.counts, "")
