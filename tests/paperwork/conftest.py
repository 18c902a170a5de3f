"""Answers for every field of the agreement, with letters of Europe and what documents might take for markup."""

import pytest

from eucaim_nb.reference import dta_fields


@pytest.fixture(scope="session")
def every_answer() -> dict[str, str]:
    """One answer for each field that no other field contains."""
    return {
        field.id: f"«{field.id}» Łódź & Zürich <b>Ήπειρος</b>" + ("\nsecond line" if field.lines else "")
        for field in dta_fields()
    }
