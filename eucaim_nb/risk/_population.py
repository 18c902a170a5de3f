"""How many of the people who are unique in the table are unique in the population that it was drawn from."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._classes import Classes

_SMALL_SAMPLE = 0.1
_STEPS = 200
_ACCURATE = 1e-8
Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class PopulationUniques:
    """Estimated number of population uniques by model; None where a model has no solution.

    `dankar` is what the decision rule takes, `model` the name of the model it takes it from.
    """

    population: int
    zayatz: float | None
    pitman: float | None
    snb: float | None
    dankar: float
    model: str

    @property
    def share(self) -> float:
        """Share of the population that is unique."""
        return self.dankar / self.population


def population_uniques(found: Classes, population: int) -> PopulationUniques:
    r"""Estimate the uniques of a population of N people from a table with n of them.

    Notes
    -----
    Decision rule of Dankar et al. [1]_: with a sampling fraction :math:`\pi = n/N` of at most 0.1 Pitman's model, or
    Zayatz's where that does not converge; else the smaller of SNB and Zayatz.

    References
    ----------
    .. [1] F. K. Dankar, K. El Emam, A. Neisa, T. Roffey, "Estimating the re-identification risk of clinical data
       sets", BMC Medical Informatics and Decision Making 12:66, 2012.
    """
    sample = int(found.sizes.sum())
    population = max(population, sample)
    if not found.uniques:
        return PopulationUniques(population, 0.0, 0.0, 0.0, 0.0, "no sample uniques")
    z = zayatz(found, population)
    p, s = pitman(found, population), snb(found, population)
    if sample / population <= _SMALL_SAMPLE:
        taken, name = (p, "Pitman") if p else (z, "Zayatz")
    elif s and s <= z:
        taken, name = s, "SNB"
    else:
        taken, name = z, "Zayatz"
    return PopulationUniques(population, z, p, s, taken, name)


def zayatz(found: Classes, population: int) -> float:
    r"""Estimate population uniques with Zayatz's model.

    Notes
    -----
    :math:`\frac{c_1}{\pi}\,P(F{=}1 \mid f{=}1)`, where the probability that a sample unique is a population unique is
    :math:`\frac{c_1 h(1)}{\sum_i c_i h(i)}` with :math:`c_i` classes of size i and h(i) the hypergeometric probability
    that exactly one of i people is among the n of N.

    References
    ----------
    .. [1] L. V. Zayatz, "Estimation of the number of unique population elements using a sample", Proc. Survey
       Research Methods Section, American Statistical Association, 1991.
    """
    sample = int(found.sizes.sum())
    counts = found.of_size
    sizes = np.flatnonzero(counts)
    chances = np.array([_one_drawn(population, int(size), sample) for size in sizes])
    ones = float(counts[1])
    sure = ones * _one_drawn(population, 1, sample) / float((counts[sizes] * chances).sum())
    return ones * sure * population / sample


def _one_drawn(population: int, marked: int, drawn: int) -> float:
    """Return the hypergeometric probability that exactly one of `marked` is among `drawn` of a population."""
    if drawn - 1 > population - marked:
        return 0.0
    return math.exp(
        math.log(marked) + _log_choose(population - marked, drawn - 1) - _log_choose(population, drawn)
    )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def pitman(found: Classes, population: int) -> float | None:
    r"""Estimate population uniques with Pitman's model, None if its likelihood has no maximum inside.

    Notes
    -----
    :math:`\frac{\Gamma(\theta+1)}{\Gamma(\theta+\alpha)} N^\alpha` with the :math:`\theta, \alpha` of greatest
    likelihood, found by Newton's method from Hoshino's starting point:
    :math:`\sum_{i=1}^{u-1}\log(\theta+i\alpha)-\sum_{i=1}^{n-1}\log(\theta+i)
    +\sum_j c_j\sum_{i=1}^{j-1}\log(i-\alpha)`, u classes and n records.

    References
    ----------
    .. [1] N. Hoshino, "Applying Pitman's sampling formula to microdata disclosure risk assessment", Journal of
       Official Statistics 17(4), 2001.
    """
    n, u = int(found.sizes.sum()), len(found.sizes)
    if u in (1, n):
        return None
    likelihood = _Pitman(n, u, found.of_size)
    at = likelihood.start()
    for _ in range(_STEPS):
        gradient, curvature = likelihood.slopes(at)
        if np.abs(gradient).max() < _ACCURATE * n:
            return likelihood.uniques(at, population)
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            return None
        if gradient @ step > 0:  # not uphill: the curvature is not that of a maximum here
            step = -gradient / np.abs(np.diag(curvature))
        better = _uphill(likelihood, at, step)
        if better is None:
            # As far up as numbers go.
            return likelihood.uniques(at, population) if np.abs(gradient).max() < 1e-4 * n else None
        at = better
    return None


def _uphill(likelihood: "_Pitman", at: Floats, step: Floats) -> Floats | None:
    now, share = likelihood.value(at), 1.0
    while share > 1e-12:
        next_one = at - share * step
        if likelihood.allows(next_one) and likelihood.value(next_one) > now:
            return next_one
        share /= 2
    return None


class _Pitman:
    """The logarithm of the likelihood of theta and alpha."""

    def __init__(self, records: int, groups: int, of_size: NDArray[np.int64]) -> None:
        self._records, self._groups, self._of_size = records, groups, of_size
        self._i = np.arange(1, groups, dtype=float)
        self._m = np.arange(1, records, dtype=float)
        self._j = np.arange(1, len(of_size) - 1, dtype=float)
        self._larger = np.cumsum(of_size[::-1])[::-1][2:].astype(float)
        """Classes larger than j, for each j."""

    def start(self) -> Floats:
        ones = float(self._of_size[1])
        twos = max(float(self._of_size[2]) if len(self._of_size) > 2 else 0.0, 1.0)
        n, u, c = self._records, self._groups, ones * (ones - 1) / twos
        below = 2 * ones * u + ones * c - n * c
        theta = (n * u * c - ones * (n - 1) * (2 * u + c)) / below if below else 1.0
        alpha = (theta * (ones - n) + (n - 1) * ones) / (n * u)
        guess = np.array([theta, alpha])
        return guess if self.allows(guess) else np.array([1.0, min(max(ones / n, 0.05), 0.95)])

    def allows(self, at: Floats) -> bool:
        theta, alpha = at
        last = theta + (self._groups - 1) * alpha
        return bool(np.isfinite(at).all() and alpha < 1 and theta > -1 and theta + alpha > 0 and last > 0)

    def value(self, at: Floats) -> float:
        theta, alpha = at
        return float(
            np.log(theta + self._i * alpha).sum()
            - np.log(theta + self._m).sum()
            + (self._larger * np.log(self._j - alpha)).sum()
        )

    def slopes(self, at: Floats) -> tuple[Floats, Floats]:
        theta, alpha = at
        a, b, c = 1 / (theta + self._i * alpha), 1 / (theta + self._m), 1 / (self._j - alpha)
        gradient = np.array([a.sum() - b.sum(), (self._i * a).sum() - (self._larger * c).sum()])
        mixed = -(self._i * a * a).sum()
        curvature = np.array(
            [
                [(b * b).sum() - (a * a).sum(), mixed],
                [mixed, -((self._i * a) ** 2).sum() - (self._larger * c * c).sum()],
            ]
        )
        return gradient, curvature

    def uniques(self, at: Floats, population: int) -> float | None:
        theta, alpha = (float(value) for value in at)
        found = math.exp(math.lgamma(theta + 1) - math.lgamma(theta + alpha) + alpha * math.log(population))
        return found if 0 <= found <= population else None


def snb(found: Classes, population: int) -> float | None:
    r"""Estimate population uniques with the slide negative binomial model, None if it has no solution.

    Notes
    -----
    A class has 1 + X people, X negative binomial with :math:`\alpha, \beta`; then :math:`K\beta^\alpha` of the K
    classes have one. Of the classes drawn with fraction :math:`\pi`, with :math:`d=(1-\pi)(1-\beta)`, the expected
    numbers

    :math:`c_1 = K\pi(\frac{\beta}{1-d})^\alpha(\frac{\alpha d}{1-d}+1)` and
    :math:`c_2 = K\frac{\pi^2\alpha\beta^\alpha(1-\beta)}{2(1-d)^{\alpha+2}}(2-(1-\alpha)d)`

    are set to those of the table. K is Shlosser's estimate. (ARX 3.9 multiplies by :math:`(1-d)^{\alpha+2}` instead of
    dividing, and its sum in Shlosser's estimate has a bracket elsewhere; here the published formulas are used.)

    References
    ----------
    .. [1] G. Chen, S. Keller-McNulty, "Estimation of identification disclosure risk in microdata", Journal of Official
       Statistics 14(1), 1998.
    .. [2] P. J. Haas, L. Stokes, "Estimating the number of classes in a finite population", JASA 93, 1998.
    """
    fraction = int(found.sizes.sum()) / population
    ones = float(found.of_size[1])
    twos = float(found.of_size[2]) if len(found.of_size) > 2 else 0.0
    if fraction >= 1:
        return ones
    groups = shlosser(found, fraction)
    if not twos or not math.isfinite(groups):
        return None

    def off(at: Floats) -> Floats:
        alpha, beta = math.exp(at[0]), 1 / (1 + math.exp(-at[1]))
        d = (1 - fraction) * (1 - beta)
        one = groups * fraction * (beta / (1 - d)) ** alpha * (alpha * d / (1 - d) + 1)
        two = groups * fraction**2 * alpha * beta**alpha * (1 - beta) * (2 - (1 - alpha) * d)
        two /= 2 * (1 - d) ** (alpha + 2)
        return np.array([one / ones - 1, two / twos - 1])

    for guess in ((0.0, 0.0), (-1.0, -2.0), (1.0, 1.0), (-2.0, -4.0), (2.0, 3.0)):
        solved = _root(off, np.array(guess))
        if solved is not None:
            return float(groups * (1 / (1 + math.exp(-solved[1]))) ** math.exp(solved[0]))
    return None


def shlosser(found: Classes, fraction: float) -> float:
    r"""Estimate how many classes a population has.

    Notes
    -----
    :math:`u + c_1\,\frac{\sum i\pi^2(1-\pi^2)^{i-1}c_i}{\sum(1-\pi)^i((1+\pi)^i-1)c_i}
    \left(\frac{\sum(1-\pi)^ic_i}{\sum i\pi(1-\pi)^{i-1}c_i}\right)^2` (Haas and Stokes 1998, equation for the modified
    estimator of Shlosser).
    """
    sizes = np.flatnonzero(found.of_size).astype(float)
    counts = found.of_size[found.of_size > 0]
    first = (sizes * fraction**2 * (1 - fraction**2) ** (sizes - 1) * counts).sum()
    # (1 - p)^i (1 + p)^i written as one power: large classes would overflow the second factor alone.
    second = (((1 - fraction**2) ** sizes - (1 - fraction) ** sizes) * counts).sum()
    third = ((1 - fraction) ** sizes * counts).sum()
    fourth = (sizes * fraction * (1 - fraction) ** (sizes - 1) * counts).sum()
    if not second or not fourth:
        return math.inf
    return float(len(found.sizes) + found.of_size[1] * first / second * (third / fourth) ** 2)


def _root(off: Callable[[Floats], Floats], at: Floats) -> Floats | None:
    """Solve two equations by Newton's method with slopes by differences; None if it does not converge."""
    with np.errstate(all="ignore"):
        try:
            for _ in range(_STEPS):
                here = off(at)
                if not np.isfinite(here).all():
                    return None
                if np.abs(here).max() < _ACCURATE:
                    return at
                slopes = np.column_stack(
                    [(off(at + change) - off(at - change)) / 2e-6 for change in np.eye(2) * 1e-6]
                )
                step = np.linalg.solve(slopes, here)
                share = 1.0
                while np.linalg.norm(off(at - share * step)) > (1 - 1e-4 * share) * np.linalg.norm(here):
                    share /= 2
                    if share < 1e-6:
                        return None
                at = at - share * step
        except (OverflowError, ZeroDivisionError, np.linalg.LinAlgError):
            return None
    return None
