"""What a workspace knows of the patients whose images it holds: who they are, and how they were de-identified."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from eucaim_nb.errors import TableError
from eucaim_nb.identity import DatePolicy, Pseudonyms, key_of, maker_of
from eucaim_nb.workspace import Workspace

_ATTRIBUTES = ("PatientID", "PatientSex", "PatientAge", "PatientBirthDate", "BodyPartExamined")
_AGE_LIMIT = 89


@dataclass
class ImagePatient:
    """What the headers of one patient's images say."""

    sexes: set[str] = field(default_factory=set)
    births: set[str] = field(default_factory=set)
    ages: set[str] = field(default_factory=set)
    body_parts: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Images:
    """The patients of the images of a workspace.

    Attributes
    ----------
    patients
        By Patient ID as in the originals.
    made
        Pseudonyms by Patient ID, as the de-identified images have them.
    maker
        Makes those of other patients; None if that needs a secret that is not here.
    dates
        What became of dates of the images.
    age_limit
        Ages above it were joined; 0 if all stayed.
    baselines
        First study date (DA) by Patient ID.
    deidentified
        Whether any image was de-identified: else `maker` and `dates` are those of the default profile.
    """

    patients: Mapping[str, ImagePatient] = field(default_factory=dict)
    made: Mapping[str, Collection[str]] = field(default_factory=dict)
    maker: Pseudonyms | None = None
    dates: DatePolicy = DatePolicy.SHIFT
    age_limit: int = _AGE_LIMIT
    baselines: Mapping[str, str] = field(default_factory=dict)
    deidentified: bool = False
    recipes: int = 0

    def pseudonym(self, patient_id: str) -> str:
        """Return the pseudonym of a patient, the same that the images have; empty if it cannot be made."""
        made = self.made.get(patient_id, ())
        if len(made) == 1:
            return next(iter(made))
        if made:
            return ""  # IDs of two issuers: which of the two patients this is, the table does not say
        return self.maker.patient(patient_id) if self.maker is not None else ""

    def baseline(self, patient_id: str) -> str:
        """Return the day of a patient's first study (ISO 8601); empty if there is none."""
        first = self.baselines.get(patient_id, "")
        return f"{first[:4]}-{first[4:6]}-{first[6:]}" if len(first) == 8 else ""


def images_of(workspace: Workspace, secret: str | None = None) -> Images:
    """Return what a workspace knows of its patients.

    Parameters
    ----------
    secret
        What the EUCAIM anonymiser was run with, if the images were de-identified as it does it and the secret was given
        then.
    """
    originals = workspace.originals()
    patients: dict[str, ImagePatient] = {}
    for row in workspace.ledger.index.headers(_ATTRIBUTES, originals):
        name = row["PatientID"].strip()
        if not name:
            continue
        patient = patients.setdefault(name, ImagePatient())
        patient.sexes |= {row["PatientSex"]} - {""}
        patient.births |= {row["PatientBirthDate"]} - {""}
        patient.body_parts |= {row["BodyPartExamined"].upper()} - {""}
        patient.ages |= {row["PatientAge"]} - {""}
    records = workspace.ledger.deidentified
    recipes = records.standing_recipes()
    recipe = recipes[0] if recipes else {}
    policies = recipe.get("policies", {})
    made: dict[str, set[str]] = {}
    for old, new in records.crosswalk("patient"):
        made.setdefault(old.strip(), set()).add(new)
    maker, named = maker_of(
        key_of(workspace),
        **({"prefix": policies["id_prefix"]} if policies else {}),
        lethe=policies.get("ids") == "lethe",
        secret=secret,
    )
    known = not recipe or recipe.get("key") == named.fingerprint
    if secret is not None and not known:
        raise TableError(
            "The images were not de-identified with this secret. Give the one that was used for them."
        )
    return Images(
        patients,
        made,
        maker if known else None,
        DatePolicy(policies.get("dates", DatePolicy.SHIFT)),
        int(policies.get("age_limit", _AGE_LIMIT)),
        {name.strip(): day for name, day in workspace.ledger.originals.baselines(originals).items()},
        bool(recipe),
        len(recipes),
    )


def normalise(patient_id: str, steps: Sequence[str]) -> str:
    """Return a Patient ID after the steps that a person chose."""
    for step in steps:
        name, _, argument = step.partition(":")
        if name == "trim":
            patient_id = patient_id.strip()
        elif name == "upper":
            patient_id = patient_id.upper()
        elif name == "zero-pad":
            patient_id = patient_id.zfill(int(argument or 0)) if patient_id.strip().isdigit() else patient_id
    return patient_id


def normalisations(ids: Collection[str], images: Collection[str]) -> dict[str, int]:
    """Return for each step on Patient IDs how many more patients it would join with images; those that join none are
    left out.
    """
    known = set(images)
    lone = [one for one in ids if one and one not in known]
    lengths = sorted({len(one) for one in known if one.isdigit() and one.startswith("0")})
    found = {}
    for step in ("trim", "upper", *(f"zero-pad:{length}" for length in lengths)):
        joined = {normalise(one, (step,)) for one in lone} & known - set(ids)
        if joined:
            found[step] = len(joined)
    return found
