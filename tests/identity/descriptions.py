"""Descriptions as scanners and hospitals write them, without anything that points to a person."""

from itertools import product
from pathlib import Path

WRITTEN = (Path(__file__).parent / "descriptions.txt").read_text(encoding="utf-8").splitlines()

_REGIONS = [
    "Abdomen",
    "ABD PEL",
    "Thorax",
    "CHEST",
    "Kopf",
    "Liver",
    "PROSTATA",
    "mama izq",
    "Becken",
    "Rodilla dcha",
    "sein gauche",
    "Lever",
    "C-SPINE",
]
_SEQUENCES = [
    "T2 TSE",
    "t1_vibe_fs",
    "DWI b1000",
    "ADC",
    "STIR",
    "FLAIR 3D",
    "mDIXON",
    "5.0 B31f",
    "1.25 mm LUNG",
    "VIBE dyn 5 min",
    "SPACE iso 0.9",
    "LAVA C+",
]
_PLANES = ["ax", "COR", "sag p2", "tra_320", "MPR cor 3.0", "(obl)", "RESP TRIG", "#2", "FS 4mm", "BH"]

COMBINED = [
    f"{region} {sequence} {plane}" for region, sequence, plane in product(_REGIONS, _SEQUENCES, _PLANES)
]
UNDERSCORED = [text.replace(" ", "_") for text in COMBINED[::7]]
CLEAN = [*WRITTEN, *COMBINED, *UNDERSCORED]
