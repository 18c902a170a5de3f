"""What a file is when it is not DICOM, told from its first bytes."""

_SIGNATURES = (
    (0, b"%PDF", "PDF document"),
    (0, b"PK\x03\x04", "ZIP archive"),
    (0, b"PK\x05\x06", "ZIP archive"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (0, b"Rar!\x1a\x07", "RAR archive"),
    (257, b"ustar", "tar archive"),
    (0, b"NRRD", "NRRD"),
    (344, b"n+1\x00", "NIfTI"),
    (344, b"ni1\x00", "NIfTI"),
    (4, b"n+2\x00", "NIfTI"),
    (0, b"ObjectType =", "MetaImage"),
    (0, b"\x89HDF\r\n\x1a\n", "HDF5"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"GIF8", "GIF"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"SQLite format 3\x00", "SQLite"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office document"),
    (0, b"{\\rtf", "RTF document"),
    (0, b"\x00\x05\x16\x07", "macOS resource fork"),
    (0, b"\x00\x05\x16\x00", "macOS resource fork"),
)

_EXECUTABLE = (
    (b"MZ", "Windows program"),
    (b"\x7fELF", "Linux program"),
    (b"\xfe\xed\xfa\xce", "macOS program"),
    (b"\xfe\xed\xfa\xcf", "macOS program"),
    (b"\xce\xfa\xed\xfe", "macOS program"),
    (b"\xcf\xfa\xed\xfe", "macOS program"),
    (b"\xca\xfe\xba\xbe", "macOS or Java program"),
    (b"#!", "script"),
)


def sniff(start: bytes) -> str:
    """Name the format that the first bytes of a file show, or ``"unknown"``.

    Parameters
    ----------
    start : bytes
        The first 512 bytes or more, if the file has that many.
    """
    for offset, signature, name in _SIGNATURES:
        if start.startswith(signature, offset):
            return name
    program = executable(start)
    if program and program != "script":
        return program
    return _kind_of_text(start) or "unknown"


def executable(start: bytes) -> str:
    """Name the kind of program that the first bytes would start, or return an empty string."""
    for signature, name in _EXECUTABLE:
        if start.startswith(signature):
            return name
    return ""


def _kind_of_text(start: bytes) -> str:
    beginning = start[:512]
    if any(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in beginning):
        return ""
    try:
        # The last character may be cut in two.
        text = beginning.decode("utf-8-sig", errors="strict" if len(start) < 512 else "ignore")
    except UnicodeDecodeError:
        return ""
    text = text.lstrip().lower()
    if text.startswith(("<!doctype html", "<html")):
        return "HTML page"
    if text.startswith("<?xml"):
        return "XML"
    if text.startswith(("{", "[")):
        return "JSON"
    return "text" if text else ""
