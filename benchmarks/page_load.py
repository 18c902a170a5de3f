"""How soon a page is useful, and how fast its kernel answers while a scan runs.

    python benchmarks/page_load.py [--runs 5] [--files 20000]

Starts the pages on loopback with everything of the user in a temporary folder. `title` and `widgets` are seconds from
navigation until they are visible; `reply` is the time a kernel takes to answer, in milliseconds, while another process
scans FILES copies of the sample images. Prints one JSON object.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

sys.path.insert(0, str(Path(__file__).parents[1]))
from eucaim_nb import jobs
from eucaim_nb import workspace as workspaces
from tests.ui.browser import chromium, watched
from tests.ui.launched import environment, launched

NOTEBOOKS = ("00_start", "03_inspect_dicom", "09_upload_images")


def page_load(folder: Path, runs: int) -> dict[str, Any]:
    """Open each page some times, in a browser that has seen the pages before."""
    result: dict[str, Any] = {}
    with launched(env=environment(folder)) as app, chromium() as running, watched(running) as browser:
        browser.open(app.address)
        for notebook in NOTEBOOKS:
            times = [_load(browser, app.url(notebook)) for _ in range(runs)]
            titles, widgets = zip(*times, strict=True)
            result[notebook] = {
                "title_s": round(statistics.median(titles), 2),
                "widgets_s": round(statistics.median(widgets), 2),
                "slowest_s": round(max(widgets), 2),
            }
    return result


def _load(browser: Any, url: str) -> tuple[float, float]:
    began = time.monotonic()
    browser.page.goto(url, wait_until="commit")
    browser.page.locator("h1").first.wait_for(state="visible")
    title = time.monotonic() - began
    browser.wait()
    widgets = time.monotonic() - began
    browser.page.wait_for_load_state("networkidle")
    return title, widgets


def kernel_reply(folder: Path, files: int) -> dict[str, Any]:
    """Ask a kernel that shows the page of the scan, while the scan runs."""
    workspace = workspaces.current()
    assert workspace is not None
    images = sorted(path for path in Path(workspace.settings.sources[0]).rglob("*") if path.is_file())
    many = folder / "many"
    for number in range(files // len(images)):
        (many / str(number)).mkdir(parents=True)
        for place, image in enumerate(images):
            os.link(image, many / str(number) / f"{place}{image.suffix}")
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        client.execute_interactive(
            "from eucaim_nb.ui import pages; pages.show('inspect')", timeout=60, output_hook=_ignored
        )
        job = jobs.start(workspace, "scan", {"folders": [str(many)]})
        times = []
        while (row := jobs.get(workspace, job.id)) and row.alive:
            began = time.monotonic()
            client.execute_interactive("1 + 1", silent=True, timeout=60)
            times.append(1000 * (time.monotonic() - began))
            time.sleep(0.05)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if not times:
        return {"asked": 0}
    return {
        "asked": len(times),
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(sorted(times)[int(0.95 * (len(times) - 1))], 1),
        "max_ms": round(max(times), 1),
    }


def _ignored(message: Any) -> None:
    pass


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=20_000)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="eucaim-benchmark-"))
    try:
        os.environ.update(environment(folder))
        pages = page_load(folder, options.runs)
        print(
            json.dumps(
                {"pages": pages, "reply_while_scanning": kernel_reply(folder, options.files)}, indent=1
            )
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
