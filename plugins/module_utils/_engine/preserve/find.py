# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds the generated values of a rendering whose live values are preserved (``keep_generated``).

The search starts with the named objects. Then it looks for related values where the chart puts them, named or not: the key of a
certificate, the CA's certificate of one that it signed, and, where a CA's key is not stored, the certificates that it signed; one more
request for each object that this needs. Values that belong together and are incomplete are refused.

A short value (a digit, a pin) occurs everywhere by chance. It counts as the value of a key only where the key holds nothing else, and
where it changes when that value is generated again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..aliases import GoValue
from ..errors import OptionError
from ..objects.paths import Path
from ..ports import ObjectRef
from ..render.recorded_calls import NOWHERE, RecordedCall, is_certificate, parts, signer, sources
from ..render.value_matcher import Owner, Pieces, match_live_values, readings
from ..sprig.certificates import Certificate
from .sources import Leaves, Source

Regenerate = Callable[[frozenset[int]], tuple[list[RecordedCall], dict[ObjectRef, Leaves]]]
Place = tuple[ObjectRef, Path]


@dataclass
class Live:
    """The live objects. ``read``: the content of one. ``shown``: a place as text."""

    read: Callable[[ObjectRef], Leaves | None]
    shown: Callable[[ObjectRef, Path], str]


@dataclass
class Found:
    """The result of a search. ``given``: by index, the value that replaces a generated one.

    ``values``: the live texts, ``where`` each was found, as text. ``whole``: places that must have their live content again, with the way
    to read them. ``rendered_certificates``: certificates that the rendering contains.
    """

    given: dict[int, GoValue] = field(default_factory=dict)
    values: dict[Owner, str] = field(default_factory=dict)
    where: dict[Owner, str] = field(default_factory=dict)
    places: dict[Place, list[Owner]] = field(default_factory=dict)
    whole: dict[Place, int] = field(default_factory=dict)
    rendered_certificates: frozenset[int] = frozenset()

    def within(self, ref: ObjectRef, path: Path) -> dict[Owner, str]:
        """The live texts in that place that replace generated values."""
        return {owner: self.values[owner] for owner in self.places.get((ref, path), []) if owner[0] in self.given}

    def describe(self, index: int) -> str:
        return next((text for owner, text in self.where.items() if owner[0] == index), "the listed object")

    def shows(self, authority: str, calls: Sequence[RecordedCall]) -> bool:
        """Whether the release contains a CA's certificate, or this rendering did not generate it."""
        generated = [call for call in calls if is_certificate(call.result) and call.result.cert == authority]
        return not generated or any(call.index in self.rendered_certificates for call in generated)


