# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What goes wrong while YAML, JSON or TOML is read or written.

``YamlError`` is no ``EngineError``: this room does not know whose text it was. Callers catch it and name the file, the
option or the template. ``fromYaml`` and its kin put ``go_message`` into their result, so it holds Go's words to the letter,
the odd line numbers of yaml.v2 included; ``str()`` is for people and counts lines and columns from 1.
"""

from __future__ import annotations


class YamlError(ValueError):
    """Text that cannot be read, or a value that cannot be written.

    :param go_message: what Go's ``err.Error()`` returns at the same place.
    :param message: one sentence for people; Go's words where nothing clearer is known.
    :param line: line of the fault, from 1; ``None`` where there is no single place.
    :param column: column of the fault, from 1.
    """

    def __init__(self, go_message: str, message: str | None = None, line: int | None = None, column: int | None = None) -> None:
        self.go_message = go_message
        self.message = message if message is not None else go_message
        self.line = line
        self.column = column
        super().__init__(self.message)
