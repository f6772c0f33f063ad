# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``keep_generated``: preserves values that a chart generated earlier.

What depends on them is rendered from them:

    render    as always, and record what is generated (``render/recorded_calls``)
    read      the named objects, one request each
    find      the places of generated values in them, and the live values in these places (``find``)
    render    again: the same calls with the live values, so that checksums, CA bundles and hashes follow
    check     that the result is complete: named keys have their live values, no value of the first render is left where the live one
              is preserved, keys belong to their certificates and certificates to their CA

A result that cannot be shown to be complete is refused before the first write. Where no named object is live, the first render is used.
Functions of preserved values (``htpasswd`` of a password) that are not named are computed again from them. Without the option nothing
here is imported.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Optional

from ..aliases import GoValue, Json
from ..errors import OptionError
from ..objects.policy import KeepSource
from ..ports import Clock, ObjectRef, Reader
from ..render.model import Rendered
from ..render.recorded_calls import LONG, NOWHERE, CallRecorder, RecordedCall, parts
from ..render.value_matcher import contains_all
from .chain import check_chains, check_pairs, fits
from .find import Finder, Found, Live
from .sources import Leaves, Source, leaves, named_sources, objects_of, place_text, placed

#: renders the release once and records its calls; with another clock where one is given
Render = Callable[[CallRecorder, Optional[Clock]], Rendered]


@dataclass
class Keeping:
    """The inputs of a rendering with ``keep_generated``.

    ``hide`` is called with every preserved text except certificates.
    """

    sources: tuple[KeepSource, ...]
    namespace: str
    cluster: Reader
    clock: Clock
    render: Render
    hide: Callable[[Json], None]


