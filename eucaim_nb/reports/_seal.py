"""Sealed reports: a chain of digests over every entry, signed by the workspace that made them (Ed25519, RFC 8032)."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.markup import Markup
from eucaim_nb.whole import written_first
from eucaim_nb.workspace import Workspace

from ._chain import chain_head
from ._document import facts, paragraph

_ALGORITHM = "Ed25519"


def sealed(
    workspace: Workspace, content: Mapping[str, Any], files: Sequence[Mapping[str, object]]
) -> dict[str, Any]:
    """Return a report with the head of its chain, the signature of the head, and the entries at the end.

    Whoever knows the workspace's public key, or its fingerprint, can tell that the report comes from there and that
    nothing in it was changed. Without that knowledge `is_intact` tells only that it fits together.

    Raises
    ------
    WorkspaceError
        The workspace's signing key cannot be read or made.
    """
    key = _key(workspace)
    public = key.public_key().public_bytes_raw()
    signer = {
        "algorithm": _ALGORITHM,
        "public_key": public.hex(),
        "fingerprint": hashlib.sha256(public).hexdigest()[:16],
    }
    signed = {**content, "signed_by": signer}
    head = chain_head(signed, files)
    return {**signed, "chain_head": head, "signature": key.sign(head.encode("ascii")).hex(), "files": files}


def seal(content: Mapping[str, Any]) -> Iterator[Markup]:
    """Yield what a document says of the seal of its report."""
    signer = content["signed_by"]
    yield facts(
        [
            ("Head of the chain of digests", content["chain_head"]),
            ("Signed by", f"{signer['algorithm']} key {signer['fingerprint']}"),
        ]
    )
    yield paragraph(
        "The chain covers this report and every file in the order of the list, and its head is signed: whoever knows "
        "the fingerprint of the key can tell later whether anything was changed."
    )


def is_intact(report: Path) -> bool:
    """Tell whether a sealed report in JSON is as it was written."""
    try:
        content = json.loads(report.read_text(encoding="utf-8"))
        head, signature, files = (content.pop(name) for name in ("chain_head", "signature", "files"))
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(content["signed_by"]["public_key"]))
        public.verify(bytes.fromhex(signature), head.encode("ascii"))
        return isinstance(files, list) and chain_head(content, files) == head
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
        return False


def _key(workspace: Workspace) -> Ed25519PrivateKey:
    """Return the workspace's signing key, making it the first time."""
    file = workspace.folder / "private" / "signing.key"
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        if not file.exists():
            made = Ed25519PrivateKey.generate()
            pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            written_first(file, pem.decode("ascii"))
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise WorkspaceError(
            f"The key that signs reports (private/signing.key) cannot be used: {error.strerror}. Mend the permissions."
        ) from error
    except (ValueError, TypeError) as error:
        raise _damaged() from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _damaged()
    return key


def _damaged() -> WorkspaceError:
    return WorkspaceError(
        "The key that signs reports (private/signing.key) is damaged. Put it back from a backup, or remove it: a new "
        "one is made, with another fingerprint."
    )
