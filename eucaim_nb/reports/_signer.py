"""The key with which a workspace signs its reports (Ed25519, RFC 8032), and what a signature says."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.whole import written_first
from eucaim_nb.workspace import Workspace

ALGORITHM = "Ed25519"


@dataclass(frozen=True)
class Signer:
    """A signing key."""

    _key: Ed25519PrivateKey = field(repr=False)

    @property
    def public_key(self) -> str:
        """The public key in hexadecimal digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, text: str) -> str:
        """Return the signature of a text in hexadecimal digits."""
        return self._key.sign(text.encode("utf-8")).hex()


def signer_of(workspace: Workspace) -> Signer:
    """Return the workspace's signer; its key is made the first time.

    Raises
    ------
    WorkspaceError
        The key cannot be read or made.
    """
    file = workspace.folder / "private" / "signing.key"
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        if not file.exists():
            made = Ed25519PrivateKey.generate()
            pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            written_first(file, pem.decode("ascii"))
        return _read(file)
    except OSError as error:
        raise WorkspaceError(
            f"The key that signs reports (private/signing.key) cannot be used: {error.strerror}. Mend the permissions."
        ) from error


def fingerprint_of(workspace: Workspace) -> str:
    """Return the fingerprint of the key that signs in a workspace; empty if there is none, or it is not ours to read.

    Raises
    ------
    WorkspaceError
        The key is damaged.
    """
    try:
        return fingerprint(_read(workspace.folder / "private" / "signing.key").public_key)
    except OSError:
        return ""


def fingerprint(public_key: str) -> str:
    """Return the short name of a public key, for people to compare.

    Raises
    ------
    ValueError
        It is not in hexadecimal digits.
    """
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def is_signed(text: str, signature: str, public_key: str) -> bool:
    """Tell whether whoever has the key signed this very text."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), text.encode("utf-8"))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _read(file: Path) -> Signer:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise _damaged() from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _damaged()
    return Signer(key)


def _damaged() -> WorkspaceError:
    return WorkspaceError(
        "The key that signs reports (private/signing.key) is damaged. Put it back from a backup, or remove it: a new "
        "one is made, with another fingerprint."
    )
