"""A secret in a file of its own: never on the command line."""

from pathlib import Path

from eucaim_nb.errors import SettingsError


def read_secret(file: str) -> str:
    """Return the secret of the EUCAIM anonymiser that a file holds.

    Raises
    ------
    SettingsError
        The file cannot be read or is empty.
    """
    try:
        text = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("The file with the secret cannot be read. Give a text file with one line.") from error
    if not text:
        raise SettingsError("The file with the secret is empty. Put the secret in it, on one line.")
    return text
