"""Names of people in running text who stand in no record: relatives, colleagues, neighbours.

A name is told by what it is made of, a given name that many people bear and capitalised words that are no terms beside
it, or by the word before it: of kinship, of a profession, of speaking with somebody.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ._fold import fold
from ._found import NAME, Found
from ._kinds import is_given, vocabulary
from ._prose import NOBLE, Word, end_of_run, is_capital, is_product
from ._vocabulary import (
    common_words,
    cues,
    eponym_nouns,
    eponyms,
    folded_cues,
    given_names,
    person_names,
    protocol_words,
    term_nouns,
)

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
_LEAST_FUNCTION_WORDS = 2
_MOST_BEFORE_NAME = 4
_KIN_ENDS = (
    "tochter", "sohn", "mutter", "vater", "schwester", "bruder", "dotter", "dottern", "sonen", "brorsson", "dochter",
    "zoon", "moeder", "vader", "broer", "datter", "datteren",
)  # fmt: skip
_CALLED = ("nome", "name", "nombre", "llamada", "llamado", "detta", "genannt")
_NUMBER_BEHIND = re.compile(r"[ -]?[0-9]")
_HONORIFIC = re.compile(r"-(?:san|sama|sensei|chan|kun|shi)(?![^\W\d_])", re.I)


@cache
def _announcing() -> frozenset[str]:
    return folded_cues("kin") | folded_cues("role") | folded_cues("contact")


@cache
def _sentence() -> frozenset[str]:
    return folded_cues("function") | folded_cues("german")


@cache
def _between() -> frozenset[str]:
    return folded_cues("with") | folded_cues("particle")


def strangers(text: str, words: Sequence[Word], *, german: bool) -> Iterator[Found]:
    """Find names in a text that is given with its words; in German a capital tells nothing of a word."""
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
    at = 0
    while at < len(words):
        if not is_capital(text, words[at]) or (
            forms[at] in vocabulary() and forms[at] not in given_names()
        ):
            at += 1
            continue
        last = end_of_run(text, words, at)
        yield from _named(text, words, at, last, functions + plain >= _LEAST_FUNCTION_WORDS, german)
        at = last + 1


def _kind(form: str) -> int:
    if is_given(form):
        return _GIVEN
    if (two := _TWO_GIVEN.match(form)) and form[two.end() :] in given_names() and form not in vocabulary():
        return _GIVEN
    if form in vocabulary() or len(form) < 2 or _TERM.fullmatch(form):
        return _NONE
    return _NAME


def _named(
    text: str, words: Sequence[Word], first: int, last: int, sentence: bool, german: bool
) -> Iterator[Found]:
    cue = _cue_before(text, words, first)
    run = list(range(first, last + 1))
    kinds = {
        at: _kind(words[at][2]) for at in run if is_capital(text, words[at]) and not _is_particle(words[at])
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
        enough = plain > len([each for each in given if each < at])
        if kind == _NAME and enough and words[at][2] in common_words() and words[at][2] not in person_names():
            break
        behind = given and not enough and 0 < at - given[0] < 4 and not german and words[at][2] not in _sentence()
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
    if is_term(text, words, begin, end):
        return
    if cue and _may_follow(text, words, capitals, given, cue, german):
        yield Found(start, stop, NAME, f"name after a word of {cue}")
        return
    if given and sentence:
        if german and given[0] > begin and not _SURNAME.fullmatch(words[begin][2]):
            begin = given[0]
            start = words[begin][0]
        if end > begin:
            yield Found(start, stop, NAME, "given name and family name")


def _is_particle(word: Word) -> bool:
    return word[2] in NOBLE and word[1] - word[0] > 1


def _joined_name(text: str, words: Sequence[Word], at: int, last: int) -> bool:
    """Tell whether a given name that is also a common word has a name behind it."""
    if at == last:
        return False
    start, end, form = words[at + 1]
    return _kind(form) != _NONE and is_capital(text, words[at + 1]) and not is_product(text[start:end])


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


def is_term(text: str, words: Sequence[Word], begin: int, end: int) -> bool:
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
        if before[2] not in NOBLE and before[2] not in ("of", "the", "von", "nach", "wg", "l", "d"):
            break
    if end + 1 < len(words):
        after = words[end + 1]
        return text[words[end][1] : after[0]] in (" ", "-", "'s ", "’s ") and after[2] in eponym_nouns()
    return False


def is_name_like(word: str) -> bool:
    """Tell whether a capitalised word may be a name, because it is no word of reports."""
    return _kind(fold(word)) != _NONE
