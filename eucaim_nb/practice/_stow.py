"""STOW-RS: take in the instances of a request, one part at a time (PS3.18 10.5)."""

from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from ._header import Header, NotAnInstance, read_header
from ._http import Request, Response, accepts, json_response, problem
from ._multipart import MalformedMultipart, MultipartReader, content_type
from ._native import native_xml
from ._renaming import renamed
from ._spool import Spool, Spooled
from ._store import Verdict

# Failure reasons: PS3.18 Table I.2-2, and PS3.7 C.5.6 for the duplicate.
PROCESSING_FAILURE = 0x0110
DUPLICATE = 0x0111
OUT_OF_RESOURCES = 0xA700
CANNOT_UNDERSTAND = 0xC000
COERCED = 0xB000  # a warning

Keep = Callable[[Spooled, Header], Verdict]


class Answer:
    """The Store Instances Response Module (PS3.18 Table I.1-1) while it fills."""

    def __init__(self, root: str, study: str | None, *, warning: int | None = None, xml: bool = False) -> None:
        self._root = root
        self._study = study
        self._warning = warning
        self._xml = xml
        self._referenced: list[dict[str, Any]] = []
        self._failed: list[dict[str, Any]] = []
        self._other: list[dict[str, Any]] = []

    def stored(self, header: Header) -> None:
        """List an instance as stored."""
        study, series, sop = (quote(uid, safe="") for uid in (header.study, header.series, header.sop))
        item = _reference(header.sop_class, header.sop)
        item["00081190"] = {
            "vr": "UR",
            "Value": [f"{self._root}/studies/{study}/series/{series}/instances/{sop}"],
        }
        if self._warning is not None:
            item["00081196"] = {"vr": "US", "Value": [self._warning]}
        self._referenced.append(item)

    def failed(self, reason: int, sop_class: str = "", sop: str = "") -> None:
        """List a part as failed. Without its UIDs it can only go to the Other Failures Sequence."""
        known = bool(sop_class and sop)
        item = _reference(sop_class, sop) if known else {}
        item["00081197"] = {"vr": "US", "Value": [reason]}
        (self._failed if known else self._other).append(item)

    def response(self, *, malformed: bool) -> Response:
        """Answer 200, 202, 409 (PS3.18 Table 10.5.3-1), or 400 if the body was malformed or had no part.

        The lists are in the body whatever the status is: a 400 may have stored what came before the damage.
        A full disk shows as failures with reason A700: the table has no status for it.
        """
        failures = bool(self._failed or self._other)
        if malformed or not (self._referenced or failures):
            status = 400
        elif not failures:
            status = 200
        else:
            status = 202 if self._referenced else 409
        module: dict[str, Any] = {}
        if self._study is not None:
            module["00081190"] = {
                "vr": "UR",
                "Value": [f"{self._root}/studies/{quote(self._study, safe='')}"],
            }
        for tag, items in (
            ("00081198", self._failed),
            ("00081199", self._referenced),
            ("0008119A", self._other),
        ):
            if items:
                module[tag] = {"vr": "SQ", "Value": items}
        if self._xml:
            return Response(status, native_xml(module), "application/dicom+xml")
        return json_response(status, module, "application/dicom+json")


def _reference(sop_class: str, sop: str) -> dict[str, Any]:
    return {"00081150": {"vr": "UI", "Value": [sop_class]}, "00081155": {"vr": "UI", "Value": [sop]}}


def store_instances(request: Request, spool: Spool, keep: Keep) -> Response:
    """Answer a store request; if its address names a study, instances of other studies are refused.

    Parameters
    ----------
    request : Request
        Its plan may say `empty`, `lost`, `partial` or `disk-full`.
    spool : Spool
        Where a part lives until it is judged.
    keep : callable
        Makes a part an instance of the store.

    Returns
    -------
    Response
        The Store Instances Response Module as DICOM JSON.
    """
    study = request.segments[1] if len(request.segments) == 2 else None
    media_type, parameters = content_type(request.header("Content-Type"))
    if (
        media_type != "multipart/related"
        or parameters.get("type", "application/dicom").lower() != "application/dicom"
    ):
        return problem(415, 'send multipart/related; type="application/dicom"')
    if not 0 < len(parameters.get("boundary", "")) <= 70:
        return problem(400, "the Content-Type has no valid boundary")
    if not accepts(request, "application/dicom+json", "application/json"):
        return problem(406, "this node answers application/dicom+json")
    if request.plan.take("empty"):
        request.body.drain()
        return json_response(
            200, {"00081198": {"vr": "SQ"}, "00081199": {"vr": "SQ"}}, "application/dicom+json"
        )

    answer = Answer(
        f"{request.base}{request.room}",
        study,
        warning=COERCED if request.plan.take("warned") else None,
        xml=request.plan.take("xml") is not None,
    )
    renaming = request.plan.take("renamed") is not None
    lost = request.plan.take("lost") is not None
    full = request.plan.take("disk-full") is not None
    partial = request.plan.take("partial")
    held_back = int(partial.value or 0) if partial else 0
    held: deque[Spooled] = deque()

    def settle(spooled: Spooled, failure: int | None) -> None:
        try:
            header = read_header(spooled.path)
            if study is not None and header.study != study:
                failure = PROCESSING_FAILURE
            if failure is None and not lost:
                verdict = keep(*renamed(spooled, header)) if renaming else keep(spooled, header)
                request.stored += verdict is Verdict.NEW
                failure = DUPLICATE if verdict is Verdict.REFUSED else None
        except NotAnInstance as unknown:
            answer.failed(CANNOT_UNDERSTAND, unknown.sop_class, unknown.sop)
        except OSError:
            answer.failed(OUT_OF_RESOURCES, header.sop_class, header.sop)
        else:
            if failure is None:
                answer.stored(header)
            else:
                answer.failed(failure, header.sop_class, header.sop)
        finally:
            spooled.discard()

    malformed = False
    try:
        for _, data in MultipartReader(request.body.read, parameters["boundary"]).parts():
            try:
                held.append(spool.write(data))
            except OSError:
                answer.failed(OUT_OF_RESOURCES)
            if len(held) > held_back:
                settle(held.popleft(), OUT_OF_RESOURCES if full else None)
    except MalformedMultipart:
        malformed = True
    finally:
        # What is still held back fails; a connection lost on the way ends here too, and leaves no file.
        while held:
            settle(held.popleft(), OUT_OF_RESOURCES if full else PROCESSING_FAILURE)
    return answer.response(malformed=malformed)
