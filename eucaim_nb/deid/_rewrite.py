"""A data set written anew: element by element as the rules say, with everything that is kept copied as it is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

from ._actions import Action
from ._creators import kept_private
from ._encode import element, item
from ._parse import Data, Element, Encoding, NotParsable, Tree
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


@dataclass(slots=True)
class Done:
    """What was done: `counts` the treated attributes by action, `uids` map what was to what is."""

    counts: Counter[tuple[int, Action]] = field(default_factory=Counter)
    uids: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Done") -> None:
        """Add what was done elsewhere."""
        for key, number in other.counts.items():
            self.counts[key] += number
        self.uids.update(other.uids)


@dataclass(frozen=True, slots=True)
class _Rewritten:
    """What became of a tree, written with this VR, within this encoding and character set."""

    tree: Tree
    vr: str
    encoding: Encoding
    texts: Texts
    pieces: Sequence[Piece] | None
    done: Done


class Rewriter:
    """Writes the data sets of one patient's files of one SOP class anew.

    A sequence that the file before had too is not rewritten again: what becomes of it depends on nothing but its bytes
    and what a `_Rewritten` names.
    """

    def __init__(self, rules: Rules, values: Values) -> None:
        self._rules, self._values = rules, values
        self._profile = rules.profile
        self._rewritten: dict[int, _Rewritten] = {}

    def level(
        self,
        data: Data,
        elements: Sequence[Element],
        start: int,
        stop: int,
        encoding: Encoding,
        texts: Texts,
        done: Done,
        path: tuple[int, ...] = (),
        own: Sequence[tuple[int, bytes]] = (),
    ) -> list[Piece] | None:
        """Return the bytes of a data set or item in pieces, None if nothing in it changes.

        Parameters
        ----------
        done
            Is told what is done.
        own
            Whole elements, by rising tag, to put in.
        """
        copied, keep, remove = start, Action.KEEP, Action.REMOVE
        out: list[Piece] = []
        removed: list[int] = []
        decided = self._rules.decisions(path)
        private: Mapping[int, tuple[Action, str]] | None = None
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
                action, vr = private.get(tag, (remove, ""))
            elif tag in dropped:
                action = remove
            else:
                vr = one.vr
                action = decided[tag, vr]
            if action is keep:
                continue
            if action is remove or action is Action.STAMP:
                removed.append(tag)
                if copied < one.start:
                    out.append(data[copied : one.start])
                copied = one.end
            elif (new := self._changed(data, one, vr, action, encoding, texts, done, path)) is not None:
                if copied < one.start:
                    out.append(data[copied : one.start])
                out += new
                copied = one.end
        while tag_to_come < _NO_MORE:
            out += [data[copied:stop], element_to_come]
            copied = stop
            tag_to_come, element_to_come = next(pending, (_NO_MORE, b""))
        if removed:
            done.counts.update(zip(removed, repeat(remove)))
        if copied == start and not out:
            return None
        out.append(data[copied:stop])
        return out

    def _changed(
        self,
        data: Data,
        one: Element,
        vr: str,
        action: Action,
        encoding: Encoding,
        texts: Texts,
        done: Done,
        path: tuple[int, ...],
    ) -> Sequence[Piece] | None:
        """Return the new bytes of an element, no bytes if it goes, None if it stays as it is."""
        if one.tree is None and not one.undefined and (make := self._values.maker(action)) is not None:
            raw = bytes(data[one.value : one.end])
            if action is Action.UID:
                done.uids.update(self._values.replaced(raw))
            value = make(one.tag, vr, raw, texts)
            if value is None:
                return None
        elif action is Action.PIXELS:
            return self._pixels(data, one, done)
        elif action is Action.DOCUMENT:
            raise Document(dropped=self._profile.documents is DocumentPolicy.DROP)
        elif one.tree is not None:
            if action not in (Action.EMPTY, Action.DUMMY):
                if one.tree.data:
                    return self._at_top(one.tag, vr, one.tree, encoding, texts, done)
                return self._sequence(data, one.tree, vr, encoding, texts, done, (*path, one.tag))
            value = b"" if action is Action.EMPTY else self._dummy_items(one.tree.data or data, one.tree)
        elif one.undefined:
            raise NotParsable("an element that must be changed is encapsulated")
        else:  # an action for sequences on a value that is none: nothing in it can be told
            done.counts[one.tag, Action.REMOVE] += 1
            return []
        done.counts[one.tag, action] += 1
        return [element(one.tag, vr, value, encoding)]

    def _at_top(
        self, tag: int, vr: str, tree: Tree, encoding: Encoding, texts: Texts, done: Done
    ) -> Sequence[Piece] | None:
        known = self._rewritten.get(tag)
        if known is None or (known.tree, known.vr, known.encoding, known.texts) != (tree, vr, encoding, texts):
            within = Done()
            pieces = self._sequence(tree.data, tree, vr, encoding, texts, within, (tag,))
            known = self._rewritten[tag] = _Rewritten(tree, vr, encoding, texts, pieces, within)
        done.add(known.done)
        return known.pieces

    def _sequence(
        self,
        data: Data,
        tree: Tree,
        vr: str,
        encoding: Encoding,
        texts: Texts,
        done: Done,
        path: tuple[int, ...],
    ) -> list[Piece] | None:
        new = []
        for each in tree.items:
            charset = charset_of(data, each.elements, texts)
            new.append(
                self.level(data, each.elements, each.value, each.stop, tree.encoding, charset, done, path)
            )
        if new.count(None) == len(new):
            return None
        written = [
            item(bytes(data[each.value : each.stop]) if pieces is None else b"".join(pieces), tree.encoding)
            for each, pieces in zip(tree.items, new, strict=True)
        ]
        return [element(path[-1], vr, b"".join(written), encoding)]

    def _dummy_items(self, data: Data, tree: Tree) -> bytes:
        """Return the items of a sequence with meaningless values, and without anything private."""
        return b"".join(
            item(
                b"".join(
                    element(
                        part.tag,
                        part.vr,
                        self._dummy_items(data, part.tree)
                        if part.tree is not None
                        else self._values.dummy(part.vr, bytes(data[part.value : part.end])),
                        tree.encoding,
                    )
                    for part in each.elements
                    if not part.tag & 0x10000 and not (part.undefined and part.tree is None)
                ),
                tree.encoding,
            )
            for each in tree.items
        )

    def _pixels(self, data: Data, one: Element, done: Done) -> list[Piece] | None:
        """Return pixel data with the remarks in its codestreams blanked."""
        if one.tag != _PIXELS or not one.undefined:
            return None
        patches = remarks(data, one.value, one.end)
        if not any(any(data[first:last]) for first, last in patches):
            return None
        done.counts[one.tag, Action.PIXELS] += 1
        out: list[Piece] = []
        here = one.start
        for first, last in patches:
            out += [data[here:first], bytes(last - first)]
            here = last
        return [*out, data[here : one.end]]
