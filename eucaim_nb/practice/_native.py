"""The Native DICOM Model: DICOM JSON as XML (PS3.19 annex A.1), for servers that answer so."""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

_NAMESPACE = "http://dicom.nema.org/PS3.19/models/NativeDICOM"


def native_xml(module: Mapping[str, Any]) -> bytes:
    """Write a module whose values are texts, numbers and sequences."""
    root = Element("NativeDicomModel", {"xmlns": _NAMESPACE})
    _add(root, module)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add(parent: Element, module: Mapping[str, Any]) -> None:
    for tag, element in module.items():
        attribute = SubElement(parent, "DicomAttribute", {"tag": tag, "vr": element["vr"]})
        for number, value in enumerate(element.get("Value", []), 1):
            if isinstance(value, Mapping):
                _add(SubElement(attribute, "Item", {"number": str(number)}), value)
            else:
                SubElement(attribute, "Value", {"number": str(number)}).text = str(value)
