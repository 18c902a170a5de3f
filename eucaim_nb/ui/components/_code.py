"""The same in code, folded; and text to copy."""

import ipywidgets as w

from ._html import code, copyable, fold, line, show


def code_fold(source: str) -> w.HTML:
    """Return the code that does what the page does, behind a line."""
    return show(fold("The same in code", code(source)))


def copy(label: str, value: object) -> w.HTML:
    """Return a value, such as a path or a UID, with a button that copies it."""
    return show(line(f"{label}:", copyable(value, label)))
