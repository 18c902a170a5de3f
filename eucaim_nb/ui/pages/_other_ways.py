"""What a node takes besides a plain upload: by the program it recommends, and, at Health-RI, NIfTI files."""

from collections.abc import Callable
from typing import Any

from eucaim_nb.jobs import latest
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._sign_in import SignIn


class OtherWays:
    """Closed lines, one for each way; its panel is made when it is opened, at once if its work is under way.

    Parameters
    ----------
    source
        Gives what is to be sent, as `transfer.upload` takes it.
    ended
        Called when a transfer has ended.

    Attributes
    ----------
    program
        The line of the program that the node recommends: CTP, or the uploader.
    nifti
        The line of NIfTI files; None where they are not taken.
    """

    def __init__(
        self,
        workspace: Workspace,
        sign_in: SignIn,
        notice: c.Notice,
        source: Callable[[], str],
        ended: Callable[[], object],
    ) -> None:
        self._workspace, self._sign_in, self._notice = workspace, sign_in, notice
        self._source, self._told = source, ended
        self.nifti: c.Drawer | None = None
        if node_defaults()[workspace.settings.node]["family"] == "health-ri":
            self.program = self._line("Send with CTP instead", self._ctp, "ctp")
            self.nifti = self._line("NIfTI files", self._nifti, "nifti", "nifti-headers")
        else:
            self.program = self._line("Pack for the uploader of the node instead", self._pack, "pack")

    def _line(self, title: str, build: Callable[[], Any], *kinds: str) -> c.Drawer:
        inside = c.stack()

        def turned(opened: bool) -> None:
            if opened and not inside.children:
                inside.children = [build()]

        line = c.Drawer(title, inside, self._notice, turned=turned)
        jobs = [latest(self._workspace, kind) for kind in kinds]
        line.turn(any(job is not None and job.alive for job in jobs))
        return line

    def _ctp(self) -> Any:
        from ._ctp import CtpWay

        return CtpWay(self._workspace, self._sign_in, self._notice, self._told).root

    def _nifti(self) -> Any:
        from ._nifti import NiftiWay

        return NiftiWay(self._workspace, self._sign_in, self._notice, self._told).root

    def _pack(self) -> Any:
        from ._pack import PackWay

        return PackWay(self._workspace, self._source, self._notice).root
