"""Names of people in running text who stand in no record: relatives, colleagues, neighbours.

A name is told by what it is made of, a given name that many people bear and capitalised words that are no terms beside
it, or by the word before it: of kinship, of a profession, of speaking with somebody.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from ._fold import fold
from ._found import NAME, Found
from ._vocabulary import (
    capitalised_words,
    cues,
    eponym_nouns,
    eponyms,
    folded_cues,
    given_names,
    months,
    protocol_words,
    term_nouns,
)

Word = tuple[int, int, str]
"""Start, end and folded form."""

_TERM = re.compile(
    r".*(?:karzinom[es]?|karcinom|krebs|tumoren?|sarkom[es]?|lymphom[es]?|adenom[es]?|metastasen?|itis|iitis|litis|osis|ose|osen"
    r"|ung|ungen|heit|keit|schaft|tion|tionen|aten|ismus|tomie|skopie|graphie|grafie|logie|logia|logija|logi|logy|therapie"
    r"|terapia|pathie|patia|plastie|ektomie|ectomia|ectomy|ectomie|tomia|scopia|grafia|graphy|emia|amie|emie|mab|mabe|nib|platin"
    r"|platino|platine|taxel|rubicin|rubicina|bicin|citabin|citabina|citabine|statin|statina|cillin|cilina|mycin|micina|azol"
    r"|prazol|sartan|olol|pril|dipin|parin|parina|parine|xaban|gliptin|formin|formina|trozol|lutamid|lutamida|limus|dronat"
    r"|omum|oma|omas|omi|system|systeme|gerat|wert|werte|zeit|raum|knoten|bruch|schmerz|schmerzen|haus|heim|station|zentrum"
    r"|kliniken|log|loge|logen|login|logue|logo|logos|loog|logist|kirurgen|kirurg|klinik|arzt|nummer|bogen|blatt|scan|gram|gramm|gramma|serie|serien|phase|gewebe|muskel|gelenk|knochen|hohle|lappen|segment"
    r"|emphysem|druse|zyten|zyt|cytes|cyten|kanal|gang|drainage|katheter|infarkt|embolie|thrombose|stenose|syndrom|erkrankung|verdacht|befund|insuffizienz|diabetes)"
)
_SURNAME = re.compile(
    r".{2,}(?:poulos|poulou|akis|aki|idis|idou|iadis|oglou|owski|owska|owskiego|owskiej|owska|ewski|ewska|ewicz|owicz|ewicza|owicza"
    r"|insky|ynski|ynska|inski|inska|czyk|czak|escu|eanu|sson|ssons|ovic|evic|enko|chuk|ova|eva|sen|strom|qvist|quist|berg)"
)
_GIVEN, _NAME, _NONE = 2, 1, 0
_TWO_GIVEN = re.compile(
    r"(?:pier|gian|giam|maria|anna|ann|rosa|hans|karl|heinz|jean|marie|ana|jose|lille|lill)(?=.{3})"
)
_GAP = re.compile(r"(?:[ \t\u00a0]{1,2}|\.[ \t]?|[-‐'’]|, (?=[^\W\d_])|[\^_])\Z")
_LEAST_FUNCTION_WORDS = 2
_SENTENCE = 2
"""Of prose: function words of a language tell a sentence, other lower-case words only that it is no list of terms."""
_MOST_BEFORE_NAME = 4
_MOST_WORDS = 6
_NOBLE = frozenset(
    {"de", "del", "della", "dello", "dei", "degli", "di", "da", "das", "do", "dos", "du", "des", "der", "den", "dem",
     "ter", "ten", "van", "von", "vom", "zu", "zum", "zur", "la", "le", "el", "al", "san", "af", "av", "lo", "y",
     "i", "e"}
)  # fmt: skip
_KIN_ENDS = (
    "tochter", "sohn", "mutter", "vater", "schwester", "bruder", "dotter", "dottern", "sonen", "brorsson", "dochter",
    "zoon", "moeder", "vader", "broer", "datter", "datteren",
)  # fmt: skip
_CALLED = ("nome", "name", "nombre", "llamada", "llamado", "detta", "genannt")
_SENTENCE_END = ".!?\n\r;"
_NUMBER_BEHIND = re.compile(r"[ -]?[0-9]")
_HONORIFIC = re.compile(r"-(?:san|sama|sensei|chan|kun|shi)(?![^\W\d_])", re.I)


@cache
def _vocabulary() -> frozenset[str]:
    return (
        protocol_words()
        | capitalised_words()
        | term_nouns()
        | folded_cues("kin")
        | folded_cues("role")
        | folded_cues("contact")
        | folded_cues("lives")
        | folded_cues("street")
        | folded_cues("function")
        | folded_cues("german")
        | folded_cues("name")
        | folded_cues("id")
        | folded_cues("phone")
        | folded_cues("birth")
        | folded_cues("title")
        | folded_cues("title.")
    )


@cache
def _announcing() -> frozenset[str]:
    return folded_cues("kin") | folded_cues("role") | folded_cues("contact")


@cache
def _sentence() -> frozenset[str]:
    return folded_cues("function") | folded_cues("german")


@cache
def _between() -> frozenset[str]:
    return folded_cues("with") | folded_cues("particle")


@cache
def _german() -> frozenset[str]:
    # Words of other languages too say nothing.
    return folded_cues("german") - folded_cues("function")


def strangers(text: str, words: Sequence[Word]) -> Iterator[Found]:
    """Find names in a text that is given with its words."""
    if len(words) < 2:
        return
    forms = [word[2] for word in words]
    functions = sum(form in _sentence() for form in forms)
    plain = sum(
        text[start].islower() and end - start > 2 and form not in protocol_words()
        for start, end, form in words
    )
    announced = not _announcing().isdisjoint(forms)
    honoured = "-" in text and _HONORIFIC.search(text) is not None
    if functions + plain < _LEAST_FUNCTION_WORDS and not announced and not honoured:
        return
    german = any(
        form in _german() and not (at and forms[at - 1] == "van")  # van der Velde is Dutch
        for at, form in enumerate(forms)
    )
    titled = _writes_terms_with_capitals(text, words)
    at = 0
    while at < len(words):
        if not _is_capital(text, words[at]) or (
            forms[at] in _vocabulary() and forms[at] not in given_names()
        ):
            at += 1
            continue
        last = _end_of_run(text, words, at)
        enough = functions + plain >= _LEAST_FUNCTION_WORDS
        prose = _SENTENCE if functions and enough and not titled else enough
        yield from _named(text, words, at, last, prose, german)
        at = last + 1


def _is_capital(text: str, word: Word) -> bool:
    before = text[word[0] - 1] if word[0] else " "
    after = text[word[1] : word[1] + 1]
    return text[word[0]].isupper() and not before.isdigit() and before not in "@_" and not after.isdigit()


def _end_of_run(text: str, words: Sequence[Word], first: int) -> int:
    """Return the last of the capitalised words, with particles between, that stand together without a sign."""
    last = at = first
    while at + 1 < len(words) and at - first < _MOST_WORDS:
        gap = text[words[at][1] : words[at + 1][0]]
        if not _GAP.match(gap) or (gap[0] == "." and words[at][1] - words[at][0] > 3):
            break
        if gap[0] == "," and last == at and not (first == at and _kind(words[at + 1][2]) == _GIVEN):
            break
        at += 1
        if _is_capital(text, words[at]):
            last = at
        elif words[at][2] not in _NOBLE:
            if gap[0] not in "-'’" or at != last + 1:
                break
            last = at  # Jean-luc, Xiao-ming
    return last


def _kind(form: str) -> int:
    if form in given_names() and (form in months() or form not in _vocabulary()):
        return _GIVEN
    if (two := _TWO_GIVEN.match(form)) and form[two.end() :] in given_names() and form not in _vocabulary():
        return _GIVEN
    if form in _vocabulary() or len(form) < 2 or _TERM.fullmatch(form):
        return _NONE
    return _NAME


def _named(
    text: str, words: Sequence[Word], first: int, last: int, prose: int, german: bool
) -> Iterator[Found]:
    cue = _cue_before(text, words, first)
    run = list(range(first, last + 1))
    kinds = {
        at: _kind(words[at][2]) for at in run if _is_capital(text, words[at]) and not _is_particle(words[at])
    }
    for at in kinds:
        if kinds[at] == _NONE and words[at][2] in given_names() and _joined_name(text, words, at, last):
            kinds[at] = _GIVEN
    begin = next((at for at in run if kinds.get(at)), None)
    if begin is None:
        return
    if begin > first and not all(_is_particle(words[at]) for at in range(first, begin)):
        cue = ""
    given = [at for at in run if kinds.get(at) == _GIVEN]
    # A family name may be any word, once a given name stands before it.
    end, plain = begin, 0
    for at in range(begin, last + 1):
        kind = kinds.get(at)
        if kind is None:
            continue
        initial = words[at][1] - words[at][0] == 1
        behind = given and 0 < at - given[0] < 4 and not german and words[at][2] not in _sentence()
        may_be = behind and not text[words[at][0] : words[at][1]].isupper()
        if kind or (initial and (plain or cue)) or may_be:
            end, plain = at, plain + (not initial)
        else:
            break
    capitals = [at for at in kinds if begin <= at <= end]
    given = [at for at in given if at <= end]
    if not capitals:
        return
    start = words[begin][0]
    stop = words[end][1]
    if one := _HONORIFIC.match(text, stop):
        yield Found(start, one.end(), NAME, "name with an honorific")
        return
    if _is_term(text, words, begin, end):
        return
    if cue and _may_follow(text, words, capitals, given, cue, german):
        yield Found(start, stop, NAME, f"name after a word of {cue}")
        return
    if not prose:
        return
    if given:
        if german and given[0] > begin and not _SURNAME.fullmatch(words[begin][2]):
            begin = given[0]
            start = words[begin][0]
        if end > begin:
            yield Found(start, stop, NAME, "given name and family name")
        return
    if prose < _SENTENCE:
        return
    if _opens_sentence(text, start):
        capitals = capitals[1:]
    if (
        len(capitals) > 1
        and not german
        and (_two_unknown(text, words, capitals) or any(_SURNAME.fullmatch(words[at][2]) for at in capitals))
    ):
        yield Found(words[capitals[0]][0], stop, NAME, "two names")


def _is_particle(word: Word) -> bool:
    return word[2] in _NOBLE and word[1] - word[0] > 1


def _joined_name(text: str, words: Sequence[Word], at: int, last: int) -> bool:
    """Tell whether a given name that is also a common word has a name behind it."""
    return at < last and _kind(words[at + 1][2]) != _NONE and _is_capital(text, words[at + 1])


def _two_unknown(text: str, words: Sequence[Word], capitals: Sequence[int]) -> bool:
    if any(b - a > 1 and words[a + 1][2] in ("y", "i", "e") for a, b in pairwise(capitals)):
        return False
    if all(text[words[at][1]] in "-'’" for at in capitals[:-1]):
        return False  # one word with a hyphen
    for at in capitals:
        word = text[words[at][0] : words[at][1]]
        if len(word) < 3 or not word[1:].islower() or words[at][2] in eponyms():
            return False
    return not _NUMBER_BEHIND.match(text, words[capitals[-1]][1])


def _writes_terms_with_capitals(text: str, words: Sequence[Word]) -> bool:
    """Tell whether words of protocols have capitals inside sentences: then a capital tells nothing."""
    return any(
        form in protocol_words()
        and end - start > 3
        and text[start].isupper()
        and text[start + 1].islower()
        and not _opens_sentence(text, start)
        for start, end, form in words[1:]
    )


def _may_follow(
    text: str, words: Sequence[Word], capitals: Sequence[int], given: Sequence[int], cue: str, german: bool
) -> bool:
    if given:
        return True
    if _NUMBER_BEHIND.match(text, words[capitals[-1]][1]):
        return False
    first = text[words[capitals[0]][0] : words[capitals[0]][1]]
    if len(first) < 3 or (first.isupper() and len(first) < 5):
        return False
    if german and cue == "contact":
        return len(capitals) > 1 and words[capitals[0]][2] not in eponyms()
    return True


def _cue_before(text: str, words: Sequence[Word], first: int) -> str:
    """Return which kind of word announces a name, if one does: `kin`, `role` or `contact`."""
    stop = words[first][0]
    for back in range(1, _MOST_BEFORE_NAME + 2):
        if back > first:
            return ""
        start, end, form = words[first - back]
        gap = text[end:stop]
        if len(gap) > 3 or any(sign in ".;!?\n" for sign in gap) or any(map(str.isdigit, gap)):
            return ""
        for kind in ("kin", "role", "contact"):
            if form in folded_cues(kind) and not (form in _between() and text[start:end] not in cues(kind)):
                return kind
        if form.endswith(_KIN_ENDS) and form not in protocol_words() and not form.startswith("gebar"):
            return "kin"
        if form not in _between() and form not in _CALLED:
            return ""
        stop = start
    return ""


def _is_term(text: str, words: Sequence[Word], begin: int, end: int) -> bool:
    """Tell whether a name stands beside a word that makes it a term: the score of Child Pugh."""
    for back in range(1, 4):
        if begin - back < 0:
            break
        before = words[begin - back]
        gap = text[before[1] : words[begin - back + 1][0]]
        if len(gap) > 2 or any(sign in ".,;:!?\n(" for sign in gap):
            break
        if before[2] in term_nouns():
            return True
        if before[2] not in _NOBLE and before[2] not in ("of", "the", "von", "nach", "wg", "l", "d"):
            break
    if end + 1 < len(words):
        after = words[end + 1]
        return text[words[end][1] : after[0]] in (" ", "-", "'s ", "’s ") and after[2] in eponym_nouns()
    return False


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip(" \t\"'«„“(¿¡-")
    return not before or before[-1] in _SENTENCE_END


def is_name_like(word: str) -> bool:
    """Tell whether a capitalised word may be a name, because it is no word of reports."""
    return _kind(fold(word)) != _NONE
