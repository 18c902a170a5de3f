"""The multipart body."""

import io
from email.parser import BytesParser

import pytest

from eucaim_nb.transfer._body import FileChanged, Part
from eucaim_nb.transfer._multipart import MultipartBody


def part(content: bytes, size: int | None = None) -> Part:
    return Part(lambda: io.BytesIO(content), len(content) if size is None else size)


@pytest.mark.parametrize("read_size", [1, 7, 100, 2**16, -1])
def test_body_has_the_length_it_announces_and_every_byte(read_size):
    contents = [b"DICM" * 1000, b"", b"\r\n--frontier\r\n", bytes(range(256)) * 33]
    with MultipartBody([part(c) for c in contents]) as body:
        read = b"".join(iter(lambda: body.read(read_size), b""))
        assert len(read) == len(body)
        header = f"Content-Type: {body.content_type}\r\n\r\n".encode()
    message = BytesParser().parsebytes(header + read)
    assert [p.get_payload(decode=True) for p in message.get_payload()] == contents


def test_body_holds_no_more_than_one_read_in_memory(tmp_path):
    import tracemalloc

    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(300 * 2**20)
    with MultipartBody([Part(lambda: big.open("rb"), big.stat().st_size)] * 3) as body:
        tracemalloc.start()
        total = sum(len(block) for block in iter(lambda: body.read(2**16), b""))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert total == len(body)
    assert peak < 2 * 2**20


@pytest.mark.parametrize("announced", [3, 5])
def test_file_that_changed_size_ends_the_request(announced):
    with MultipartBody([part(b"four", announced)]) as body, pytest.raises(FileChanged):
        read_to_the_end(body)


def test_watch_can_end_the_request_in_the_middle():
    calls = []

    def watch(count=0):
        calls.append(1)
        if len(calls) > 3:
            raise KeyboardInterrupt

    with MultipartBody([part(b"x" * 1000)], watch) as body, pytest.raises(KeyboardInterrupt):
        read_to_the_end(body)


def read_to_the_end(body):
    while body.read(10):
        pass
