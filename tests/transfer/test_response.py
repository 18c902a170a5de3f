"""The answer to a store request, in every form that servers give it, and what it is worth."""

import json
from email.message import Message
from email.utils import formatdate
from types import SimpleNamespace

import pytest

from eucaim_nb.transfer._carrier import retry_after
from eucaim_nb.transfer._response import StoreResponse, in_words, read_response


def entry(uid, **codes):
    tags = {"warning": "00081196", "failure": "00081197"}
    return {"00081155": {"vr": "UI", "Value": [uid]}} | {
        tags[name]: {"vr": "US", "Value": [code]} for name, code in codes.items()
    }


STORED = {"00081199": {"vr": "SQ", "Value": [entry("1.2")]}}
FAILED = {"00081198": {"vr": "SQ", "Value": [entry("1.3", failure=0xA700)]}}
XML = """<?xml version="1.0" encoding="UTF-8"?>
<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM">
  <DicomAttribute tag="00081199" vr="SQ" keyword="ReferencedSOPSequence">
    <Item number="1">
      <DicomAttribute tag="00081155" vr="UI"><Value number="1">1.2</Value></DicomAttribute>
      <DicomAttribute tag="00081196" vr="US"><Value number="1">45056</Value></DicomAttribute>
    </Item>
    <Item number="2"><DicomAttribute tag="00081155" vr="UI"><Value number="1">1.4</Value></DicomAttribute></Item>
  </DicomAttribute>
  <DicomAttribute tag="00081198" vr="SQ">
    <Item number="1">
      <DicomAttribute tag="00081155" vr="UI"><Value number="1">1.3</Value></DicomAttribute>
      <DicomAttribute tag="00081197" vr="US"><Value number="1">42752</Value></DicomAttribute>
    </Item>
  </DicomAttribute>
</NativeDicomModel>"""


@pytest.mark.parametrize(
    ("content", "stored", "failed"),
    [
        (STORED, {"1.2"}, set()),
        ([STORED], {"1.2"}, set()),
        (STORED | FAILED, {"1.2"}, {"1.3"}),
        ({"00081199": {"vr": "SQ"}}, set(), set()),
        ({"00081199": "nonsense"}, set(), set()),
        ({"00081199": {"vr": "SQ", "Value": [{"00081155": {"Value": [{"a": 1}]}}, 7]}}, set(), set()),
        ([], set(), set()),
        ("text", set(), set()),
        (None, set(), set()),
        (42, set(), set()),
    ],
)
def test_answers_in_every_form_servers_give(content, stored, failed):
    said = read_response(json.dumps(content).encode())
    assert (set(said.stored), set(said.refused)) == (stored, failed)


def test_xml_says_the_same_as_json():
    said = read_response(XML.encode())
    assert set(said.stored) == {"1.2", "1.4"}
    assert "changed values" in said.stored["1.2"]
    assert said.stored["1.4"] == ""
    assert "out of space" in said.refused["1.3"]
    assert said.full


ENTITIES = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///x">]>
<NativeDicomModel><DicomAttribute tag="00081199" vr="SQ"><Item number="1"><DicomAttribute tag="00081155" vr="UI">
<Value number="1">%s</Value></DicomAttribute></Item></DicomAttribute></NativeDicomModel>"""


@pytest.mark.parametrize("entity", ["&a;", "&b;", "&c;", "1.2"])
def test_xml_with_a_document_type_says_nothing_because_entities_could_expand(entity):
    assert read_response((ENTITIES % entity).encode()) == StoreResponse()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>Bad Gateway</body></html>",
        b"<!DOCTYPE html><p>",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        XML[:400].encode(),
        b"<NativeDicomModel>" + b"<a>" * 5000,
    ],
)
def test_answer_that_names_no_instance_says_nothing(content):
    assert read_response(content) == StoreResponse()


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("failure", 0xA700, "out of space"),
        ("failure", 0xA7FF, "out of space"),
        ("failure", 0xC122, "transfer syntax"),
        ("failure", 0xC123, "not understand"),
        ("failure", 0x0111, "already"),
        ("failure", 0x0122, "kind of object"),
        ("failure", "42752", "out of space"),
        ("failure", 1, "refused it (code 0001)"),
        ("failure", None, "no reason"),
        ("warning", 0xB000, "changed values"),
        ("warning", 0xB006, "left elements out"),
        ("warning", 0xB007, "kind of object"),
        ("warning", 0xB123, "remarks something"),
    ],
)
def test_reasons_are_words(kind, code, words):
    assert words in in_words(kind, code)


def test_address_tells_where_a_server_put_an_instance():
    item = entry("1.2") | {"00081190": {"vr": "UR", "Value": ["https://x/dicom-web/studies/7/series/8/instances/9"]}}
    said = read_response(json.dumps({"00081199": {"vr": "SQ", "Value": [item]}}).encode())
    assert said.addresses == {"1.2": ("7", "8", "9")}


def answer(**headers):
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return SimpleNamespace(headers=message)


def test_retry_after_is_read_as_seconds_and_as_a_date_by_the_clock_of_the_node():
    assert retry_after(answer(Retry_After="120")) == 120
    long_ago = 1_000_000_000
    by_its_clock = answer(Retry_After=formatdate(long_ago + 90, usegmt=True), Date=formatdate(long_ago, usegmt=True))
    assert retry_after(by_its_clock) == 90
    past = answer(Retry_After=formatdate(long_ago, usegmt=True), Date=formatdate(long_ago + 5, usegmt=True))
    assert retry_after(past) == 0


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5.3"])
def test_retry_after_that_cannot_be_read_is_none(text):
    assert retry_after(answer(Retry_After=text)) is None
