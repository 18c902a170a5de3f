"""CTP's DicomAnonymizerTool with a script, such as that of Lethe, the EUCAIM anonymiser: a peer that pip does not have.

Its jars are in no package registry and not in this project. A folder that the option `--ctp-home` or the environment
variable CTP_HOME names holds them: `DAT.jar`, the folder `libraries`, and the script `anon.script`, as the folder `ctp`
of github.com/sgsfak/eucaim_anon_pipeline does. Java 11 or newer is needed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

NAME = "ctp"
SCRIPT = "anon.script"
_MAIN = "org.rsna.dicomanonymizertool.DicomAnonymizerTool"
# What Lethe gives its script; a script without these parameters does not look at them.
_PARAMETERS = {
    "UIDROOT": "1.3.6.1.4.1.58108.2023",
    "PROVIDERID": hashlib.sha256(b"benchmark").hexdigest(),
    "SECRET_KEY": "benchmark",
}


def home_of(given: Path | None) -> Path | None:
    """Return the folder of the jars, None if nobody named one."""
    named = given or (Path(os.environ["CTP_HOME"]) if os.environ.get("CTP_HOME") else None)
    if named is not None and not (named / "DAT.jar").is_file():
        raise SystemExit(f"There is no DAT.jar in {named}.")
    return None if named is None else named.resolve()


def run_ctp(corpus: Path, out: Path, home: Path) -> dict[str, Any]:
    """Let it de-identify the corpus in one thread; CPU is that of the whole Java process, its start with it."""
    command = ["java", "-Djava.awt.headless=true", "-cp", os.pathsep.join(("DAT.jar", "libraries/*")), _MAIN]
    command += ["-in", str(corpus), "-out", str(out), "-da", SCRIPT, "-n", "1"]
    for name, value in _PARAMETERS.items():
        command += [f"-p{name}", value]
    began = os.times()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=home)
    ended = os.times()
    # It ends with 0 whatever happened, and says what became of each file.
    tried, failed = done.stdout.count("Anonymizing "), done.stdout.count("QUARANTINE")
    if not tried:
        raise RuntimeError(f"CTP did not begin: {(done.stderr or done.stdout)[-400:]}")
    seconds = ended.children_user + ended.children_system - began.children_user - began.children_system
    return {"cpu_seconds": seconds, "files": tried, "failed": failed}
