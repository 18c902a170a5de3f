"""The archive that is written while it is sent: what common readers make of it, byte for byte."""

import io
import struct
import subprocess
import zipfile
import zlib

import pytest

from eucaim_nb.transfer import _zip
from eucaim_nb.transfer._body import FileChanged, Part
from eucaim_nb.transfer._zip import Member, ZipBody


def member(name, content, crc32=None):
    part = Part(lambda: io.BytesIO(content), len(content))
    return Member(name, part, zlib.crc32(content) if crc32 is None else crc32)


CONTENTS = {"000000.dcm": b"first" * 1000, "000001.dcm": b"", "000002.dcm": bytes(range(256)) * 700}


def whole(members):
    with ZipBody(members) as body:
        announced = len(body)
        data = b"".join(iter(lambda: body.read(4096), b""))
    assert len(data) == announced
    return data


@pytest.fixture
def archive():
    return whole([member(name, content) for name, content in CONTENTS.items()])


def test_python_reads_every_member_and_finds_no_fault(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == CONTENTS
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in read.infolist())


def test_java_style_stream_reader_gets_sizes_and_checksums_before_the_data(archive):
    """A reader without the directory at the end: every local header tells all, no data descriptor is used."""
    place = 0
    for name, content in CONTENTS.items():
        fields = struct.unpack_from("<4s5H3L2H", archive, place)
        signature, _, flags, method, _, _, crc32, packed, size, name_length, extra = fields
        assert (signature, flags, method, extra) == (b"PK\x03\x04", 0, 0, 0)
        assert (crc32, packed, size) == (zlib.crc32(content), len(content), len(content))
        place += 30
        assert archive[place : place + name_length].decode() == name
        place += name_length + size


def test_unzip_of_the_system_agrees(archive, tmp_path):
    (tmp_path / "a.zip").write_bytes(archive)
    ran = subprocess.run(
        ["python3", "-m", "zipfile", "-t", str(tmp_path / "a.zip")], capture_output=True, text=True, check=True
    )
    assert "Done testing" in ran.stdout


def test_archives_above_the_old_limits_take_the_zip64_form(monkeypatch):
    monkeypatch.setattr(_zip, "_MOST", 2000)
    monkeypatch.setattr(_zip, "_MOST_MEMBERS", 2)
    data = whole([member(name, content) for name, content in CONTENTS.items()])
    assert b"PK\x06\x06" in data
    # Readers look at the true values only where the short ones are all ones.
    data = data.replace(struct.pack("<L", 2000), struct.pack("<L", 0xFFFFFFFF))
    end = data.rindex(b"PK\x05\x06")
    data = data[: end + 8] + struct.pack("<2H", 0xFFFF, 0xFFFF) + data[end + 12 :]
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        assert {name: read.read(name) for name in read.namelist()} == CONTENTS


def test_file_that_grew_since_it_was_counted_is_not_sent():
    grown = Member("a.dcm", Part(lambda: io.BytesIO(b"longer than said"), 3), 0)
    with ZipBody([grown]) as body, pytest.raises(FileChanged):
        list(iter(lambda: body.read(100), b""))
