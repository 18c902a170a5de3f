"""Write eucaim_nb/reference/required_attributes.csv: what an instance must have at its top level (types 1 and 2).

The types come from the tables that the highdicom package carries (MIT; made from PS3.3 by innolitics/dicom-standard,
MIT), so the only thing needed is `pip install highdicom`; nothing is downloaded:

    python tools/required_attributes.py
"""

import json
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydicom.datadict import tag_for_keyword

TABLE = Path(__file__).parent.parent / "eucaim_nb" / "reference" / "required_attributes.csv"


def standard(name: str) -> Any:
    """Return one of highdicom's tables."""
    return json.loads(files("highdicom").joinpath("_standard", name).read_text(encoding="utf-8"))


def main() -> None:
    """Write the table."""
    attributes = standard("module_attribute_map.json")
    classes = standard("sop_class_iod_map.json")
    modules_of = standard("iod_module_map.json")
    used: dict[str, None] = {}
    rows: list[tuple[str, str, str]] = []
    for uid, iod in sorted(classes.items()):
        mandatory = [one["key"] for one in modules_of[iod] if one["usage"] == "M"]
        rows.append(("class", uid, " ".join(mandatory)))
        used.update(dict.fromkeys(mandatory))
    for module in sorted(used):
        for type_ in ("1", "2"):
            tags = sorted(
                {
                    tag
                    for one in attributes.get(module, ())
                    if not one["path"]
                    and one["type"] == type_
                    and (tag := tag_for_keyword(one["keyword"])) is not None
                }
            )
            if tags:
                rows.append((f"type {type_}", module, " ".join(f"{tag:08X}" for tag in tags)))
    with TABLE.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            "# Attributes that an instance must have at its top level (PS3.3): type 1 with a value, type 2 maybe "
            "empty.\n# class: SOP Class UID -> its mandatory modules. type 1, type 2: module -> tags.\n"
            f"# Derived by tools/required_attributes.py from the tables of highdicom {version('highdicom')} (MIT), "
            "which\n# innolitics/dicom-standard (MIT) makes from PS3.3 of the DICOM Standard (NEMA).\n"
            "kind,name,values\n"
        )
        file.writelines(f"{','.join(row)}\n" for row in rows)


if __name__ == "__main__":
    main()
