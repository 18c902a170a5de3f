"""Keep identifiers and secrets out of logs: what may be written about an error, and what is blanked in any line."""

import logging
import re
import traceback

from eucaim_nb.errors import EucaimError

_SECRETS = re.compile(
    r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?(?:basic|bearer|token)?\s*|"
    r"(?:password|passwd|token|secret|cookie|jsessionid)['\"]?\s*[:=]\s*['\"]?)[^\s'\",;&]+"
)
_URL_CREDENTIALS = re.compile(r"(://)[^/@\s]+@")


def secrets(text: str) -> str:
    """Return `text` with passwords, tokens and credentials inside URLs blanked."""
    return _URL_CREDENTIALS.sub(r"\1***@", _SECRETS.sub(r"\1***", text))


def describe(error: BaseException) -> str:
    """Say what went wrong in words that hold no data.

    Our own errors are written to be shown. The message of any other exception may quote a header value or
    a file name,
    so only its type is named.
    """
    if isinstance(error, EucaimError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"The operating system said: {error.strerror}."
    return f"An unexpected error of type {type(error).__name__} stopped the work. The local log says where."


def frames(error: BaseException) -> str:
    """Return the traceback as places in code and exception types, without messages: even ours may name a path."""
    lines = []
    while error is not None:
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        lines.append(type(error).__name__)
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return "\n".join(lines)


class Formatter(logging.Formatter):
    """Log lines with one event each, secrets blanked, control characters escaped and tracebacks reduced to places."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Format a record, not trusting the traceback that another handler's formatter may have left in it."""
        record.exc_text = None
        line = super().format(record)
        record.exc_text = None
        return line

    def formatException(self, ei: object) -> str:  # noqa: N802
        """Replace the interpreter's traceback, which quotes messages, by the places alone."""
        return frames(ei[1])  # type: ignore[index]

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Escape line breaks and terminal codes, which DICOM text may carry."""
        line = super().formatMessage(record)
        return secrets("".join(c if c.isprintable() else repr(c)[1:-1] for c in line))
