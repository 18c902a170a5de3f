"""The arguments of the commands about a workspace as a whole, its procedure, and this installation."""

from eucaim_nb.reference import actions, node_defaults

from ._kinds import Add, add_workspace


def declare(add: Add) -> None:
    """Declare them."""
    init = add(
        "init",
        "_workspace.init",
        "Make a workspace.",
        "init my-submission --node practice-upv --practice r.json",
    )
    init.add_argument("workspace", metavar="WS", help="new or empty folder")
    init.add_argument(
        "--node", required=True, choices=list(node_defaults()), help="where the dataset is meant to go"
    )
    init.add_argument("--project", default="", help="name of the project at the node")
    init.add_argument("--site-id", default="", help="EUCAIM SITE ID of the organisation")
    init.add_argument("--practice", metavar="F", default="", help="ready file of running practice nodes")

    sample = add(
        "sample",
        "_data.sample",
        "Write a synthetic cohort with planted problems.",
        "sample cohort --patients 8",
    )
    sample.add_argument("directory", metavar="DIR", help="new or empty folder")
    sample.add_argument("--patients", type=int, default=8, help="number of patients (default: 8)")
    sample.add_argument("--seed", type=int, default=20261120, help="the same seed writes the same files")
    sample.add_argument("--instances", type=int, help="about how many instances in all")

    status = add("status", "_workspace.status", "Say where each phase and action stands.", "status my-submission")
    add_workspace(status)

    record = add(
        "record",
        "_workspace.record",
        "Record an action of the procedure that was done outside this program.",
        "record my-submission dta --file signed.pdf --note 'signed by both sides'",
    )
    add_workspace(record)
    record.add_argument(
        "action",
        metavar="ACTION",
        choices=[action.id for action in actions()],
        help=f"one of: {', '.join(action.id for action in actions())}",
    )
    record.add_argument("--note", default="", help="what was done; with --skip or --withdraw, why")
    record.add_argument("--file", metavar="F", help="evidence; a copy is kept in the workspace")
    instead = record.add_mutually_exclusive_group()
    instead.add_argument("--skip", action="store_true", help="it is left out on purpose")
    instead.add_argument("--withdraw", action="store_true", help="take the record back")

    add("doctor", "_workspace.doctor", "Check this installation.", "doctor")
