"""Checks of CTP's `config.xml`."""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from ._config import MIN_AGE_SECONDS
from ._notes import Note, Severity

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECRETS = ("username", "password")


def lint_config(file: str, root: Element, *, newest: float | None, now: float) -> Iterator[Note]:
    """Yield what is wrong with a configuration; `newest` is when the youngest image was changed, if known."""

    def note(rule: str, severity: Severity, where: str, message: str) -> Note:
        return Note(file, rule, severity, where, message)

    stages = [stage for line in root.iter("Pipeline") for stage in line]
    for stage in stages:
        where = stage.get("name") or stage.tag
        if not stage.get("quarantine"):
            said = "No quarantine: what this stage refuses is deleted. Give it a folder."
            yield note("quarantine", Severity.ERR, where, said)
        if not stage.get("root"):
            yield note("root", Severity.ERR, where, "No root: CTP does not start this stage. Give it a folder.")
    for folder, count in Counter(stage.get("root") for stage in stages if stage.get("root")).items():
        if count > 1:
            yield note("root", Severity.ERR, str(folder), "Two stages share this root. Give each its own.")
    yield from _lint_server(file, root)
    kinds = [stage.tag for stage in stages]
    if "DicomFilter" not in kinds:
        yield note("filter", Severity.WARN, "Pipeline", "No DicomFilter: whatever lies in the folder is sent.")
    for stage in stages:
        where = stage.get("name") or stage.tag
        if stage.tag == "DirectoryImportService":
            said = "This stage deletes what it has read. Point it at a copy, or use ArchiveImportService."
            yield note("deletes", Severity.WARN, where, said)
        if stage.tag == "ArchiveImportService":
            yield from _lint_tree(file, where, stage, stages, newest, now)
        if (stage.get("lookupTable") or "").lower().endswith(".csv"):
            said = "CTP takes no row from a look-up table in CSV, and quarantines everything. Use .properties."
            yield note("look-up table", Severity.ERR, where, said)
        if stage.tag == "HttpExportService":
            yield from _lint_export(file, where, stage)


def _lint_server(file: str, root: Element) -> Iterator[Note]:
    for server in root.iter("Server"):
        port = server.get("port") or ""
        if not port.isdigit() or not 1024 < int(port) < 65536:
            said = "Give a port from 1025 to 65535: lower ones need an administrator."
            yield Note(file, "port", Severity.ERR, "Server", said)
        if server.get("requireAuthentication") != "yes":
            said = "Everybody in your network can open the pages of CTP. Set requireAuthentication to yes."
            yield Note(file, "open pages", Severity.WARN, "Server", said)
    said = "CTP comes with the users admin and king, both with the password 'password'. Change both before it starts."
    yield Note(file, "default passwords", Severity.INFO, "users.xml", said)


def _lint_tree(
    file: str, where: str, stage: Element, stages: list[Element], newest: float | None, now: float
) -> Iterator[Note]:
    tree = PurePath(stage.get("treeRoot") or "")
    if not stage.get("treeRoot"):
        yield Note(file, "tree", Severity.ERR, where, "No treeRoot: there is nothing to send.")
        return
    for other in stages:
        folder = PurePath(other.get("root") or "")
        if tree.is_absolute() and folder.is_absolute() and folder.is_relative_to(tree):
            said = "The working folders of CTP lie in the folder that it reads. Keep them apart."
            yield Note(file, "tree", Severity.ERR, where, said)
    age = stage.get("minAge") or ""
    wait = max(int(age), 1000) / 1000 if age.isdigit() and int(age) >= 1000 else MIN_AGE_SECONDS
    if newest is not None and now - newest < wait:
        said = (
            f"Files were changed less than {wait:.0f} seconds ago. CTP walks the folder once, and passes over for good "
            "what is younger when it comes by. Wait that long before it starts."
        )
        yield Note(file, "too young", Severity.WARN, where, said)


def _lint_export(file: str, where: str, stage: Element) -> Iterator[Note]:
    def note(rule: str, severity: Severity, message: str) -> Note:
        return Note(file, rule, severity, where, message)

    try:
        parts = urlsplit(stage.get("url") or "")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in ("http", "https"):
        yield note("address", Severity.ERR, "The address to send to is missing or no address.")
        return
    if port is None:
        yield note("port", Severity.ERR, "CTP takes no address without a port. Write it, for instance :443.")
    if parts.scheme == "http" and host not in _LOOPBACK:
        yield note("encryption", Severity.ERR, "Images do not travel unencrypted. Use https.")
    if parts.scheme == "https":
        said = (
            "CTP takes any certificate, whoever made it and for whatever host: somebody in between could read along. "
            "Send from a network that you trust, or with eucaim-nb ctp --run, which verifies the certificate itself."
        )
        yield note("certificate", Severity.WARN, said)
    xnat = stage.find("xnat")
    kept = [name for one in (stage, xnat) if one is not None for name in _SECRETS if one.get(name)]
    if kept or parts.username:
        said = "A user name or password stands in this file, and CTP writes the file to its log. Take it out."
        yield note("password", Severity.ERR, said)
    elif xnat is not None:
        said = "Fill in user name and password of the XNAT on the computer that runs CTP, and nowhere else."
        yield note("sign-in", Severity.WARN, said)
    if "import" in parts.path and xnat is None and host not in _LOOPBACK:
        said = "An XNAT asks for a sign-in, and there is no <xnat> in this stage."
        yield note("sign-in", Severity.ERR, said)
