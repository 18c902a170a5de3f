"""Scripts for CTP's DicomAnonymizer: from rules by attribute to its functions.

CTP knows no keyed pseudonyms and cleans no texts. Pseudonyms, UIDs and days come from the look-up table; a text that
would be cleaned is emptied, and what the table does not know sends the whole object to quarantine. So nothing is
treated less strictly than by the rules.
"""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from ._rules import Rules

_PATIENT_ID, _COMMENTS = 0x00100020, 0x00104000
_METHOD, _REMOVED, _CODES, _TIMES = 0x00120063, 0x00120062, 0x00120064, 0x00280303
_STANDARD_UID = '"(1[.]2[.]840[.]10008[.].*)?"'
_TEXT_DUMMIES = {
    "AS": "000D",
    "DA": "19000101",
    "DS": "0",
    "DT": "19000101000000",
    "IS": "0",
    "TM": "000000",
    **dict.fromkeys(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"), "REMOVED"),
}
_DAY = {
    "shift": "@incrementdate(this,root:PatientID,shift)",
    "month": "@modifydate(this,*,*,1)",
}
_FORMS = {"DA": '"[0-9]{8}"', "DT": '"[0-9]{8}[0-9.]*"'}
_MODIFIED = {"shift": "MODIFIED", "month": "MODIFIED", "remove": "REMOVED", "keep": "UNMODIFIED"}
_SIMPLE = {
    "keep": "@keep()",
    "pixels": "@keep()",
    "number": "@empty()",
    "clean text": "@empty()",
    "document": "@quarantine()",
    "uid": f"@lookup(this,uid,ignore,{_STANDARD_UID})",
    "pseudonym": "@select(){@lookup(PatientID,ptid)}{@remove()}",
}


def anonymizer(rules: Rules) -> str:
    """Return the script that de-identifies by some rules; what they do not name is removed, private groups too."""
    lines: dict[int, tuple[str, str]] = {}
    for tag, keyword, vr, action in rules.attributes:
        script = "" if tag >> 16 < 0x0008 else _script(vr, action, rules)
        if script and script != "@remove()":
            lines[tag] = keyword, script
    lines[_PATIENT_ID] = "PatientID", "@always()" + _SIMPLE["pseudonym"]
    lines[_REMOVED] = "PatientIdentityRemoved", "@always()YES"
    lines[_METHOD] = "DeIdentificationMethod", f"@always()CTP, script by eucaim_nb: {_plain(rules.title)}"
    lines[_CODES] = "DeIdentificationMethodCodeSeq", "/".join(["reset", *rules.codes])
    lines[_TIMES] = "LongitudinalTemporalInformationModified", f"@always(){_MODIFIED[rules.dates]}"
    groups = ("privategroups", "unspecifiedelements", "curves", "overlays")
    return _document({}, sorted(lines.items()), groups)


def routing(project: str) -> str:
    """Return the script that tells XNAT by (0010,4000) where an object belongs; it changes nothing else.

    Subject and session get the labels that `labels_of` gives.
    """
    where = (
        "@always()Project:@param(@PROJECTNAME);Subject:@contents(PatientID);"
        "Session:@contents(PatientID)_@hash(StudyInstanceUID,8)"
    )
    return _document({"PROJECTNAME": project}, [(_COMMENTS, ("PatientComments", where))])


def _script(vr: str, action: str, rules: Rules) -> str:
    """Return the call for one attribute; empty where there is none, and the attribute is then removed."""
    if vr == "SQ":
        # CTP does not look into a sequence unless told to, and @empty() leaves its items where they are.
        return "@process()" if action in ("keep", "recurse") else "@remove()"
    if action == "date":
        return _date(vr, rules.dates)
    if action == "age":
        return _age(rules.age_limit)
    if action == "empty":
        return "@empty()"
    if action == "dummy":
        return _SIMPLE["uid"] if vr == "UI" else _TEXT_DUMMIES.get(vr, "@remove()")
    return _SIMPLE.get(action, "@remove()")


def _date(vr: str, policy: str) -> str:
    if policy == "keep":
        return "@keep()"
    if vr == "TM" and policy != "remove":
        return '@if(this,matches,"[0-9.:]*"){@keep()}{@empty()}'
    if policy not in _DAY or vr not in _FORMS:
        return "@empty()"
    # CTP moves the first eight characters and keeps whatever follows them: only a date may pass.
    return f"@if(this,matches,{_FORMS[vr]}){{{_DAY[policy]}}}{{@empty()}}"


def _age(limit: int) -> str:
    kept = "@keep()"
    if limit:
        above = "|".join(_above(f"{limit:03d}"))
        kept = f'@if(this,matches,"({above})Y"){{{limit + 1:03d}Y}}{{@keep()}}'
    return f'@if(this,matches,"[0-9][0-9][0-9][DWMY]"){{{kept}}}{{@empty()}}'


def _above(digits: str) -> Iterable[str]:
    """Yield patterns for the numbers of three digits above one."""
    for place, digit in enumerate(digits):
        if digit < "9":
            yield digits[:place] + f"[{int(digit) + 1}-9]" + "[0-9]" * (2 - place)


def _plain(text: str) -> str:
    """Return a text without what the script language would read as its own."""
    return "".join(one for one in text if one.isascii() and (one.isalnum() or one in " .,:-_"))[:40]


def _document(
    parameters: Mapping[str, str], lines: Iterable[tuple[int, tuple[str, str]]], removed: Iterable[str] = ()
) -> str:
    return "\n".join(
        [
            "<script>",
            *(f"  <p t={quoteattr(name)}>{escape(value)}</p>" for name, value in parameters.items()),
            *(
                f'  <e en="T" t="{tag:08x}" n={quoteattr(keyword)}>{escape(script)}</e>'
                for tag, (keyword, script) in lines
            ),
            *(f'  <r en="T" t="{group}"/>' for group in removed),
            "</script>",
            "",
        ]
    )
