"""What EUCAIM asks of the annotations of a whole dataset."""

from collections.abc import Callable

from eucaim_nb.annotations import ANNOTATOR_TYPES, About, about, keep_about
from eucaim_nb.errors import MaskError
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

TITLE = "What EUCAIM asks of the annotations as a whole"


class AboutDataset:
    """Four fields, asked once; nobody is named.

    Parameters
    ----------
    kept
        Called after a person had the answers kept.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, kept: Callable[[], object]) -> None:
        self._workspace, self._notice, self._kept = workspace, notice, kept
        said = about(workspace)
        self.annotators = c.text("Number of annotators", "" if said.annotators < 0 else str(said.annotators))
        self.type = c.text("What they are", said.annotator_type, hint=f"for instance {ANNOTATOR_TYPES[0]}")
        self.experience = c.text("Years of experience", said.years_of_experience, hint="for instance 5 to 12")
        self.sequences = c.text("Sequences they looked at", said.sequences, hint="for instance T2w axial and ADC")
        fields = c.two_columns(self.annotators, self.type, self.experience, self.sequences)
        keep = c.row(c.button("Keep the answers", self._keep, notice))
        self.root = c.Drawer(f"{TITLE} (once; nobody is named)", c.stack(fields, keep), notice).root

    def _keep(self) -> None:
        self.keep()
        self._kept()
        self._notice.say("The answers are kept.")

    def keep(self) -> None:
        """Write down what the fields say.

        Raises
        ------
        MaskError
            The number is none.
        """
        typed = self.annotators.value.strip()
        if typed and not typed.isdecimal():
            raise MaskError("The number of annotators: give a whole number of people, or nothing.")
        said = About(
            int(typed) if typed else -1,
            self.type.value.strip(),
            self.experience.value.strip(),
            self.sequences.value.strip(),
        )
        if said != about(self._workspace):
            keep_about(self._workspace, said)
