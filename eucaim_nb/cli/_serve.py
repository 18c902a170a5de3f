"""Commands that serve: `app`, `lab`, `practice`."""

import argparse

from eucaim_nb.errors import SettingsError

from ._console import Console


def app(options: argparse.Namespace, console: Console) -> int:
    """Open the guided pages."""
    from eucaim_nb import launcher

    launcher.app(options.workspace, port=options.port, browser=not options.no_browser)
    return 0


def lab(options: argparse.Namespace, console: Console) -> int:
    """Open the notebooks in JupyterLab."""
    from eucaim_nb import launcher

    launcher.lab(options.workspace, port=options.port, browser=not options.no_browser)
    return 0


def practice(options: argparse.Namespace, console: Console) -> int:
    """Run the practice nodes."""
    from eucaim_nb.practice import StoreInUse, serve

    try:
        serve(
            options.directory,
            port=options.port,
            dicomweb=options.dicomweb,
            faults=options.fault,
            ready_file=options.ready_file,
        )
    except (ValueError, OSError, StoreInUse) as error:
        # Texts of the practice nodes name options and ports, never data.
        raise SettingsError(f"The practice nodes cannot start: {error}") from error
    return 0
