# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Secrets that are not in the task: values of other revisions at secret paths.

A path is secret if the task's own values, or recorded ones, are secret there. A difference shows the values before, and a rollback has no
values at all. So each revision records the paths of its secret values in the annotation ``charts.windlass.io/sensitive`` of its record
(paths, no values), and any revision's value at such a path is masked as the task's own secrets are. A revision without the annotation
(made by helm, or by an older version) is searched for known secret texts: their paths count as well.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..._engine.aliases import Json
from ..._engine.secret_texts import MASK, Searcher, plain_text, texts_of

if TYPE_CHECKING:
    from ..._engine.ports import Record

ANNOTATION = "charts.windlass.io/sensitive"
#: characters of the annotation; above it only the first key of each path is recorded
_LONGEST = 32 * 1024

#: keys; an item of a list is ``*``, since items move between revisions
Path = tuple[str, ...]


@dataclass
class Sensitive:
    """The known secret values of one task.

    ``own``: paths in its own values; ``learned``: of revisions; ``records``: revisions read.
    """

    own: set[Path] = field(default_factory=set)
    learned: set[Path] = field(default_factory=set)
    records: dict[str, Record] = field(default_factory=dict)
    _settled: int = 0

    def note(self, values: Json, secrets: Collection[str]) -> None:
        """Add the paths of the leaves that hold a secret text."""
        self.own |= paths_holding(values, secrets)

    def read(self, record: Record) -> None:
        """A record of the release, as the store returned it."""
        self.learned |= _recorded(record.annotations.get(ANNOTATION))
        if record.payload:
            self.records[record.key] = record

    def annotation(self, values: Json, secrets: Collection[str]) -> str:
        """The annotation of a new revision with these values; empty where none of them is secret."""
        paths = self.own | (paths_holding(values, secrets) if self.learned else set())
        text = _dump(paths)
        return (text if len(text) <= _LONGEST else _dump({path[:1] for path in paths})) if paths else ""

    def settle(self, secrets: set[str]) -> None:
        """Add to ``secrets`` what the revisions that were read hold at secret paths."""
        if not self.records or not (secrets or self.own or self.learned):
            return
        from ..._engine.errors import ReleaseError
        from ..._engine.release.records import from_record

        configs = []
        for record in self.records.values():
            try:
                configs.append(from_record(record).config)
            except ReleaseError:
                continue  # the action reports a record that cannot be read
        paths = self.own | self.learned
        for config in configs:
            paths |= paths_holding(config, secrets)
        if paths:
            for config in configs:
                for path, leaf in leaves(config):
                    if is_at(path, paths):
                        secrets |= texts_of(leaf)


def leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Each scalar with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves(inner, (*path, "*"))
    elif value is not None and not isinstance(value, bool):
        yield path, value


def is_at(path: Path, paths: Collection[Path]) -> bool:
    """Whether a path is one of these or below one of these."""
    return any(path[:length] in paths for length in range(1, len(path) + 1))


def paths_holding(values: Json, secrets: Collection[str]) -> set[Path]:
    """Paths of the leaves that hold one of these texts, in any encoding."""
    if not secrets:
        return set()
    found = list(leaves(values))
    held = Searcher(secrets).holding(plain_text(leaf) for _path, leaf in found)
    return {path for (path, _leaf), holds in zip(found, held) if holds}  # noqa: B905


def _dump(paths: Iterable[Path]) -> str:
    return json.dumps(sorted(list(path) for path in paths), separators=(",", ":"))


def _recorded(text: str | None) -> set[Path]:
    if not text:
        return set()
    try:
        return {tuple(str(part) for part in path) for path in json.loads(text) if path}
    except (ValueError, TypeError):
        return set()


def counterparts(known: str, other: str, searcher: Searcher) -> tuple[str, set[str]]:
    """What is in one text where the other holds a secret.

    :param known: a text that holds a secret. :param other: the same field at another time.
    :return: ``other`` as it may be shown, and the texts in it that are secret too.
    """
    masked = searcher.masked(known)
    if masked == known or searcher.masked(other) != other or other == known:
        return other, set()
    if "\n" not in known.strip() and "\n" not in other.strip():
        return _line(masked, other)
    shown: list[str] = []
    found: set[str] = set()
    one, two = known.splitlines(), other.splitlines()
    for tag, start, stop, first, last in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        block = two[first:last]
        if tag == "replace":
            mates = [searcher.masked(line) for line in one[start:stop]]
            hidden = [mate for mate, line in zip(mates, one[start:stop]) if mate != line]  # noqa: B905
            for index, line in enumerate(block):
                mate = mates[index] if len(block) == len(mates) else _mate(hidden, line)
                if mate and MASK in mate:
                    block[index], more = _line(mate, line)
                    found |= more
        shown += block
    return "\n".join(shown) + ("\n" if other.endswith("\n") else ""), found


def _mate(hidden: list[str], line: str) -> str:
    """The masked line that a line corresponds to best."""
    for masked in hidden:
        head, _mask, tail = masked.partition(MASK)
        if line.startswith(head) and line.endswith(tail.rpartition(MASK)[2]):
            return masked
    return hidden[0] if hidden else ""


def _line(masked: str, other: str) -> tuple[str, set[str]]:
    """The part of a line that corresponds to the secrets of its counterpart.

    It is between the text before the first secret and the text after the last one.
    """
    head, _mask, tail = masked.partition(MASK)
    tail = tail.rpartition(MASK)[2]
    if len(other) >= len(head) + len(tail) and other.startswith(head) and other.endswith(tail):
        middle = other[len(head) : len(other) - len(tail)]
        return (head + MASK + tail if middle else other), texts_of(middle)
    return MASK, texts_of(other)
