"""The dataset at the node: see it being made, describe it, compare it with what was sent, release it.

`listed` and `look` ask the node; `watch` and `reconcile` are jobs. `set_properties`, `release`, `invalidate` and
`revalidate` change what is there and believe only what the node shows afterwards. What it showed last is kept in
`dataset/node.json` (`workflow.node_dataset`).
"""

from ._compare import Comparison, missing_series, reconcile
from ._create import create, discard
from ._history import History, history
from ._look import Look, listed, look
from ._preview import Preview, preview
from ._properties import text_of, value_of
from ._release import LEVELS, Released, invalidate, objections, release, revalidate
from ._set import set_properties
from ._watch import Watched, watch
from ._way import Listed, Lost

__all__ = [
    "LEVELS",
    "Comparison",
    "History",
    "Listed",
    "Look",
    "Lost",
    "Preview",
    "Released",
    "Watched",
    "create",
    "discard",
    "history",
    "invalidate",
    "listed",
    "look",
    "missing_series",
    "objections",
    "preview",
    "reconcile",
    "release",
    "revalidate",
    "set_properties",
    "text_of",
    "value_of",
    "watch",
]
