"""Stands for `java -jar libraries/CTP.jar` where there is no CTP: it reads config.xml and does what that says.

Like CTP it walks each tree once and passes over what is too young, sends archives of images, tries again after 404 or
a broken connection, and moves to its quarantine what was refused otherwise. Scripts are not its business.
"""

import io
import shutil
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from xml.etree.ElementTree import parse


def main() -> None:
    if "-version" in sys.argv:
        print('openjdk version "17.0.1"', file=sys.stderr)
        return
    stages = {stage.get("name"): stage for stage in parse("config.xml").getroot().iter() if stage.get("name")}
    export, tree = stages["export"], stages["import-1"]
    at_once = int(export.find("compressor").get("cacheSize"))
    images = [
        path
        for path in sorted(Path(tree.get("treeRoot")).rglob("*"))
        if path.is_file() and time.time() - path.stat().st_mtime >= int(tree.get("minAge")) / 1000
    ]
    for first in range(0, len(images), at_once):
        chosen = images[first : first + at_once]
        while (answer := post(export.get("url"), archive(chosen))) == "later":
            time.sleep(0.05)
        if answer == "never":
            quarantine = Path(export.get("quarantine"))
            quarantine.mkdir(parents=True, exist_ok=True)
            for path in chosen:
                shutil.copy(path, quarantine)
    time.sleep(600)  # CTP waits for more until it is stopped


def archive(paths: list[Path]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for number, path in enumerate(paths):
            target.write(path, f"study/{number}.dcm")
    return made.getvalue()


def post(url: str, body: bytes) -> str:
    request = urllib.request.Request(url, body, {"Content-Type": "application/zip"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return "taken" if response.read() == b"OK" else "never"
    except urllib.error.HTTPError as error:
        return "later" if error.code == 404 else "never"
    except OSError:
        return "later"


main()
