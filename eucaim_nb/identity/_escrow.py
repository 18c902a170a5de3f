"""A copy of the key outside the workspace, under a passphrase."""

import base64
import contextlib
import json
import os
import secrets
import unicodedata
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from eucaim_nb.errors import Refused, SettingsError, WorkspaceError
from eucaim_nb.workspace import Workspace

from ._key import REPLACED, Key, key_of, read_key, write_key

_SHORTEST = 12
_FORMAT = {"format": "eucaim_nb exported pseudonym key", "version": 1, "kdf": "scrypt n=32768 r=8 p=1"}
_ABOUT = json.dumps(_FORMAT, sort_keys=True).encode()
_LARGEST = 4096
"""Bytes; an exported key has some 300."""


def export_key(workspace: Workspace, file: str | os.PathLike[str], passphrase: str) -> Path:
    """Write a copy of the workspace's key, encrypted with AES-256-GCM under scrypt of a passphrase.

    Parameters
    ----------
    workspace
    file
        A file that does not exist yet; in the workspace only its private folder may hold it.
    passphrase
        At least 12 characters. Nobody can open the copy without it.

    Raises
    ------
    SettingsError
        The passphrase is too short.
    Refused
        The file exists already, or lies where the workspace keeps what is passed on.
    WorkspaceError
        The key is damaged, or the file cannot be written.
    """
    path = Path(file).expanduser().absolute()
    folder = workspace.folder.resolve()
    target = path.resolve()
    if target.is_relative_to(folder) and not target.is_relative_to(folder / "private"):
        raise Refused("The copy of the key may not lie in a folder that is passed on. Choose one elsewhere.")
    key = key_of(workspace)
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_derived(passphrase, salt)).encrypt(nonce, key.secret, _ABOUT)
    content = {**_FORMAT, "salt": _text(salt), "nonce": _text(nonce), "sealed": _text(sealed)}
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{path} exists already. Choose another name for the copy of the key.") from None
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with open(handle, "w", encoding="ascii") as written:
            json.dump(content, written, indent=1)
            written.flush()
            os.fsync(written.fileno())
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise WorkspaceError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def import_key(
    workspace: Workspace, file: str | os.PathLike[str], passphrase: str, *, replace: bool = False
) -> Key:
    """Make an exported key the key of a workspace, so that a patient has the same pseudonym in both.

    Parameters
    ----------
    workspace
    file
        What `export_key` wrote.
    passphrase
        The one it was exported with.
    replace
        Put it in the place of a different key that the workspace has, or had, already.

    Raises
    ------
    SettingsError
        The file is not an exported key, is damaged, or the passphrase is another.
    Refused
        The workspace has a different key, and `replace` is false.
    """
    key = _opened(Path(file).expanduser(), passphrase)
    try:
        in_use = read_key(workspace)
    except WorkspaceError:
        in_use = None  # damaged: to import a copy is the remedy
    if in_use == key:
        return key
    if in_use is not None and not replace:
        raise Refused(
            f"This workspace has another pseudonym key already (fingerprint {in_use.fingerprint}). With the "
            "imported one, patients would get other pseudonyms than they have in what was written so far."
        )
    write_key(workspace, key, replace=True)
    workspace.ledger.events.record(
        REPLACED, fingerprint=key.fingerprint, before=in_use.fingerprint if in_use else ""
    )
    return key


def _opened(path: Path, passphrase: str) -> Key:
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_LARGEST))
        if not isinstance(content, dict) or {name: content.get(name) for name in _FORMAT} != _FORMAT:
            raise ValueError
        salt, nonce, sealed = (
            base64.b64decode(content[name], validate=True) for name in ("salt", "nonce", "sealed")
        )
        return Key(AESGCM(_derived(passphrase, salt)).decrypt(nonce, sealed, _ABOUT))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except InvalidTag:
        raise SettingsError(
            f"{path} cannot be opened with this passphrase: it is another one, or the file is damaged."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise SettingsError(f"{path} is not a pseudonym key exported by this program.") from None


def _derived(passphrase: str, salt: bytes) -> bytes:
    # The same letters may be typed composed or decomposed, depending on the computer.
    normal = unicodedata.normalize("NFC", passphrase)
    if len(normal) < _SHORTEST:
        raise SettingsError(f"The passphrase needs at least {_SHORTEST} characters.")
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(normal.encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
