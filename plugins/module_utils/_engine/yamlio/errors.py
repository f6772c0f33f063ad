# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Errors of reading and writing YAML, JSON and TOML.

``YamlError`` is not an ``EngineError``, since this room does not know where a text comes from. Callers catch it and name the file, the
option or the template. ``fromYaml`` and its variants put ``go_message`` into their result, so it holds Go's words exactly,
the odd line numbers of yaml.v2 included; ``str()`` is for users and counts lines and columns from 1.
"""

from __future__ import annotations


class YamlError(ValueError):
    """Text that cannot be read, or a value that cannot be written.

    :param go_message: what Go's ``err.Error()`` returns at the same place.
    :param message: one sentence for users; Go's words where there is no clearer message.
    :param line: line of the fault, from 1; ``None`` where there is no single place.
    :param column: column of the fault, from 1.
    """

    def __init__(self, go_message: str, message: str | None = None, line: int | None = None, column: int | None = None) -> None:
        self.go_message = go_message
        self.message = message if message is not None else go_message
        self.line = line
        self.column = column
        super().__init__(self.message)


def foreign_encoding(data: bytes) -> str:
    """``UTF-16`` or ``UTF-32`` for text that seems to have this encoding, else empty.

    Signs are its byte order mark and many zeros.
    """
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "UTF-32"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    head = data[:64]
    zeros = head.count(0)
    return "UTF-32" if zeros * 3 > len(head) * 2 > 8 else "UTF-16" if zeros * 3 > len(head) > 2 else ""


def unreadable(what: str, data: bytes, go_message: str) -> str:
    """The sentence about a YAML file that cannot be read.

    Text in another encoding is what Windows PowerShell 5 writes with ``>``. Values that Go's words show are left out: they may be secret.
    """
    encoding = foreign_encoding(data)
    return f"{what} is {encoding} text; save it as UTF-8." if encoding else f"{what} cannot be read: {_without_values(go_message)}."


def _without_values(go_message: str) -> str:
    """Go's words without a value.

    Those for a key that JSON cannot have, and for a scalar that its tag does not fit, show one.
    """
    shown, _mark, _value = go_message.partition(", value: ")
    before, mark, rest = shown.partition(" `")
    return before + rest[rest.rindex("` ") + 1 :] if mark and "cannot decode" in before and "` " in rest else shown
