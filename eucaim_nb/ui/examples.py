"""What a page does, as code: the example of its phase that notebooks and pages show folded."""

from importlib.resources import files

from eucaim_nb.reference import actions, phases

_PLACE = "eucaim_nb.reference"
_GUIDED = "guided.py"


def example(phase_id: str) -> str:
    """Return the example of a phase: its own, or the one of guided phases with its actions filled in."""
    folder = files(_PLACE).joinpath("pages")
    own = folder.joinpath(f"{phase_id}.py")
    if own.is_file():
        return own.read_text(encoding="utf-8").rstrip()
    title = next(phase.title for phase in phases() if phase.id == phase_id)
    first = next(action for action in actions() if action.phase == phase_id)
    text = folder.joinpath(_GUIDED).read_text(encoding="utf-8").rstrip()
    return text.replace("PHASE_TITLE", title).replace("PHASE", phase_id).replace("ACTION", first.id)
