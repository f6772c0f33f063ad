# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Makes text from a server, a program or an archive printable, for a message or a log."""

from __future__ import annotations

import re

LIMIT = 400
#: control characters, line separators, characters that change the direction of text, and half surrogates
_UNSAFE = "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+"
#: escape sequences of terminals (ECMA-48): a whole colour code goes, not only its first byte; strings end at BEL or ST
_ESCAPES = (
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\\]P^_X]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?|\x1b[ -/]*[0-~]"
)


def plain_text(text: object, limit: int = LIMIT) -> str:
    """One line of printable text, at most ``limit`` characters long.

    Escape sequences are removed, every run of control characters and white space becomes one space, and what is truncated is marked
    by ``...``. The result depends on the first ``8 * limit`` characters only, so that a megabyte costs no more than a line.

    :param text: bytes are read as UTF-8; anything else is printed with ``str``.
    :param limit: a number of characters, at least 4.

    >>> plain_text("first\\n  second \\x1b[31mred text", 20)
    'first second red...'
    """
    whole = bytes(text[: 8 * limit + 8]).decode("utf-8", "replace") if isinstance(text, (bytes, bytearray, memoryview)) else str(text)
    piece = whole[: 8 * limit]
    if not piece.isprintable():  # patterns are compiled where they are needed: this file is imported by every task
        piece = re.sub(_UNSAFE, " ", re.sub(_ESCAPES, "", piece))
    clean = " ".join(piece.split())
    cut = len(clean) > limit or len(whole) > 8 * limit
    return f"{clean[: limit - 3].rstrip()}..." if cut else clean
