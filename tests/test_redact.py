"""What may be written about an error, and what is blanked."""

import logging

import pytest

from eucaim_nb import redact
from eucaim_nb.errors import NodeError


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Basic dXNlcjpwdw==", "dXNlcjpwdw=="),
        ("authorization=Bearer abc.def.ghi", "abc.def.ghi"),
        ("GET /?token=8f3a&x=1", "8f3a"),
        ("password='hunter2'", "hunter2"),
        ('{"password": "hunter2"}', "hunter2"),
        ("https://me:hunter2@node.example/path", "hunter2"),
        ("Cookie: JSESSIONID=ABCDEF", "ABCDEF"),
    ],
)
def test_secrets_are_blanked(text, secret):
    assert secret in text
    assert secret not in redact.secrets(text)


def test_own_errors_are_shown_and_foreign_ones_only_named():
    assert redact.describe(NodeError("The node is full.")) == "The node is full."
    assert "Montoya" not in redact.describe(ValueError("PatientName Montoya"))
    assert "No space left" in redact.describe(OSError(28, "No space left on device", "/data/Montoya.dcm"))
    assert "Montoya" not in redact.describe(OSError(28, "No space left on device", "/data/Montoya.dcm"))


def test_log_line_has_places_but_no_message_even_after_another_handler_formatted_it(tmp_path):
    log = logging.getLogger("tests.redact")
    log.propagate = False
    plain = logging.FileHandler(tmp_path / "plain.log")
    ours = logging.FileHandler(tmp_path / "ours.log", encoding="utf-8")
    ours.setFormatter(redact.Formatter())
    for handler in (plain, ours):
        log.addHandler(handler)
    try:
        raise ValueError("PatientName Montoya")
    except ValueError:
        log.exception("failed for\x1b[31m %s", "token=abc\nFAKE LINE")
    finally:
        for handler in (plain, ours):
            log.removeHandler(handler)
            handler.close()
    written = (tmp_path / "ours.log").read_text()
    assert "Montoya" in (tmp_path / "plain.log").read_text()
    assert "ValueError" in written
    assert "test_redact.py" in written
    for unwanted in ("Montoya", "abc", "\x1b", "\nFAKE"):
        assert unwanted not in written


def test_causes_are_named_too():
    try:
        try:
            raise KeyError("Montoya")
        except KeyError as error:
            raise NodeError("It failed.") from error
    except NodeError as error:
        written = redact.frames(error)
    assert "KeyError" in written
    assert "NodeError" in written
    assert "Montoya" not in written
