# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's random functions. All take the context first."""

from __future__ import annotations

import base64

from ..gotypes.limits import room
from ..gotypes.values import GoError
from .context import Context
from .convert import runes

_ASCII = "".join(map(chr, range(32, 127)))

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"


def rand_alpha_num(context: Context, count: int) -> str:
    return context.choose(_LETTERS + _DIGITS, count)


def rand_alpha(context: Context, count: int) -> str:
    return context.choose(_LETTERS, count)


def rand_numeric(context: Context, count: int) -> str:
    return context.choose(_DIGITS, count)


def rand_ascii(context: Context, count: int) -> str:
    return context.choose(_ASCII, count)


def rand_bytes(context: Context, count: int) -> str:
    if count < 0:
        raise GoError("runtime error: makeslice: len out of range")
    room(count)
    return base64.b64encode(context.bytes(count) if count else b"").decode("ascii")


def rand_int(context: Context, low: int, high: int) -> int:
    if high <= low:
        raise GoError("invalid argument to Intn")
    return low + context.below(high - low)


def shuffle(context: Context, text: str) -> str:
    chars = list(runes(text))
    for index in range(len(chars) - 1, 0, -1):
        other = context.below(index + 1)
        chars[index], chars[other] = chars[other], chars[index]
    return "".join(chars)


def uuidv4(context: Context) -> str:
    import uuid

    return str(uuid.UUID(bytes=context.bytes(16), version=4))
