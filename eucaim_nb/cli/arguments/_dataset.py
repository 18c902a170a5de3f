"""The arguments of the command about the dataset at the node."""

from ._kinds import Add, add_workspace

ACTIONS = (
    *("list", "create", "watch", "reconcile", "set", "release", "invalidate"),
    *("revalidate", "discard", "history", "preview"),
)


def declare(add: Add) -> None:
    """Declare them."""
    dataset = add(
        "dataset",
        "_dataset.dataset",
        "See the dataset made at the node, compare it with what was sent, describe it, release it.",
        'dataset my-submission set version=1.0.0 purpose="Lung nodules"',
    )
    add_workspace(dataset)
    dataset.add_argument("action", choices=ACTIONS, help="what to do")
    dataset.add_argument(
        "values", metavar="NAME=VALUE", nargs="*", help="with set and create: properties; several values by commas"
    )
    dataset.add_argument("--id", default="", help="which dataset it is; remembered (default: the only draft)")
    dataset.add_argument("--index", metavar="FILE", help="with create: the studies (default: the node's own list)")
    dataset.add_argument(
        "--level", choices=["protected", "public"], default="protected", help="with release at an XNAT: who sees it"
    )
    dataset.add_argument("--reason", default="", help="with invalidate: why; the node and the workspace keep it")
    dataset.add_argument(
        "--override", metavar="REASON", default="", help="with release: why, although something speaks against it"
    )
