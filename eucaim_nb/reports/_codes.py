"""What stands in a report for an identifier."""

from hashlib import blake2b

from eucaim_nb.workspace import Workspace


class Codes:
    """Short codes in place of identifiers, made with the workspace's id so that they mean nothing elsewhere."""

    def __init__(self, workspace: Workspace) -> None:
        self._key = blake2b(workspace.settings.id.encode(), digest_size=32).digest()

    def __call__(self, value: str) -> str:
        """Return the code of an identifier; '' for none."""
        if not value:
            return ""
        return blake2b(value.encode("utf-8", "surrogatepass"), key=self._key, digest_size=5).hexdigest()
