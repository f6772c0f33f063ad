# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents with one wrong part at a time, and truncated or damaged texts.

Readers must reject them.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError

VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, float("inf"), float("nan"), 10**400, "", "x", "\ud800", "a\x1b[31mb\n", "9" * 400 + ".1.1", [], [None], [[]],
    [1], {}, {"a": 1}, [{"a": 1}], {"": None},
]  # fmt: skip
TEXTS = [
    b"", b"\0", b"null", b"[]", b"{}", b"1", b"text", b"\xff\xfea\0", b"<html>", b"[" * 100_000, b'{"a":' * 100_000, b"- " * 100_000, b"&a [*a]",
    b'{"version":1e999}', b'{"version":' + b"9" * 5000 + b"}", b'{"config":' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    b"l0: &l0 [x,x,x,x]\n" + b"".join(b"l%d: &l%d [*l%d,*l%d,*l%d,*l%d]\n" % (n, n, n - 1, n - 1, n - 1, n - 1) for n in range(1, 40)),
]  # fmt: skip


def variants(document: Any) -> Iterator[Any]:
    """The document with each of its parts replaced by each of the values."""
    for path in _paths(document):
        for value in VALUES:
            yield _with(document, path, value)


def damaged(text: bytes, count: int, seed: int = 1) -> Iterator[bytes]:
    """Every beginning of a text, and that many copies in which a few bytes are changed."""
    for length in range(len(text)):
        yield text[:length]
    chance = random.Random(seed)
    for _round in range(count):
        changed = bytearray(text)
        for _change in range(chance.randrange(1, 5)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        yield bytes(changed)


def refusal(call: Callable[..., Any], *arguments: Any) -> str:
    """The message where the call is refused, empty where it succeeds. Any other exception passes through."""
    try:
        call(*arguments)
    except EngineError as error:
        message = str(error)
        assert message and "\n" not in message and "\x1b" not in message and len(message) < 1500, message
        return message
    return ""


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from _paths(value[key], (*path, key))


def _with(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    whole = copy.deepcopy(document)
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return whole
