"""The secret that makes pseudonyms: one per workspace, kept in its private folder."""

import contextlib
import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.whole import replacing, written_first
from eucaim_nb.workspace import Workspace

KEY_BYTES = 32
MADE, REPLACED = "pseudonym key made", "pseudonym key replaced"
_HEADING = "eucaim_nb pseudonym key 1"


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of 32 bytes. Its text shows the fingerprint only."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"A key has {KEY_BYTES} bytes")

    @property
    def fingerprint(self) -> str:
        """Name of the key, 16 hexadecimal digits that say nothing about the secret: reports may show it."""
        return hmac.digest(self.secret, b"eucaim_nb fingerprint", "sha256")[:8].hex()

    def __repr__(self) -> str:
        return f"Key(fingerprint={self.fingerprint!r})"


def new_key() -> Key:
    """Return a key from the random numbers of the operating system."""
    return Key(secrets.token_bytes(KEY_BYTES))


def key_file(workspace: Workspace) -> Path:
    """Return where a workspace keeps its key."""
    return workspace.folder / "private" / "pseudonym.key"


def key_of(workspace: Workspace) -> Key:
    """Return the key of a workspace, making it the first time.

    Processes that ask at the same moment all get the same key.

    Raises
    ------
    WorkspaceError
        The key file is damaged or cannot be read or written, or it is gone although the workspace had one: other
        pseudonyms than before would part a patient's old images from the new ones.
    """
    kept = read_key(workspace)
    if kept is not None:
        return kept
    if any(event.action in (MADE, REPLACED) for event in workspace.ledger.events.all()):
        # Another process may have made it between the two looks.
        kept = read_key(workspace)
        if kept is not None:
            return kept
        raise WorkspaceError(
            "The pseudonym key of this workspace is gone (private/pseudonym.key). Put it back from a backup, or "
            "import an exported copy: a new key would give every patient another pseudonym."
        )
    key = new_key()
    if write_key(workspace, key, replace=False):
        workspace.ledger.events.record(MADE, fingerprint=key.fingerprint)
        return key
    return key_of(workspace)


def read_key(workspace: Workspace) -> Key | None:
    """Return the key that the workspace keeps, or None if there is none.

    Raises
    ------
    WorkspaceError
        The file is damaged or cannot be read.
    """
    try:
        lines = key_file(workspace).read_text(encoding="ascii").split("\n")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        lines = []
    except OSError as error:
        raise WorkspaceError(
            f"The pseudonym key (private/pseudonym.key) cannot be read: {error.strerror}. Mend the permissions."
        ) from error
    with contextlib.suppress(ValueError):
        heading, secret, fingerprint, end = lines
        key = Key(bytes.fromhex(secret))
        if (heading, fingerprint, end) == (_HEADING, key.fingerprint, ""):
            return key
    raise WorkspaceError(
        "The pseudonym key of this workspace (private/pseudonym.key) is damaged. Put it back from a backup, or "
        "import an exported copy: a new key would give every patient another pseudonym."
    )


def write_key(workspace: Workspace, key: Key, *, replace: bool) -> bool:
    """Write a key, whole or not at all; False if one is there already and is not to be replaced.

    Raises
    ------
    WorkspaceError
        The private folder cannot be written.
    """
    file = key_file(workspace)
    text = "\n".join((_HEADING, key.secret.hex(), key.fingerprint, ""))
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        if not replace:
            return written_first(file, text)
        with replacing(file) as written:
            written.write(text)
        return True
    except OSError as error:
        raise WorkspaceError(
            f"The pseudonym key cannot be written to the workspace's private folder: {error.strerror}."
        ) from error