class Keeper:
    """All renderings of one release under way.

    The first decides which values are preserved, later ones generate all others again.
    """

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._calls: list[RecordedCall] | None = None
        self._settled: list[RecordedCall] = []
        self._given: dict[int, GoValue] = {}
        self._unfit: set[int] = set()
        #: where what stays was found, in words
        self.preserved: list[str] = []
        self._live_content: dict[ObjectRef, Leaves | None] = {}

    def render(self) -> Rendered:
        """Renders the release with its preserved values.

        :raises OptionError: they cannot be preserved completely; other errors are those of the rendering and the cluster.
        """
        if self._calls is None:
            return self._first()
        if not self._given:
            return self._keeping.render(CallRecorder(), None)
        return self._again()

    def _again(self, spared: frozenset[int] = frozenset(), clock: Clock | None = None) -> Rendered:
        """Renders again; values that are not preserved are generated again."""
        return self._keeping.render(CallRecorder(self._settled, self._given, lambda index: index not in spared), clock)

    def _first(self) -> Rendered:
        recording = CallRecorder()
        fresh = self._keeping.render(recording, None)
        self._calls = self._settled = recording.calls
        objects = objects_of(fresh, self._keeping.namespace)
        sources = named_sources(self._keeping.sources, objects, fresh.queries.lookups, self._keeping.namespace)
        if all(self._live(source.ref) is None for source in sources):
            return fresh
        finder = Finder(self._calls, {ref: leaves(obj) for ref, obj in objects.items()}, Live(self._live, self._shown), self._regenerate)
        found = finder.run(sources)
        self._given = found.given
        check_pairs(found)
        result, calls = self._replayed(fresh, finder, found)
        self._check(result, sources, found)
        self.preserved = sorted({where for (index, _part), where in found.where.items() if index in self._given})
        result.warnings += check_chains(found, calls, self._keeping.clock.now())
        return result

    def _replayed(self, fresh: Rendered, finder: Finder, found: Found) -> tuple[Rendered, list[RecordedCall]]:
        """The rendering with the preserved values, and its calls."""
        while self._given:
            self._keeping.hide([text for (_index, part), text in found.values.items() if part != "cert"])
            replay = CallRecorder(self._calls, self._given, fits=fits)
            result = self._keeping.render(replay, None)
            for index in replay.unfit:
                del self._given[index]
            wrong = self._differing_from_live(result, found)
            if not wrong:
                self._unfit, self._settled = replay.unfit, replay.calls
                return result, replay.calls
            if not finder.try_next_reading(wrong):
                raise self._refused(*wrong[0], "does not contain the preserved value, since the chart computes something else from it")
        return fresh, self._calls or []

    def _differing_from_live(self, result: Rendered, found: Found) -> list[tuple[ObjectRef, tuple[GoValue, ...]]]:
        objects = {ref: leaves(obj) for ref, obj in objects_of(result, self._keeping.namespace).items()}
        wrong = []
        for (ref, path), way in found.whole.items():
            now, there = objects.get(ref, {}).get(path, []), (self._live(ref) or {})[path]
            stays = all(owner[0] in self._given for owner in found.places[ref, path])
            if stays and len(now) > way and now[way].rstrip("\n") != there[min(way, len(there) - 1)].rstrip("\n"):
                wrong.append((ref, path))
        return wrong

    # ------------------------------------------------------------------------------------------------------------------ live

    def _live(self, ref: ObjectRef) -> Leaves | None:
        """The content of the live object; one request, the first time."""
        if ref not in self._live_content:
            there = self._keeping.cluster.read(placed(self._keeping.cluster, ref))
            self._live_content[ref] = None if there is None else leaves(there)
        return self._live_content[ref]

    def _shown(self, ref: ObjectRef, path: tuple[GoValue, ...]) -> str:
        return place_text(placed(self._keeping.cluster, ref), path)

    def _regenerate(self, indices: frozenset[int]) -> tuple[list[RecordedCall], dict[ObjectRef, Leaves]]:
        """Repeats the rendering with some values generated again; returns its calls and its objects."""
        recording = CallRecorder(self._calls, {}, lambda index: index in indices)
        rendered = self._keeping.render(recording, None)
        return recording.calls, {ref: leaves(obj) for ref, obj in objects_of(rendered, self._keeping.namespace).items()}

    # ----------------------------------------------------------------------------------------------------------------- check

    def _check(self, result: Rendered, sources: list[Source], found: Found) -> None:
        """:raises OptionError: the result is not complete."""
        objects = {ref: leaves(obj) for ref, obj in objects_of(result, self._keeping.namespace).items()}
        self._check_leftovers(result, objects, found)
        moved = []
        for source in sources:
            live = self._live(source.ref) or {}
            for path, texts in objects.get(source.ref, {}).items():
                there = live.get(path, [""])[0]
                if source.covers(path) and there and there.rstrip("\n") != texts[0].rstrip("\n"):
                    if not contains_all(texts[0], found.within(source.ref, path)):
                        raise self._refused(
                            source.ref, path, "does not contain the preserved value, since the chart computes something else from it"
                        )
                    if source.strict:
                        moved.append((source.ref, path, texts[0]))
        if moved:
            self._check_regenerated(moved)

    def _check_leftovers(self, result: Rendered, objects: Mapping[ObjectRef, Leaves], found: Found) -> None:
        """Refuses a result that still contains the first render's value where the live one is preserved.

        :raises OptionError: the result would mix preserved and new values.
        """
        texts = [result.manifest, result.notes, *(hook.manifest for hook in result.hooks)]
        texts += [text for held in objects.values() for ways in held.values() for text in ways]
        for index, value in found.given.items():
            before, after = parts((self._calls or [])[index].result), parts(value)
            for text in before.values():
                if len(text) >= LONG and text not in after.values() and any(mark in held for mark in _marks(text) for held in texts):
                    raise OptionError(
                        f"keep_generated: {found.describe(index)} is preserved, but the chart still contains a newly generated value "
                        "in its place",
                        option="keep_generated",
                    )
            if NOWHERE in after.values() and any(mark in held for mark in _marks(NOWHERE) for held in texts):
                raise OptionError(f"keep_generated: not all parts of {found.describe(index)} exist in the cluster", option="keep_generated")

    def _check_regenerated(self, moved: list[tuple[ObjectRef, tuple[GoValue, ...], str]]) -> None:
        """Checks that differences to live values come from the chart or its values.

        They must not come from generating values again.
        """
        other = self._again(frozenset(self._unfit), _Later(self._keeping.clock))
        objects = {ref: leaves(obj) for ref, obj in objects_of(other, self._keeping.namespace).items()}
        for ref, path, text in moved:
            if objects.get(ref, {}).get(path, [""])[0] != text:
                raise self._refused(
                    ref, path, "is computed from generated values in a way that cannot be reversed, so it would be generated again"
                )

    def _refused(self, ref: ObjectRef, path: tuple[GoValue, ...], why: str) -> OptionError:
        shown = self._shown(ref, path)
        return OptionError(
            f"keep_generated: {shown} {why}. List the keys to preserve (keys), or set this value in the values of the chart",
            option="keep_generated",
            object=shown,
        )


class _Later(Clock):
    """A clock of another day and time, which shows what depends on the present."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now() + timedelta(days=401, hours=7, minutes=13, seconds=17)

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


def _marks(text: str) -> list[str]:
    """Texts to search for in order to find a text in any form.

    These are the text, a unique line of it, and its base64.

    Of PEM that is the last line but one: the lines in the middle of certificates hold extensions, which are equal in all of a kind.
    """
    core = text.rstrip("\n")
    lines = core.split("\n")
    coded = [base64.b64encode(item.encode("utf-8", "surrogateescape")).decode("ascii") for item in (text, core)]
    return [lines[max(1, len(lines) - 3)] if len(lines) > 2 else core, *coded]
