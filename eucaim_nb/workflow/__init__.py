"""The procedure in a workspace: its phases and 18 actions, what is done, what blocks, and what a person recorded.

`steps` and `actions` say where each phase and each action stands. `record`, `skip` and `withdraw` keep what a person
did outside this program, with its evidence in `paperwork/`; `keep_checks` keeps ticked lines of a checklist.
`node_dataset` is what the node last said of the dataset.
`papers` are the documents that an action needs, with their end; `put_on_file`, `waive` and `take_off_file` change them.
`release_blockers` is the gate before anything of a dataset is made public.
"""

from ._actions import action, actions
from ._catalogue import LOOKED_UP
from ._node_dataset import (
    Compared,
    DatasetState,
    NodeDataset,
    forget_node_dataset,
    keep_node_dataset,
    node_dataset,
)
from ._papers import PaperState, PaperStatus, papers, put_on_file, take_off_file, waive
from ._records import checks, keep_checks, record, records, skip, withdraw
from ._release import release_blockers
from ._standing_errors import standing_errors
from ._state import ActionStatus, Blocker, Record, Step, StepState
from ._steps import step, steps

__all__ = [
    "LOOKED_UP",
    "ActionStatus",
    "Blocker",
    "Compared",
    "DatasetState",
    "NodeDataset",
    "PaperState",
    "PaperStatus",
    "Record",
    "Step",
    "StepState",
    "action",
    "actions",
    "checks",
    "forget_node_dataset",
    "keep_checks",
    "keep_node_dataset",
    "node_dataset",
    "papers",
    "put_on_file",
    "record",
    "records",
    "release_blockers",
    "skip",
    "standing_errors",
    "step",
    "steps",
    "take_off_file",
    "waive",
    "withdraw",
]
