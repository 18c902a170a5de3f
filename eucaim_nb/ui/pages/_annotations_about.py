"""What EUCAIM asks of the annotations of a whole dataset."""

from eucaim_nb.annotations import ANNOTATOR_TYPES, About, about, keep_about
from eucaim_nb.errors import MaskError
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace


class AboutDataset:
    """Four fields, asked once; nobody is named."""

    def __init__(self, workspace: Workspace, notice: c.Notice) -> None:
        self._workspace = workspace
        said = about(workspace)
        self.annotators = c.text("Number of annotators", "" if said.annotators < 0 else str(said.annotators))
        self.type = c.text("What they are", said.annotator_type, hint=f"for instance {ANNOTATOR_TYPES[0]}")
        self.experience = c.text("Years of experience", said.years_of_experience, hint="for instance 5 to 12")
        self.sequences = c.text("Sequences they looked at", said.sequences, hint="for instance T2w axial and ADC")
        fields = c.two_columns(self.annotators, self.type, self.experience, self.sequences)
        self.root = c.Drawer(
            "What EUCAIM asks of the annotations as a whole (once; nobody is named)", fields, notice
        ).root

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
