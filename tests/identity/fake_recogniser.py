"""A package with recognisers, written where Python finds it."""

import importlib

NAMES = '''
def quillon(text):
    at = text.find("quillon")
    return [(at, at + len("quillon"))] if at >= 0 else []


def broken(text):
    raise RuntimeError(text)
'''
METADATA = "Metadata-Version: 2.1\nName: invented_recognisers\nVersion: 1.0\n"
ENTRY_POINTS = """[eucaim_nb.recognisers]
quillon = invented_recognisers:quillon
broken = invented_recognisers:broken
"""


def installed(folder, monkeypatch):
    """Make a package that offers the recognisers `quillon`, which knows one name, and `broken`, which fails."""
    about = folder / "invented_recognisers-1.0.dist-info"
    about.mkdir()
    (folder / "invented_recognisers.py").write_text(NAMES, encoding="utf-8")
    (about / "METADATA").write_text(METADATA, encoding="utf-8")
    (about / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
