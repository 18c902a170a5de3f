"""Write eucaim_nb/reference/iod_types.csv: the attribute types that decide the compound actions of PS3.15 Table E.1-1.

The types come from the tables that the highdicom package carries (MIT; made from PS3.3 by innolitics/dicom-standard,
MIT), so the only thing needed is `pip install highdicom`; nothing is downloaded. Run it again when ps315.csv or
highdicom changes:

    python tools/iod_types.py
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydicom.datadict import DicomDictionary, tag_for_keyword

REFERENCE = Path(__file__).parent.parent / "eucaim_nb" / "reference"
STRICTEST_FIRST = ("1", "1C", "2", "2C", "3")
UNLISTED_VRS = ("AE", "DA", "DT", "PN", "TM", "UR")
"""Attributes of these VRs that the table does not list may be emptied, so their type matters too."""

Types = dict[int, str]


def standard(name: str) -> Any:
    return json.loads(files("highdicom").joinpath("_standard", name).read_text(encoding="utf-8"))


def wanted_tags() -> tuple[set[int], set[int]]:
    """Return the tags whose action depends on any type, and those that are removed unless they are required."""
    with (REFERENCE / "ps315.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    listed = {row["tag"] for row in rows}
    typed = {int(row["tag"], 16) for row in rows if "Z" in row["basic"] or "/" in row["basic"]} | {
        tag for tag, (vr, *_) in DicomDictionary.items() if vr in UNLISTED_VRS and f"{tag:08X}" not in listed
    }
    single = {row["tag"] for row in rows if row["basic"] == "X" and row["tag"] != "odd" and "X" not in row["tag"]}
    return typed, {int(tag, 16) for tag in single}


def add(types: Types, tag: int, type_: str) -> None:
    """Keep the strictest type: a dummy where an empty value would do harms nobody, the reverse breaks the IOD."""
    type_ = "1C" if type_ == "None" else type_  # a content item macro that states its type in words only
    types[tag] = min(type_, types.get(tag, type_), key=STRICTEST_FIRST.index)


def collect() -> tuple[dict[str, Types], dict[int, Types]]:
    """Return the types by IOD at the top level, and by sequence inside sequences (over all IODs)."""
    typed, removed = wanted_tags()
    modules: dict[str, Types] = defaultdict(dict)
    sequences: dict[int, Types] = defaultdict(dict)
    for module, attributes in standard("module_attribute_map.json").items():
        for attribute in attributes:
            tag = tag_for_keyword(attribute["keyword"])
            if tag not in typed and not (tag in removed and attribute["type"] in ("1", "2")):
                continue
            if not attribute["path"]:
                add(modules[module], tag, attribute["type"])
            elif parent := tag_for_keyword(attribute["path"][-1]):
                add(sequences[parent], tag, attribute["type"])
    iods: dict[str, Types] = defaultdict(dict)
    for iod, parts in standard("iod_module_map.json").items():
        for part in parts:
            for tag, type_ in modules[part["key"]].items():
                add(iods[iod], tag, type_)
    return iods, sequences


def lines() -> Iterator[tuple[str, str, str]]:
    iods, sequences = collect()
    for uid, iod in sorted(standard("sop_class_iod_map.json").items()):
        yield "class", uid, iod
    for kind, places in (("iod", iods), ("sequence", {f"{tag:08X}": types for tag, types in sequences.items()})):
        for place, types in sorted(places.items()):
            of_type = defaultdict(list)
            for tag, type_ in sorted(types.items()):
                of_type[type_].append(f"{tag:08X}")
            for type_ in sorted(of_type):
                yield kind, f"{place} {type_}", " ".join(of_type[type_])


def main() -> None:
    with (REFERENCE / "iod_types.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(
            "# Attribute types (PS3.3) of the attributes whose treatment in PS3.15 Table E.1-1 depends on them; of\n"
            "# those that are simply removed (X) only where an object requires them (type 1 or 2).\n"
            "# class: SOP class UID -> IOD. iod: an IOD and a type -> tags at the top level of its instances.\n"
            "# sequence: a sequence and a type -> tags in its items, the strictest type over all IODs.\n"
            f"# Derived by tools/iod_types.py from the tables of highdicom {version('highdicom')} (MIT), which\n"
            "# innolitics/dicom-standard (MIT) makes from PS3.3 of the DICOM Standard (NEMA).\n"
        )
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("kind", "place", "value"))
        rows.writerows(lines())


if __name__ == "__main__":
    main()
