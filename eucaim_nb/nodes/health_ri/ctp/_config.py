"""`config.xml` of CTP: a pipeline from a folder of images to a node."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

MIN_AGE_SECONDS = 5.0
"""How old a file must be when CTP comes to it; a younger one is passed over for good."""
_STAGES = "org.rsna.ctp.stdstages."
_DICOM_ONLY = {"acceptXmlObjects": "no", "acceptZipObjects": "no", "acceptFileObjects": "no"}


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What a `config.xml` is made of; paths are as CTP reads them: relative to its own folder, or whole.

    Attributes
    ----------
    port
        Of the web page of CTP.
    trees
        Folders of images, which CTP reads and leaves as they are.
    export
        Address that takes the images, with its port.
    xnat
        Address of the XNAT if the export goes there directly, else empty; it then needs a user name and password.
    anonymizer, lookup
        The script that de-identifies, and its look-up table; empty if the images are de-identified already.
    routing, filter
        The other scripts.
    zipped
        How many images travel together; 0 sends each by itself.
    interval_ms
        How long CTP rests before it looks into its queue again.
    """

    port: int
    trees: Sequence[str]
    export: str
    routing: str
    filter: str
    xnat: str = ""
    anonymizer: str = ""
    lookup: str = ""
    zipped: int = 0
    interval_ms: int = 5000


def config(pipeline: Pipeline) -> str:
    """Return `config.xml`. Every stage has a root and a quarantine of its own: without one, CTP deletes."""
    root = Element("Configuration")
    SubElement(root, "Server", port=str(pipeline.port), maxThreads="10", requireAuthentication="yes")
    line = SubElement(root, "Pipeline", name="EUCAIM")
    for number, tree in enumerate(pipeline.trees, 1):
        reading = {"treeRoot": tree, "minAge": str(round(1000 * MIN_AGE_SECONDS)), "expandTARs": "no", **_DICOM_ONLY}
        _stage(line, "ArchiveImportService", f"import-{number}", reading)
    _stage(line, "DicomFilter", "filter", {"script": pipeline.filter})
    if pipeline.anonymizer:
        treating = {"script": pipeline.anonymizer, "lookupTable": pipeline.lookup}
        _stage(line, "DicomAnonymizer", "anonymizer", treating)
    _stage(line, "DicomAnonymizer", "routing", {"script": pipeline.routing})
    sending = {"url": pipeline.export, "interval": str(pipeline.interval_ms)}
    export = _stage(line, "HttpExportService", "export", sending)
    if pipeline.zipped:
        export.set("contentType", "application/zip")
        naming = {"structure": "[0020,000D]/[0008,0018]", "defaultString": "none", "whitespaceReplacement": "_"}
        SubElement(export, "compressor", {"cacheSize": str(pipeline.zipped), **naming})
    if pipeline.xnat:
        access = {"url": f"{pipeline.xnat}/data/JSESSION", "cookieName": "JSESSIONID", "username": "", "password": ""}
        SubElement(export, "xnat", access)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _stage(pipeline: Element, kind: str, name: str, attributes: dict[str, str]) -> Element:
    folders = {"root": f"roots/{name}", "quarantine": f"quarantines/{name}"}
    return SubElement(pipeline, kind, {"name": name, "class": _STAGES + kind, **folders, **attributes})
