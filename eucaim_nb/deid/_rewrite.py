"""A data set written anew: element by element as the rules say, with everything that is kept copied as it is."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ._actions import Action
from ._creators import kept_private
from ._encode import element, item
from ._parse import Element, Encoding, Nesting, NotParsable
from ._people import Texts, charset_of
from ._profile import DocumentPolicy
from ._remarks import remarks
from ._rules import Rules
from ._values import Values

Piece = bytes | memoryview

_DROPPED = frozenset((0xFFFCFFFC,))
"""Data Set Trailing Padding."""
_PIXELS = 0x7FE00010
_NO_MORE = 1 << 32


class Quarantine(Exception):
    """An instance that must not be passed on; the text says why, without any value."""


class Document(Quarantine):
    """An instance that is set aside or left out for the document in it, as the profile says."""

    def __init__(self, *, dropped: bool) -> None:
        super().__init__(
            "This instance carries an encapsulated document, which cannot be cleaned. The profile "
            + ("leaves such instances out." if dropped else "sets such instances aside.")
        )
        self.dropped = dropped


class Rewriter:
    """Writes the data set of one file anew; `counts` tells what was done to which attribute."""

    def __init__(self, data: memoryview, rules: Rules, values: Values) -> None:
        self._data, self._rules, self._values = data, rules, values
        self._profile = rules.profile
        self.counts: Counter[tuple[int, Action]] = Counter()

    def level(
        self,
        elements: Sequence[Element],
        start: int,
        stop: int,
        encoding: Encoding,
        texts: Texts,
        path: tuple[int, ...],
        own: Sequence[tuple[int, bytes]] = (),
    ) -> list[Piece] | None:
        """Return the bytes of a data set or item in pieces, None if nothing in it changes.

        Parameters
        ----------
        own
            Whole elements, by rising tag, to put in.
        """
        data, copied, counts, keep, remove = self._data, start, self.counts, Action.KEEP, Action.REMOVE
        out: list[Piece] = []
        decided = self._rules.decisions(path)
        private: Mapping[int, Action] | None = None
        dropped = _DROPPED.union(tag for tag, _ in own) if own else _DROPPED
        pending = iter(own)
        tag_to_come, element_to_come = next(pending, (_NO_MORE, b""))
        for one in elements:
            tag = one.tag
            while tag_to_come < tag:
                out += [data[copied : one.start], element_to_come]
                copied = one.start
                tag_to_come, element_to_come = next(pending, (_NO_MORE, b""))
            if tag & 0x10000:
                if private is None:
                    private = kept_private(data, elements, self._rules)
                action = private.get(tag, remove)
            elif tag in dropped:
                action = remove
            else:
                action = decided[tag, one.vr]
            if action is keep:
                continue
            if action is remove or action is Action.STAMP:
                key = (tag, remove)
                counts[key] = counts.get(key, 0) + 1
                if copied < one.start:
                    out.append(data[copied : one.start])
                copied = one.end
            elif (new := self._changed(one, action, encoding, texts, path)) is not None:
                if copied < one.start:
                    out.append(data[copied : one.start])
                out += new
                copied = one.end
        while tag_to_come < _NO_MORE:
            out += [data[copied:stop], element_to_come]
            copied = stop
            tag_to_come, element_to_come = next(pending, (_NO_MORE, b""))
        if copied == start and not out:
            return None
        out.append(data[copied:stop])
        return out

    def _changed(
        self, one: Element, action: Action, encoding: Encoding, texts: Texts, path: tuple[int, ...]
    ) -> list[Piece] | None:
        """Return the new bytes of an element, no bytes if it goes, None if it stays as it is."""
        if one.items is None and not one.undefined and (make := self._values.maker(action)) is not None:
            value = make(one, texts)
            if value is None:
                return None
        elif action is Action.PIXELS:
            return self._pixels(one)
        elif action is Action.DOCUMENT:
            raise Document(dropped=self._profile.documents is DocumentPolicy.DROP)
        elif isinstance(one, Nesting) and one.items is not None:
            if action not in (Action.EMPTY, Action.DUMMY):
                return self._sequence(one, encoding, texts, path)
            value = b"" if action is Action.EMPTY else self._dummy_items(one)
        elif one.undefined:
            raise NotParsable("an element that must be changed is encapsulated")
        else:  # an action for sequences on a value that is none: nothing in it can be told
            self.counts[one.tag, Action.REMOVE] += 1
            return []
        self.counts[one.tag, action] += 1
        return [element(one.tag, one.vr, value, encoding)]

    def _sequence(
        self, one: Nesting, encoding: Encoding, texts: Texts, path: tuple[int, ...]
    ) -> list[Piece] | None:
        assert one.items is not None
        data, below = self._data, (*path, one.tag)
        new = []
        for each in one.items:
            charset = charset_of(data, each.elements, texts)
            new.append(self.level(each.elements, each.value, each.stop, one.encoding, charset, below))
        if new.count(None) == len(new):
            return None
        written = [
            item(bytes(data[each.value : each.stop]) if pieces is None else b"".join(pieces), one.encoding)
            for each, pieces in zip(one.items, new, strict=True)
        ]
        return [element(one.tag, one.vr, b"".join(written), encoding)]

    def _dummy_items(self, one: Nesting) -> bytes:
        """Return the items of a sequence with meaningless values, and without anything private."""
        return b"".join(
            item(
                b"".join(
                    element(
                        part.tag,
                        part.vr,
                        self._dummy_items(part)
                        if isinstance(part, Nesting) and part.items is not None
                        else self._values.dummy(part),
                        one.encoding,
                    )
                    for part in each.elements
                    if not part.tag & 0x10000 and not (part.undefined and part.items is None)
                ),
                one.encoding,
            )
            for each in one.items or ()
        )

    def _pixels(self, one: Element) -> list[Piece] | None:
        """Return pixel data with the remarks in its codestreams blanked."""
        if one.tag != _PIXELS or not one.undefined:
            return None
        patches = remarks(self._data, one.value, one.end)
        if not any(any(self._data[first:last]) for first, last in patches):
            return None
        self.counts[one.tag, Action.PIXELS] += 1
        out: list[Piece] = []
        here = one.start
        for first, last in patches:
            out += [self._data[here:first], bytes(last - first)]
            here = last
        return [*out, self._data[here : one.end]]
