# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Tokens and other texts for headers of a request: strips them, and refuses invalid characters."""

from __future__ import annotations

from ...._engine.errors import ClusterConfigError


def bearer_token(text: str, origin: str, *, empty: bool = False) -> str:
    """The token without the white space around it, which an editor or ``lookup('file')`` leaves there.

    :param origin: what to call it in a message. :param empty: it may be.
    :raises ClusterConfigError: it is empty, or holds a character that no header may hold. The message has nothing of the text.
    """
    token = text.strip()
    if not token and not empty:
        raise ClusterConfigError(f"{_first(origin)} is empty; specify a bearer token.")
    return header_text(token, origin)


def header_text(text: str, origin: str) -> str:
    """The text itself.

    Raises ``ClusterConfigError`` for one that no header may hold; the message has nothing of the text.
    """
    for place, character in enumerate(text, 1):
        if ord(character) < 32 or ord(character) == 127:
            what = "a line break" if character in "\r\n" else "a control character"
            raise _refused(origin, what, place)
        if 0xD800 <= ord(character) < 0xDC80 or 0xDCFF < ord(character) < 0xE000:
            raise _refused(origin, "half a surrogate pair", place)
    return text


def utf8(text: str) -> bytes:
    """The bytes of a text for basic authentication: UTF-8.

    Bytes of an environment variable that are not UTF-8 stay as they were.
    """
    try:
        return text.encode("utf-8", errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="surrogatepass")


def _first(origin: str) -> str:
    """The origin at the beginning of a sentence; the name of an option stays as it is."""
    return f"{origin[0].upper()}{origin[1:]}" if origin.startswith(("the ", "a ")) else origin


def _refused(origin: str, what: str, place: int) -> ClusterConfigError:
    return ClusterConfigError(f"{_first(origin)} contains {what} (character {place}), which is not allowed in an HTTP header; correct it.")
