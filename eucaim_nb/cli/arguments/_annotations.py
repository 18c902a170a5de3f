"""The arguments of `segment`."""

from ._kinds import Add, add_workspace


def declare(add: Add) -> None:
    """Declare the command."""
    segment = add(
        "segment",
        "_annotations.segment",
        "Make DICOM-SEG of masks and contours.",
        "segment my-submission --masks masks --labels labels.json",
    )
    add_workspace(segment)
    segment.add_argument(
        "--masks", required=True, metavar="PATH", help="a mask, or a folder of masks (NIfTI, NRRD, MHA, RTSTRUCT, ...)"
    )
    segment.add_argument(
        "--labels", metavar="FILE", help="JSON: what each label means (name, category, type), or metadata of dcmqi"
    )
    segment.add_argument("--series", metavar="UID", help="the series that all of them were drawn on")
    segment.add_argument(
        "--resample", action="store_true", help="take masks of another grid over by nearest neighbours (else refused)"
    )
    segment.add_argument(
        "--labelmap", action="store_true", help="write label maps, which many programs do not know yet"
    )
    segment.add_argument(
        "--method",
        default="manual",
        choices=["manual", "semiautomatic", "automatic"],
        help="how segments were made of which nobody says so (default: manual)",
    )
    segment.add_argument("--algorithm", default="", metavar="NAME", help="the program or model that made them")
    segment.add_argument("--algorithm-version", default="", metavar="VERSION", help="and which version of it")
    segment.add_argument("--annotators", type=int, metavar="N", help="how many people annotated; kept for the dataset")
    segment.add_argument("--annotator-type", metavar="TEXT", help="what they are, for instance radiologist")
    segment.add_argument("--experience", metavar="YEARS", help="their years of experience")
    segment.add_argument("--sequences", metavar="TEXT", help="the sequences that they looked at")
