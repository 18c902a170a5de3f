"""How long to wait before a request is tried again: longer each time, and as long as the node asks for."""

import random

FIRST_WAIT = 0.5
"""Seconds; doubled from try to try."""
LONGEST_ASKED = 200.0
"""Seconds that a node is left alone at most, whatever it asks for."""


def pause(attempt: int) -> float:
    """Return the seconds to wait after a try, counted from 0; by chance, so that connections do not return together."""
    return float(random.uniform(0.5, 1.0) * FIRST_WAIT * 2**attempt)


def asked_for(seconds: float | None) -> float:
    """Return how long a node that named a time (`Retry-After`) is left alone; 0 if it named none."""
    return min(seconds or 0.0, LONGEST_ASKED)
