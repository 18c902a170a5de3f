"""Compressed pictures as checks see them: whether they differ in more than their remarks."""

from eucaim_nb.dicom import fragments, remarks


def differ(one: bytes, other: bytes) -> bool:
    """Tell whether two values of encapsulated pixel data differ in more than their remarks."""
    if one == other:
        return False
    first, second = list(fragments(one)), list(fragments(other))
    if len(first) != len(second):
        return True
    return any(_bare(a) != _bare(b) for (_, a), (_, b) in zip(first, second, strict=True) if a != b)


def _bare(fragment: bytes) -> bytes:
    bare = bytearray(fragment)
    for remark in remarks(fragment):
        bare[remark.start : remark.stop] = bytes(remark.stop - remark.start)
    return bytes(bare)
