"""What CTP's DicomAnonymizer makes of a data set by a script: the part of its language that eucaim_nb writes.

Written from the behaviour of CTP (2025-05-13), and compared with it tag by tag wherever CTP_HOME names one.
"""

import hashlib
import re
from datetime import date, timedelta
from xml.etree.ElementTree import fromstring

from pydicom import Dataset
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.sequence import Sequence

KEPT = {0x00080016, 0x00080018, 0x0020000D}
CODES = 0x00120064
PRIVATE, UNSPECIFIED, OVERLAYS, CURVES = "privategroups", "unspecifiedelements", "overlays", "curves"


class Quarantine(Exception):
    """CTP would set the object aside."""


class Script:
    """A script and a look-up table, ready to be applied to data sets."""

    def __init__(self, text: str, table: str = "") -> None:
        root = fromstring(text)
        self.lines = {int(e.get("t"), 16): e.text.strip() for e in root.iter("e") if e.get("en") == "T"}
        self.parameters = {p.get("t"): p.text for p in root.iter("p")}
        self.removed = {r.get("t") for r in root.iter("r") if r.get("en") == "T"}
        self.table = properties(table)

    def apply(self, source: Dataset) -> Dataset:
        """Return what comes out.

        Raises
        ------
        Quarantine
            It would be set aside.
        """
        self.root = source
        result = Dataset()
        result.update({element.tag: element for element in source})
        if "SpecificCharacterSet" not in source:
            result.SpecificCharacterSet = "ISO_IR 100"
        for tag, script in self.lines.items():
            if tag not in source and script.startswith("@always()") and dictionary_VR(tag) != "SQ":
                self._put(result, source, tag, dictionary_VR(tag), script)
            elif tag not in source and tag == CODES:
                result[tag] = self._codes(script)
        return self._walk(source, result)

    def _walk(self, source: Dataset, result: Dataset) -> Dataset:
        for element in source:
            tag, group = int(element.tag), element.tag.group
            script = self.lines.get(tag)
            kept = tag in KEPT or group in (0x0002, 0x0028, 0x7FE0)
            gone = (group & 1 and PRIVATE in self.removed) or UNSPECIFIED in self.removed
            layer = {0x6000: OVERLAYS, 0x5000: CURVES}.get(group & 0xFF00)
            if (script is None and gone and not kept) or layer in self.removed:
                del result[tag]
            elif script is not None and tag == CODES:
                result[tag] = self._codes(script)
            elif script is not None:
                self._put(result, source, tag, element.VR, script)
        return result

    def _put(self, result: Dataset, source: Dataset, tag: int, vr: str, script: str) -> None:
        made = self.run(script, source, tag).strip()
        if made == "@process()":
            items = [self._walk(item, _copy(item)) for item in source[tag].value or []]
            result.add_new(tag, "SQ", Sequence(items))
        elif "@remove()" in made:
            result.pop(tag, None)
        elif made != "@keep()":
            value = "" if made == "@empty()" else made
            result.add_new(tag, vr, value.split("\\") if "\\" in value else value)

    def run(self, script: str, source: Dataset, tag: int) -> str:
        """Return what a script makes of one attribute; calls that say what to do with it stay."""
        out = ""
        while script:
            if script[0] != "@":
                out, script = out + script[0], script[1:]
                continue
            name, _, script = script[1:].partition("(")
            arguments, script = _until(script, ")")
            clauses = []
            while name in ("if", "select") and script.startswith("{"):
                clause, script = _until(script[1:], "}")
                clauses.append(clause)
            out += self._call(name, _split(arguments), clauses, source, tag)
        return out

    def _call(self, name: str, given: list[str], clauses: list[str], source: Dataset, tag: int) -> str:
        match name:
            case "always":
                return ""
            case "keep" | "remove" | "empty" | "process":
                return f"@{name}()"
            case "quarantine":
                raise Quarantine
            case "param":
                return self.parameters[given[0].lstrip("@")]
            case "contents":
                return self._value(given[0], source, tag) or ""
            case "hash":
                text = self._value(given[0], source, tag)
                return _digits(text)[: int(given[1])] if text is not None else "@remove()"
            case "select":
                return self.run(clauses[0 if source is self.root else 1], source, tag)
            case "if":
                assert given[1] == "matches"
                fits = re.fullmatch(given[2], self._value(given[0], source, tag) or "")
                return self.run(clauses[0 if fits else 1], source, tag)
            case "lookup":
                key = (self._value(given[0], source, tag) or "").replace("\\", "").strip()
                if f"{given[1]}/{key}" in self.table:
                    return self.table[f"{given[1]}/{key}"]
                if given[2:3] == ["ignore"] and re.fullmatch(given[3], key):
                    return key
                raise Quarantine
            case "incrementdate":
                text = self._value(given[0], source, tag)
                days = self.table.get(f"{given[2]}/{(self._value(given[1], source, tag) or '').strip()}")
                if len(text) < 8 or days is None:
                    return "@empty()"
                return "\\".join(_moved(one, lambda day: day + timedelta(int(days))) for one in text.split("\\"))
            case "modifydate":
                assert given[1:] == ["*", "*", "1"]
                return _moved(self._value(given[0], source, tag), lambda day: day.replace(day=1))
        raise AssertionError(f"not written by eucaim_nb: @{name}")

    def _value(self, name: str, source: Dataset, tag: int) -> str | None:
        if name.startswith("root:"):
            name, source = name[5:], self.root
        wanted = tag if name == "this" else tag_for_keyword(name)
        if wanted not in source:
            return None
        value = source[wanted].value
        parts = value if isinstance(value, list) or hasattr(value, "append") else [value]
        return "\\".join("" if one is None else str(one) for one in parts)

    def _codes(self, script: str):
        made = Dataset()
        codes = []
        for code in script.split("/"):
            if code == "reset":
                codes = []
                continue
            item = Dataset()
            item.CodeValue, item.CodingSchemeDesignator = code, "DCM"
            codes.append(item)
        made.add_new(CODES, "SQ", Sequence(codes))
        return made[CODES]


def properties(text: str) -> dict[str, str]:
    """Read Java's properties, as far as eucaim_nb writes them."""
    found = {}
    for line in text.splitlines():
        key, _, value = re.match(r"((?:\\.|[^=])*)(=)(.*)", line).groups()
        found[re.sub(r"\\(.)", lambda one: {"t": "\t"}.get(one[1], one[1]), key)] = value
    return found


def _copy(source: Dataset) -> Dataset:
    result = Dataset()
    result.update({element.tag: element for element in source})
    return result


def _until(text: str, end: str) -> tuple[str, str]:
    """Return what is before the bracket that closes, and what follows it."""
    start, depth, quoted = {")": "(", "}": "{"}[end], 0, False
    for place, one in enumerate(text):
        if one == '"' and end == ")":
            quoted = not quoted
        elif one == start and not quoted:
            depth += 1
        elif one == end and not quoted:
            if not depth:
                return text[:place], text[place + 1 :]
            depth -= 1
    raise AssertionError("not closed")


def _split(arguments: str) -> list[str]:
    parts = re.findall(r'"[^"]*"|[^,]+', arguments)
    return [part.strip().strip('"') for part in parts]


def _digits(text: str) -> str:
    return str(int(hashlib.md5(text.encode()).hexdigest(), 16))


def _moved(text: str, move) -> str:
    day = move(date(int(text[:4]), int(text[4:6]), int(text[6:8])))
    return f"{day:%Y%m%d}{text[8:]}"
