"""The practice nodes as one process: start, announce, stop."""

import json
import logging
import os
import shutil
import signal
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from eucaim_nb import __version__

from ._control import Control, RequestLog
from ._dicomweb import DicomWeb
from ._faults import FaultBoard, FaultSpec
from ._listener import Listener
from ._login import write_private
from ._policy import Policy
from ._proxy import UNAVAILABLE, DicomWebProxy, Upstream, UpstreamHoldings
from ._router import Router
from ._spool import Spool
from ._store import Store
from .central import Central
from .health_ri import INBOX, HealthRi
from .health_ri import PROJECT as HEALTH_RI_PROJECT
from .upv import RemoteDatalake, StoreDatalake, UpvNode

PROJECT = "PRACTICE|MAIN"
TIMEPOINT = "Diagnosis"
_DICOMWEB = "/upv/dicom-web"
_HEALTH_RI = "/health-ri"
_CONTROL = "/control"


class PracticeNodes:
    """The practice nodes in this process: `with PracticeNodes(folder) as nodes: ...`.

    Parameters
    ----------
    directory : str or Path
        Everything the nodes know; made if missing. A second start serves the same content.
    port : int
        On 127.0.0.1; 0 takes a free one.
    dicomweb : str, optional
        A real DICOMweb server to stand in front of, instead of the node's own store.
    faults : iterable of str or FaultSpec
        What goes wrong from the start.
    policy : Policy, optional
        How the nodes behave otherwise.

    Raises
    ------
    StoreInUse
        Another process serves this folder.
    ValueError
        A fault or the address of the real server cannot be understood.
    """

    def __init__(
        self,
        directory: str | Path,
        *,
        port: int = 0,
        dicomweb: str | None = None,
        faults: Iterable[str | FaultSpec] = (),
        policy: Policy | None = None,
    ) -> None:
        folder = self._folder = Path(directory).absolute()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.policy = policy or Policy()
        self.faults = FaultBoard(UNAVAILABLE if dicomweb else ())
        self.faults.set(faults)
        log = RequestLog()
        self._router = Router(self.faults, self.policy)
        self._store: Store | None = None
        self._spool: Path | None = None
        if dicomweb is None:
            self._store = Store(folder / "upv")
            self._upv = UpvNode(folder, self.policy, StoreDatalake(self._store))
            self._router.add(_DICOMWEB, DicomWeb(self._store, self.policy, self._upv.door))
            held: Callable[[], list[dict[str, Any]]] = partial(_listed, self._store)
        else:
            upstream = Upstream(dicomweb)
            self._upv = UpvNode(folder, self.policy, RemoteDatalake(upstream))
            self._spool = Path(tempfile.mkdtemp(prefix="proxy-", dir=folder))
            proxy = DicomWebProxy(upstream, Spool(self._spool), self._upv.door)
            self._router.add(_DICOMWEB, proxy)
            held = UpstreamHoldings(upstream).list
        self.username, self.password = self._upv.login.username, self._upv.login.password
        self._upv.add_rooms(self._router)
        self._health_ri = HealthRi(folder / "health-ri", self.username, self.password)
        self._router.add(_HEALTH_RI, self._health_ri)
        projects = {"upv": PROJECT, "health-ri": HEALTH_RI_PROJECT}
        self._central = Central(folder / "central", self._router, self.username, projects)
        control = Control(
            self.faults,
            self.policy,
            log,
            instances={"upv": held, "health-ri": self._health_ri.instances},
            wipe=self._wipe,
            orders={"export-dataset": self._upv.order, "catalogue": self._central.order},
        )
        self._router.add(_CONTROL, control)
        try:
            self._listener = Listener(port, self._router, log, quiet=_CONTROL)
        except OSError:
            self._close()
            raise
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.05,), name="practice", daemon=True
        )
        self._thread.start()
        self._running = True

    @property
    def url(self) -> str:
        """The common beginning of all addresses."""
        return self._listener.base

    @property
    def dicomweb(self) -> str:
        """The DICOMweb root of the UPV practice node."""
        return self.url + _DICOMWEB

    @property
    def health_ri(self) -> str:
        """The address of the Health-RI practice node, for `xnat.connect`."""
        return self.url + _HEALTH_RI

    @property
    def control(self) -> str:
        """The control address."""
        return self.url + _CONTROL

    def ready(self) -> dict[str, Any]:
        """Return what a client needs to know; it contains the password."""
        upv = {
            **self._upv.ready(self.url),
            "dicomweb": self.dicomweb,
            "username": self.username,
            "password": self.password,
            "project": PROJECT,
            "timepoint": TIMEPOINT,
        }
        health_ri = {
            "url": self.health_ri,
            "username": self.username,
            "password": self.password,
            "project": HEALTH_RI_PROJECT,
            "inbox": str(self._folder / "health-ri" / INBOX),
        }
        return {
            "upv": upv,
            "health_ri": health_ri,
            **self._central.ready(self.url),
            "control": self.control,
            "pid": os.getpid(),
            "version": __version__,
        }

    def stop(self) -> None:
        """Close all connections and let go of the folder. Calling it again does nothing."""
        if not self._running:
            return
        self._running = False
        self._router.stopping.set()
        self._listener.stop()
        self._thread.join()
        self._close()

    def _wipe(self) -> dict[str, int] | None:
        """Empty everything, unless the instances are on a real server; return how much of what it was."""
        if self._store is None:
            return None
        wiped = {"wiped": self._store.wipe(), **self._upv.wipe(), **self._central.wipe()}
        return wiped | {"health_ri_files": self._health_ri.wipe()}

    def _close(self) -> None:
        self._upv.close()
        self._health_ri.close()
        self._central.close()
        if self._store is not None:
            self._store.close()
        if self._spool is not None:
            shutil.rmtree(self._spool, ignore_errors=True)

    def __enter__(self) -> "PracticeNodes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    directory: str | Path,
    *,
    port: int = 0,
    dicomweb: str | None = None,
    faults: Iterable[str | FaultSpec] = (),
    ready_file: str | Path | None = None,
    stop_event: threading.Event | None = None,
    policy: Policy | None = None,
) -> None:
    """Run the practice nodes until SIGTERM, SIGINT or `stop_event`.

    Parameters
    ----------
    directory, port, dicomweb, faults, policy
        See `PracticeNodes`.
    ready_file : str or Path, optional
        Written, with mode 0600, when everything answers: addresses and credentials as JSON. Removed at the
        end.
    stop_event : threading.Event, optional
        Another way to stop.
    """
    stop = stop_event or threading.Event()
    if ready_file is not None:
        Path(ready_file).unlink(missing_ok=True)  # of a run that was killed
    # pydicom quotes the values it complains about.
    warnings.filterwarnings("ignore", module="pydicom")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    with (
        _stopped_by_signals(stop),
        PracticeNodes(directory, port=port, dicomweb=dicomweb, faults=faults, policy=policy) as nodes,
    ):
        if ready_file is not None:
            write_private(Path(ready_file), json.dumps(nodes.ready(), indent=2))
        try:
            while not stop.wait(0.5):  # on Windows a signal is only noticed between waits
                pass
        finally:
            if ready_file is not None:
                Path(ready_file).unlink(missing_ok=True)


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _listed(store: Store) -> list[dict[str, Any]]:
    """List every instance of a store as study, series, sop, sha256 and bytes."""
    names = ("study", "series", "sop", "sha256", "bytes")
    return [{name: getattr(one, name) for name in names} for one in store.instances()]