class Finder:
    """One search.

    :param calls: those of the first rendering; ``objects``: what it holds.
    :param regenerate: renders again and generates some values again.
    """

    def __init__(self, calls: Sequence[RecordedCall], objects: Mapping[ObjectRef, Leaves], live: Live, regenerate: Regenerate) -> None:
        self._calls = calls
        self._objects = objects
        self._live = live
        self._regenerate = regenerate
        self._depends_on = sources(calls)
        self._pieces = Pieces([call for call in calls if self._depends_on[call.index]])
        self._found = Found()
        self._unclear: dict[Place, list[Owner]] = {}
        self._rendered_in: dict[Owner, list[ObjectRef]] = {}
        self._read: set[Place] = set()
        self._others: dict[Owner, list[str]] = {}
        self._conflicting: dict[Owner, tuple[str, str]] = {}

    def run(self, named: Sequence[Source]) -> Found:
        """:raises OptionError: a named or related value is missing, or cannot be identified."""
        for source in named:
            self._object(source.ref, source.covers)
        self._short(named)
        self._index_rendered()
        for owner, why in iter(self._missing, None):
            self._complete(owner, why)
        self._set_given()
        self._refuse_unclear()
        self._found.rendered_certificates = frozenset(index for index, part in self._rendered_in if part == "cert")
        return self._found

    def try_next_reading(self, places: Sequence[Place]) -> bool:
        """Tries the next reading of the live values in these places, unescaped. Whether there is one.

        It is called where the result differs from the live values.
        """
        changed = False
        for owner in {owner for place in places for owner in self._found.places[place]}:
            others = self._others.setdefault(owner, readings(self._found.values[owner]))
            if others:
                self._found.values[owner] = others.pop(0)
                changed = True
        self._set_given()
        return changed

    def _refuse_unclear(self) -> None:
        for place, owners in self._unclear.items():
            if any(owner not in self._found.values and not self._follows(owner[0]) for owner in owners):
                shown = self._live.shown(*place)
                raise OptionError(
                    f"keep_generated: the generated part of {shown} cannot be determined, since the text around it has changed or "
                    "is generated as well. Upgrade once with the previous text around it, or set the value in the values of the "
                    "chart",
                    option="keep_generated",
                    object=shown,
                )

    def _follows(self, index: int) -> bool:
        """Whether a call computes a repeatable result from preserved values."""
        return not self._calls[index].chance and self._depends_on[index] <= set(self._found.given)

    # ------------------------------------------------------------------------------------------------------------ in objects

    def _object(self, ref: ObjectRef, covers: Callable[[Path], bool]) -> None:
        live = self._live.read(ref)
        for path, texts in self._objects.get(ref, {}).items() if live else ():
            there = (live or {}).get(path)
            if there and there[0] and covers(path) and (ref, path) not in self._read:
                self._read.add((ref, path))
                self._leaf((ref, path), texts, there)

    def _leaf(self, place: Place, fresh: Sequence[str], live: Sequence[str]) -> None:
        for index, text in enumerate(fresh):
            places = self._pieces.places(text)
            if not places:
                continue
            # what is stringData is data when it is live: decoded, as it was written
            other = live[index] if index < len(live) else live[0]
            found = match_live_values(text, places, other)
            if found is None:
                self._unclear[place] = [owner for item in places for owner in item.piece.owners]
                return
            for owner, value in found.values.items():
                self._put(owner, value, place)
            if found.whole:
                self._found.whole[place] = index
            return

    def _put(self, owner: Owner, value: str, place: Place) -> None:
        shown = self._live.shown(*place)
        known = self._found.values.setdefault(owner, value)
        if known.rstrip("\n") != value.rstrip("\n"):
            self._conflicting.setdefault(owner, (self._found.where[owner], shown))
        self._found.where.setdefault(owner, shown)
        self._found.places.setdefault(place, []).append(owner)

    def _short(self, named: Sequence[Source]) -> None:
        """Finds short values, where a key holds one and nothing else."""
        found: dict[Place, tuple[Owner, ...]] = {}
        for source in named:
            live = self._live.read(source.ref) or {}
            for path, texts in self._objects.get(source.ref, {}).items():
                owners = self._pieces.short.get(texts[0].rstrip("\n"), ())
                if owners and source.covers(path) and live.get(path, [""])[0]:
                    found[source.ref, path] = owners
        if not found:
            return
        behind = frozenset(index for owners in found.values() for owner in owners for index in self._depends_on[owner[0]])
        calls, objects = self._regenerate(behind)
        for place, owners in found.items():
            now = objects.get(place[0], {}).get(place[1], [""])[0].rstrip("\n")
            before = self._objects[place[0]][place[1]][0].rstrip("\n")
            for owner in owners if now != before else ():
                if parts(calls[owner[0]].result).get("") == now:
                    self._put(owner, (self._live.read(place[0]) or {})[place[1]][0].rstrip("\n"), place)

    # ------------------------------------------------------------------------------------------------------- what goes with it

    def _index_rendered(self) -> None:
        """Records which objects of the rendering contain parts of certificates."""
        for ref, held in self._objects.items():
            for texts in held.values():
                for text in texts:
                    for place in self._pieces.places(text):
                        for owner in place.piece.owners:
                            refs = self._rendered_in.setdefault(owner, [])
                            if ref not in refs:
                                refs.append(ref)

    def _missing(self) -> tuple[Owner, str] | None:
        """A further part that must be preserved with the others, and why; ``None``: all are there."""
        values = self._found.values
        for call in self._calls:
            if not is_certificate(call.result):
                behind = self._missing_input(call)
                if behind is not None:
                    return behind, f"{self._found.where[call.index, '']} is preserved, but the value that it was computed from"
                continue
            cert, key = (call.index, "cert"), (call.index, "key")
            for one, other, word in ((cert, key, "its key"), (key, cert, "its certificate")):
                if one in values and other not in values and other in self._rendered_in:
                    return other, f"{self._found.where[one]} is preserved, but {word}"
            authority = signer(self._calls, call)
            if authority is None:
                continue
            ca_cert, ca_key = (authority.index, "cert"), (authority.index, "key")
            if cert in values and ca_cert not in values and ca_cert in self._rendered_in:
                return ca_cert, f"{self._found.where[cert]} is preserved, but the certificate of its CA"
            if ca_cert in values and ca_key not in values and cert not in values and cert in self._rendered_in:
                return cert, (
                    f"the CA in {self._found.where[ca_cert]} is preserved, but its key is not stored anywhere, and a certificate "
                    "that it has signed"
                )
        return None

    def _missing_input(self, call: RecordedCall) -> Owner | None:
        """The value behind a preserved random value (the password of a hash), where it is not preserved yet.

        ``None`` where the rendering does not contain it.
        """
        if not call.chance or (call.index, "") not in self._found.values:
            return None
        for index in sorted(self._depends_on[call.index] - {call.index}):
            for part in parts(self._calls[index].result):
                if (index, part) not in self._found.values and (index, part) in self._rendered_in:
                    return index, part
        return None

    def _complete(self, owner: Owner, why: str) -> None:
        refs = self._rendered_in.get(owner, [])
        for ref in refs:
            paths = {path for path, texts in self._objects[ref].items() if self._contains(texts, owner)}
            self._object(ref, paths.__contains__)
        if owner not in self._found.values:
            held = [(ref, path) for ref in refs for path, texts in self._objects[ref].items() if self._contains(texts, owner)]
            place = ", ".join(self._live.shown(*item) for item in held)
            raise OptionError(
                f"keep_generated: {why}, which the chart writes to {place}, does not exist there, so they would not match. "
                "Store it there, or remove the object from keep_generated once to generate everything again",
                option="keep_generated",
            )

    def _contains(self, texts: Sequence[str], owner: Owner) -> bool:
        return any(owner in place.piece.owners for text in texts for place in self._pieces.places(text))

    # ------------------------------------------------------------------------------------------------------------------ given

    def _set_given(self) -> None:
        values, given = self._found.values, self._found.given
        for index in sorted({index for index, _part in values}):
            call = self._calls[index]
            if self._follows(index):
                continue
            for part in parts(call.result):
                self._refuse_conflicting((index, part))
            if is_certificate(call.result):
                given[index] = Certificate(values.get((index, "cert"), NOWHERE), values.get((index, "key"), NOWHERE))
            elif isinstance(call.result, str):
                given[index] = values[index, ""]
            else:
                given[index] = self._number(call, values[index, ""])
        for call in self._calls:
            authority = signer(self._calls, call)
            if authority is not None and call.index not in given and getattr(given.get(authority.index), "key", "") == NOWHERE:
                given[call.index] = call.result  # without the CA's key it cannot be signed again, and no output contains it

    def _refuse_conflicting(self, owner: Owner) -> None:
        if owner in self._conflicting:
            one, other = self._conflicting[owner]
            raise OptionError(
                f"keep_generated: the chart uses one generated value for {one} and {other}, but the cluster has two different "
                "values; make them equal, or list only the one to preserve",
                option="keep_generated",
            )

    def _number(self, call: RecordedCall, text: str) -> int:
        try:
            return call.result.__class__(int(text))  # type: ignore[no-any-return]
        except ValueError:
            shown = self._found.where[call.index, ""]
            wrong = f"keep_generated: {shown} is not an integer, but {call.name} returns one"
            raise OptionError(wrong, option="keep_generated") from None
