"""What a person types beside something that is recorded."""

from eucaim_nb.errors import SettingsError

_LONGEST = 10_000


def checked_note(text: str) -> str:
    """Return a note as it is kept: valid text without space around it.

    Raises
    ------
    SettingsError
        It is longer than 10,000 characters.
    """
    note = text.strip().encode("utf-8", "replace").decode("utf-8")
    if len(note) > _LONGEST:
        raise SettingsError(
            f"The note is longer than {_LONGEST:,} characters. Keep it in a file and record that."
        )
    return note
