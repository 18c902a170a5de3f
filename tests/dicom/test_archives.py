"""Damaged and hostile ZIP archives end as findings, and the rest of the scan goes on."""

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from eucaim_nb.dicom import Place, _archive, scan

CT = Path(get_testdata_file("CT_small.dcm", download=False)).read_bytes()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "export"
    made.mkdir()
    return made


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def entry(name, offset, compressed, size, method=zipfile.ZIP_DEFLATED):
    """One line of a central directory."""
    fields = (20, 20, 0, method, 0, 0, 0, compressed, size, len(name), 0, 0, 0, 0, 0, offset)
    return struct.pack("<4s6H3I5H2I", b"PK\1\2", *fields) + name


def with_directory(data, entries):
    directory = b"".join(entries)
    count = min(len(entries), 0xFFFF)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(data), 0)
    return data + directory + end


def damaged_body(method):
    """A good member, and one whose compressed bytes break off in the middle."""
    whole = zipped(("bad", CT), ("good", CT), method=method)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        middle = 33 + archive.getinfo("bad").compress_size // 2
        end = 33 + archive.getinfo("bad").compress_size
    return whole[:middle] + b"\xff" * (end - middle) + whole[end:]


def damaged_lzma_header():
    whole = bytearray(zipped(("bad", CT), ("good", CT), method=zipfile.ZIP_LZMA))
    whole[33 + 4 : 33 + 9] = b"\xff" * 5
    return bytes(whole)


def damaged_local_name():
    whole = bytearray(zipped(("é", CT), ("good", CT)))
    assert whole[30:32] == "é".encode()
    whole[30:32] = b"\xff\xff"
    return bytes(whole)


@pytest.mark.parametrize(
    "data",
    [
        damaged_body(zipfile.ZIP_DEFLATED),
        damaged_local_name(),
    ],
    ids=["deflate", "local name"],
)
def test_damaged_member_is_a_finding_and_the_next_is_read(workspace, folder, data):
    (folder / "cd.zip").write_bytes(data)
    (folder / "inside.zip").write_bytes(zipped(("cd.zip", data)))
    found = scan(workspace, [folder], archives=True)
    assert found.problems == {"damaged archive": 2}
    assert found.instances == 1


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_member_whose_decompressor_cannot_be_bounded_is_not_unpacked(workspace, folder, method):
    (folder / "cd.zip").write_bytes(zipped(("a", CT), method=method))
    found = scan(workspace, [folder], archives=True)
    assert (found.instances, found.problems) == (0, {"unusual archive": 1})


def test_member_that_became_damaged_raises_what_place_promises(folder):
    (folder / "cd.zip").write_bytes(damaged_lzma_header())
    with pytest.raises(zipfile.BadZipFile):
        Place(folder / "cd.zip", ("bad",)).open()


@pytest.mark.parametrize("name", [b"\xff", b"\0"], ids=["not UTF-8", "empty"])
def test_damaged_directory_of_an_archive_is_a_finding(workspace, folder, name):
    whole = zipped(("é", CT), ("good", CT))
    raw = "é".encode()
    start = whole.index(b"PK\1\2") + 46
    (folder / "cd.zip").write_bytes(whole[:start] + name * len(raw) + whole[start + len(raw) :])
    found = scan(workspace, [folder], archives=True)
    kind, instances = ("damaged archive", 0) if name == b"\xff" else ("unsafe name in archive", 1)
    assert (found.instances, found.problems) == (instances, {kind: 1})


def test_error_that_nobody_foresaw_is_a_finding(workspace, folder, monkeypatch):
    def fail(archive):
        raise struct.error("unpack requires a buffer of 8 bytes")

    (folder / "cd.zip").write_bytes(zipped(("a", CT)))
    (folder / "plain.dcm").write_bytes(CT)
    monkeypatch.setattr(_archive.zipfile, "ZipFile", fail)
    found = scan(workspace, [folder], archives=True)
    assert (found.instances, found.problems) == (1, {"damaged archive": 1})


def test_overlapping_members_are_refused_at_once(workspace, folder):
    """60,000 entries of one member of 1 MiB: 59 GiB, below the limit, in 3 MB."""
    one = zipped(("a", b"\0" * 2**20))
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        info = archive.getinfo("a")
        body = one[: archive.start_dir]
    entries = [entry(b"%05d" % n, 0, info.compress_size, info.file_size) for n in range(60_000)]
    (folder / "bomb.zip").write_bytes(with_directory(body, entries))
    assert (folder / "bomb.zip").stat().st_size < 3.3e6
    began = time.monotonic()
    found = scan(workspace, [folder], archives=True)
    assert time.monotonic() - began < 2
    assert found.problems == {"damaged archive": 1}


def test_absurd_total_is_refused_before_anything_is_unpacked(workspace, folder):
    """Each member is too small to be suspicious by itself."""
    entries = [entry(b"%05d" % n, n * 40, 10, 200 * 2**20) for n in range(20)]
    (folder / "bomb.zip").write_bytes(with_directory(b"PK\3\4" + b"\0" * 800, entries))
    assert scan(workspace, [folder], archives=True).problems == {"archive too large": 1}


def test_archives_inside_share_the_budget_of_the_file(workspace, folder, monkeypatch):
    inner = zipped(*((str(n), b"") for n in range(15)))
    outer = zipped(*((f"{n}.zip", inner) for n in range(5)), ("ct", CT))
    (folder / "many.zip").write_bytes(outer)
    (folder / "other.zip").write_bytes(inner)
    monkeypatch.setattr(_archive, "MOST_MEMBERS", 40)
    found = scan(workspace, [folder], archives=True)
    assert found.problems.pop("archive too large") == 3
    assert found.problems == {"empty file": 45}
    assert found.instances == 1


def test_bytes_of_archives_inside_count_against_the_size_of_the_file(workspace, folder, monkeypatch):
    monkeypatch.setattr(_archive, "_SUSPICIOUS_TOTAL", 2**20)
    inner = zipped(("zeros", b"\0" * 600_000))
    (folder / "bomb.zip").write_bytes(zipped(*((f"{n}.zip", inner) for n in range(4))))
    found = scan(workspace, [folder], archives=True)
    assert found.problems["archive too large"] == 3
