"""Where a phase stands: one word with a shape and a colour, one sentence, and links to what blocks it."""

from eucaim_nb.workflow import Step, StepState

from ._html import Markup, Tone, badge, bullets, notebook_link, paragraph

_TONES = {
    StepState.TODO: Tone.QUIET,
    StepState.BLOCKED: Tone.BAD,
    StepState.WORKING: Tone.BUSY,
    StepState.ATTENTION: Tone.WARN,
    StepState.DONE: Tone.GOOD,
    StepState.LATER: Tone.QUIET,
}


def state_badge(state: StepState) -> Markup:
    """Return the state of a phase as a badge."""
    return badge(state, _TONES[state])


def state_line(step: Step) -> Markup:
    """Return the state of a phase in a line, with its blockers as links below."""
    said = paragraph(state_badge(step.state), step.sentence)
    if not step.blockers:
        return said
    return Markup(said + bullets(notebook_link(blocker.notebook, blocker.text) for blocker in step.blockers))
