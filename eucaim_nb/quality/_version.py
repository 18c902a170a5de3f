"""What the findings of a series depend on besides its files: the checks that there are, and the node."""

from functools import cache
from hashlib import blake2b

from eucaim_nb import __version__

from ._context import Context
from ._registry import registry


def salt(context: Context) -> bytes:
    """Return a digest of what the checks of a series depend on besides its files."""
    settings = {name: str(value) for name, value in sorted(context.settings.items())}
    text = f"{version()} {context.node} {context.project} {context.outputs} {settings}"
    return blake2b(text.encode(), digest_size=8).digest()


@cache
def version() -> str:
    """Return a digest of the checks that there are."""
    known = " ".join(
        f"{one.id}{one.level.value}{one.title}{one.source}{one.reads}" for one in registry().values()
    )
    return blake2b(f"{__version__} {known}".encode(), digest_size=8).hexdigest()
