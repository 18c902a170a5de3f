"""Drawings of risk, each with its numbers in words."""

from collections.abc import Sequence

from eucaim_nb.risk import AttributeRisk, Scenario, TableRisk
from eucaim_nb.ui import components as c

Blocks = tuple[c.Markup, ...]
_BINS = (1, 2, 3, 5, 10, 20, 50, 100)


def class_sizes(risk: TableRisk) -> Blocks:
    """Draw how many patients are in groups of which size; those below the wanted k differ by colour and hatching."""
    rows = []
    for start, stop in zip(_BINS, (*_BINS[1:], None), strict=True):
        patients = sum(n for size, n in risk.histogram.items() if size >= start and (stop is None or size < stop))
        name = f"{start}" if stop == start + 1 else f"{start}+" if stop is None else f"{start} to {stop - 1}"
        rows.append((name, patients, start < risk.wanted_k))
    drawing = c.figure()
    axes = drawing.subplots()
    for place, (_, patients, small) in enumerate(rows):
        colour, hatch = (c.ORANGE, "//") if small else (c.BLUE, "")
        axes.bar(place, patients, color=colour, hatch=hatch, edgecolor="white")
    axes.set_xticks(range(len(rows)), [name for name, *_ in rows])
    axes.set_xlabel("patients who look alike")
    axes.set_ylabel("patients")
    words = (
        f"{risk.records_below_k:,} of {risk.records:,} patients are in groups of fewer than {risk.wanted_k} (hatched); "
        f"{risk.sample_uniques:,} are alone."
    )
    columns = (c.Column("Size of group"), c.Column("Patients", numbers=True))
    return c.plot(drawing, words, columns, [(name, f"{n:,}") for name, n, _ in rows], "Patients by size of their group")


def attribute_ranking(attributes: Sequence[AttributeRisk]) -> Blocks:
    """Draw how many patients each column makes unique, and its entropy."""
    ordered = list(reversed(attributes))
    drawing = c.figure(height=0.8 + 0.3 * len(ordered))
    left, right = drawing.subplots(1, 2, sharey=True)
    names = [one.column for one in ordered]
    left.barh(names, [one.uniques_added for one in ordered], color=c.ORANGE)
    left.set_xlabel("unique because of it")
    right.barh(names, [one.normalised_entropy for one in ordered], color=c.BLUE)
    right.set_xlabel("entropy, share of the largest")
    right.set_xlim(0, 1)
    first = attributes[0]
    words = f"{first.column} adds most: without it, {first.uniques_added:,} patients fewer would be like nobody else."
    columns = (
        c.Column("Column"),
        c.Column("Different values", numbers=True),
        c.Column("Entropy, bits", numbers=True),
        c.Column("Unique because of it", numbers=True),
    )
    rows = [(one.column, f"{one.distinct:,}", f"{one.entropy:.2f}", f"{one.uniques_added:,}") for one in attributes]
    return c.plot(drawing, words, columns, rows, "What each column adds")


def before_after(before: Scenario, after: Scenario, k: int) -> Blocks:
    """Draw risk as it is and with the chosen levels."""
    rows = [
        ("Like nobody else", before.sample_uniques, after.sample_uniques),
        (f"In groups below {k}", before.records_below_k, after.records_below_k),
        ("Left out", before.utility.suppressed, after.utility.suppressed),
    ]
    drawing = c.figure()
    axes = drawing.subplots()
    places = range(len(rows))
    is_now, would_be = [one for _, one, _ in rows], [other for *_, other in rows]
    above, below = [place - 0.2 for place in places], [place + 0.2 for place in places]
    axes.barh(above, is_now, 0.36, color=c.GREY, hatch="//", edgecolor="white", label="as it is")
    axes.barh(below, would_be, 0.36, color=c.BLUE, label="with these levels")
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
    axes.invert_yaxis()
    axes.set_xlabel("patients")
    axes.legend(frameon=False)
    words = (
        f"Smallest group {before.k:,} as it is, {after.k:,} with these levels; highest risk "
        f"{before.prosecutor_max:.2f} and {after.prosecutor_max:.2f}."
    )
    columns = (c.Column("Patients"), c.Column("As it is", numbers=True), c.Column("With these levels", numbers=True))
    return c.plot(drawing, words, columns, [(name, f"{a:,}", f"{b:,}") for name, a, b in rows], "Before and after")


def utility_curve(points: Sequence[tuple[int, Scenario]]) -> Blocks:
    """Draw what the best levels lose for each highest risk that is accepted, 1/k."""
    drawing = c.figure()
    axes = drawing.subplots()
    axes.plot([1 / k for k, _ in points], [one.utility.entropy_loss for _, one in points], color=c.BLUE, marker="o")
    axes.set_xticks([1 / k for k, _ in points], [f"1/{k}" for k, _ in points])
    axes.set_xlabel("highest risk that is accepted")
    axes.set_ylabel("information lost, share")
    axes.set_ylim(0, 1.05)
    words = "The less risk, the more is lost: " + ", ".join(
        f"k = {k} loses {one.utility.entropy_loss:.0%}" for k, one in points
    )
    columns = (
        c.Column("k", numbers=True),
        c.Column("Highest risk", numbers=True),
        c.Column("Information lost", numbers=True),
        c.Column("Precision", numbers=True),
        c.Column("Left out", numbers=True),
    )
    rows = [
        (
            k,
            f"{one.prosecutor_max:.3f}",
            f"{one.utility.entropy_loss:.1%}",
            f"{one.utility.precision:.2f}",
            f"{one.utility.suppressed:,}",
        )
        for k, one in points
    ]
    return c.plot(drawing, f"{words}.", columns, rows, "What the best levels lose, by k")
