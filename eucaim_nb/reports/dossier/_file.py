"""The file of a dossier: the document with its content inside, and on its last line the seal of the document.

The seal of the content (`reports.sealed`) covers what the dossier says. The one on the last line covers every byte of
the document above it, so that what people read cannot differ from what was sealed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eucaim_nb.errors import SettingsError
from eucaim_nb.workspace import Workspace

from .._signer import ALGORITHM, is_signed, signer_of
from ._content import FORMAT
from ._document import CONTENT, as_document

_BEGIN, _END = "<!-- seal of the document above: ", " -->"
_BLOCK, _BLOCK_END = f'<script type="application/json" id="{CONTENT}">', "</script>"


@dataclass(frozen=True)
class Read:
    """A dossier as it was read: `document_flaw` says what is wrong with the document around the content."""

    content: Mapping[str, Any]
    document_flaw: str
    sha256: str


def with_seal(workspace: Workspace, content: Mapping[str, Any]) -> str:
    """Return the text of the file of a sealed dossier."""
    text = as_document(content)
    signer, digest = signer_of(workspace), _sha256(text)
    said = {
        "algorithm": ALGORITHM,
        "public_key": signer.public_key,
        "sha256": digest,
        "signature": signer.sign(digest),
    }
    return f"{text}{_BEGIN}{json.dumps(said)}{_END}\n"


def read(file: Path) -> Read:
    """Read `dossier.html` or `dossier.json`.

    Raises
    ------
    SettingsError
        It cannot be read, or is no dossier.
    """
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8")
        block, flaw = (text, "") if file.suffix == ".json" else _parts(text)
        content = json.loads(block)
        if content["format"] != FORMAT or not isinstance(content["files"], list):
            raise ValueError
    except OSError as error:
        raise SettingsError(f"{file.name} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError):
        raise SettingsError(
            f"{file.name} is no dossier, or what programs read in it is gone. Choose dossier.html or dossier.json."
        ) from None
    if not flaw and file.suffix != ".json" and _seal_key(text) != content["signed_by"]["public_key"]:
        flaw = "The document and its content are sealed with different keys."
    return Read(content, flaw, hashlib.sha256(raw).hexdigest())


def _parts(text: str) -> tuple[str, str]:
    """Return the content of a document, and what is wrong with its seal."""
    start = text.index(_BLOCK) + len(_BLOCK)
    return text[start : text.index(_BLOCK_END, start)], _document_flaw(text)


def _document_flaw(text: str) -> str:
    document, _, last = text.rpartition(_BEGIN)
    try:
        seal = json.loads(last.removesuffix(f"{_END}\n"))
        if _sha256(document) != seal["sha256"]:
            return "The document was changed after it was sealed: its text is not the one that the seal was made for."
        if is_signed(seal["sha256"], seal["signature"], seal["public_key"]):
            return ""
    except (ValueError, KeyError, TypeError):
        return "The seal on the last line of the document is gone or was changed."
    return "The seal on the last line of the document is not of the key that it names."


def _seal_key(text: str) -> str:
    key: str = json.loads(text.rpartition(_BEGIN)[2].removesuffix(f"{_END}\n"))["public_key"]
    return key


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
