"""Missing values as wildcards: somebody whose age is not told may have any age."""

import numpy as np

from ._classes import Coded, Ints, classes_of_ids, ids_of

_MOST_PATTERNS = 64
"""Patterns of missing values that are compared with one another; each costs about a pass over the table."""


def matches(data: Coded) -> Ints | None:
    """Return for each record how many records, itself included, do not differ from it in any value both have.

    The smallest is the k of the table if an attacker must take a missing value for any value: an upper bound, while a
    missing value as a value of its own gives the lower one. A record counts for every record that it may be taken for,
    so these are not sizes of classes (ARX calls them that of its wildcard semantics).

    Returns
    -------
    int64 array of shape (rows,), or None
        None if values are missing in more patterns than can be compared.
    """
    patterns = np.zeros(data.rows, np.int64)
    for column, (codes, missing) in enumerate(zip(data.codes, data.missing, strict=True)):
        if missing >= 0:
            patterns |= (codes == missing).astype(np.int64) << column
    kinds, of_record = np.unique(patterns, return_inverse=True)
    if len(kinds) > _MOST_PATTERNS:
        return None
    records = [np.flatnonzero(of_record == number) for number in range(len(kinds))]
    found = np.zeros(data.rows, np.int64)
    groups: dict[int, Ints] = {}
    for number, one in enumerate(kinds):
        for other_number, other in enumerate(kinds):
            ignored = int(one | other)
            if ignored not in groups:
                known = [name for place, name in enumerate(data.names) if not ignored >> place & 1]
                groups[ignored] = classes_of_ids(*ids_of(data.only(known))).of_record
            ids = groups[ignored]
            those = np.bincount(ids[records[other_number]], minlength=int(ids.max()) + 1)
            found[records[number]] += those[ids[records[number]]]
    return found
