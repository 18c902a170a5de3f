"""Where a phase stands: one word with a shape and a colour, one sentence, and links to what blocks it."""

from collections.abc import Sequence

from eucaim_nb.markup import Markup
from eucaim_nb.workflow import Blocker, Step, StepState

from ._html import Tone, badge, bullets, notebook_link, paragraph

_TONES = {
    StepState.TODO: Tone.QUIET,
    StepState.BLOCKED: Tone.BAD,
    StepState.WORKING: Tone.BUSY,
    StepState.ATTENTION: Tone.WARN,
    StepState.DONE: Tone.GOOD,
    StepState.SKIPPED: Tone.QUIET,
}


def state_badge(state: StepState) -> Markup:
    """Return the state of a phase as a badge."""
    return badge(state, _TONES[state])


def state_line(step: Step) -> Markup:
    """Return the state of a phase in a line, with its blockers as links below."""
    said = paragraph(state_badge(step.state), beyond(step.sentence, step.blockers))
    if not step.blockers:
        return said
    return Markup(said + blockers(step.blockers, step.phase.notebook))


def beyond(sentence: str, found: Sequence[Blocker]) -> str:
    """Return what a sentence says besides what blocks, which is shown as links."""
    for one in found:
        sentence = sentence.replace(one.text, "")
    return " ".join(sentence.split())


def blockers(found: Sequence[Blocker], here: str) -> Markup:
    """Return what blocks a step, each as a link to where it is mended; on the page `here` itself, as words."""
    return bullets(
        one.text if one.notebook == here else notebook_link(one.notebook, one.text) for one in found
    )
