"""Sealed reports: a chain of digests over every entry, signed by the workspace that made them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from eucaim_nb.markup import Markup
from eucaim_nb.workspace import Workspace

from ._chain import chain_head
from ._document import facts, paragraph
from ._signer import ALGORITHM, fingerprint, is_signed, signer_of


class Flaw(StrEnum):
    """What is wrong with the seal of a report."""

    FORM = "It has no seal of this program, or one that lacks parts."
    CHAIN = "Its chain of digests is broken: what it says, or its list of files, was changed or cut after sealing."
    SIGNATURE = "Its signature is not of the key that it names."


def sealed(
    workspace: Workspace, content: Mapping[str, Any], files: Sequence[Mapping[str, object]]
) -> dict[str, Any]:
    """Return a report with the head of its chain, the signature of the head, and the entries at the end.

    Whoever knows the workspace's public key, or its fingerprint, can tell that the report comes from there and that
    nothing in it was changed. Without that knowledge `flaw_of` tells only that it fits together.

    Raises
    ------
    WorkspaceError
        The workspace's signing key cannot be read or made.
    """
    signer = signer_of(workspace)
    public = signer.public_key
    named = {"algorithm": ALGORITHM, "public_key": public, "fingerprint": fingerprint(public)}
    signed = {**content, "signed_by": named}
    head = chain_head(signed, files)
    return {**signed, "chain_head": head, "signature": signer.sign(head), "files": files}


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


def flaw_of(report: Mapping[str, Any]) -> Flaw | None:
    """Return what is wrong with the seal of a report, None if it is as it was written."""
    try:
        content = dict(report)
        head, signature, files = (content.pop(name) for name in ("chain_head", "signature", "files"))
        signer = content["signed_by"]
        if signer["fingerprint"] != fingerprint(signer["public_key"]):
            return Flaw.SIGNATURE
        if not isinstance(files, list) or chain_head(content, files) != head:
            return Flaw.CHAIN
        return None if is_signed(head, signature, signer["public_key"]) else Flaw.SIGNATURE
    except (KeyError, TypeError, ValueError, AttributeError):
        return Flaw.FORM


def is_intact(report: Path) -> bool:
    """Tell whether a sealed report in JSON is as it was written."""
    try:
        return flaw_of(json.loads(report.read_text(encoding="utf-8"))) is None
    except (OSError, ValueError, TypeError):
        return False
