"""The chance that an attacker finds a person's record: prosecutor, journalist and marketer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._classes import Classes


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Risk of re-identification under the three attacker models, each as a share from 0 to 1.

    `above` is the share of records whose own risk is more than the threshold.

    References
    ----------
    .. [1] K. El Emam, F. K. Dankar, "Protecting privacy using k-anonymity", JAMIA 15(5), 2008.
    .. [2] F. K. Dankar, K. El Emam, "A method for evaluating marketer re-identification risk", EDBT/ICDT workshops,
       2010.
    .. [3] F. Prasser et al., ARX, `RiskModelSampleRisks`: the figures that ARX names so.
    """

    prosecutor_max: float
    prosecutor_avg: float
    prosecutor_above: float
    journalist_max: float
    journalist_avg: float
    journalist_above: float
    marketer: float


def disclosure(
    found: Classes, threshold: float, population: NDArray[np.int64] | None = None
) -> Disclosure:
    r"""Return the risks of a table.

    Parameters
    ----------
    found
        Classes of the table, sizes :math:`f_j`, J of them, n records in all.
    threshold
        The risk of one record that is still accepted, such as 1/k.
    population : int64 array of shape (classes,), optional
        :math:`F_j`, how many people of the population share the values of each class. Without it the journalist
        knows no more than the table and has the prosecutor's risk.

    Notes
    -----
    Prosecutor: record risk :math:`1/f_j`, maximum :math:`1/\min f_j`, average :math:`J/n`.
    Journalist: record risk :math:`1/F_j`, maximum :math:`1/\min F_j`, average
    :math:`\max(J/\sum F_j, \frac1n \sum f_j/F_j)`. Marketer: :math:`\frac1n \sum f_j/F_j`.
    """
    sizes = found.sizes
    around = sizes if population is None else np.maximum(population, sizes)
    records, groups = int(sizes.sum()), len(sizes)
    marketer = float((sizes / around).sum() / records)
    return Disclosure(
        prosecutor_max=1 / int(sizes.min()),
        prosecutor_avg=groups / records,
        prosecutor_above=_above(sizes, sizes, threshold),
        journalist_max=1 / int(around.min()),
        journalist_avg=max(groups / int(around.sum()), marketer),
        journalist_above=_above(around, sizes, threshold),
        marketer=marketer,
    )


def _above(around: NDArray[np.int64], sizes: NDArray[np.int64], threshold: float) -> float:
    # 1/f > t as f t < 1, with room for 1/3 * 3 not being 1.
    return float(sizes[around * threshold < 1 - 1e-9].sum() / sizes.sum())
