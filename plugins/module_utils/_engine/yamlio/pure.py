# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""PyYAML's own parser, for a PyYAML without libyaml.

It parses as libyaml does where PyYAML differs: tabs, directives, and escapes in double quotes.
"""

from __future__ import annotations

import re

from ..aliases import PyYaml

_SURROGATE = re.compile("[\ud800-\udfff]")


def pure_parser(data: bytes) -> PyYaml:
    """A parser of a stream in UTF-8, or in UTF-16 with a byte order mark.

    PyYAML is imported here: this file can be imported without it.
    """
    from yaml.events import ScalarEvent
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner, ScannerError

    class PureParser(Reader, Scanner, Parser):
        ESCAPE_REPLACEMENTS = {**Scanner.ESCAPE_REPLACEMENTS, "'": "'"}  # type: ignore[misc]  # noqa: RUF012  as in PyYAML

        def __init__(self) -> None:
            Reader.__init__(self, data)
            Scanner.__init__(self)
            Parser.__init__(self)

        def get_event(self) -> PyYaml:
            try:
                event = Parser.get_event(self)  # type: ignore[no-untyped-call]
            except (ValueError, OverflowError) as fault:  # an escape beyond Unicode
                raise self._invalid_escape() from fault
            if event.__class__ is ScalarEvent and _SURROGATE.search(event.value) is not None:
                raise self._invalid_escape()
            return event

        def _invalid_escape(self) -> ScannerError:
            return ScannerError(None, None, "found invalid Unicode character escape code", self.get_mark())

        def scan_directive_name(self, start_mark: PyYaml) -> str:
            """Other directives than ``%YAML`` and ``%TAG`` are refused, which PyYAML skips."""
            name = str(Scanner.scan_directive_name(self, start_mark))  # type: ignore[no-untyped-call]
            if name not in ("YAML", "TAG"):
                raise ScannerError("while scanning a directive", start_mark, "found unknown directive name", self.get_mark())
            return name

        def scan_to_next_token(self) -> None:
            """A tab is a blank wherever no key can begin."""
            Scanner.scan_to_next_token(self)
            while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
                self.forward()
                Scanner.scan_to_next_token(self)

        def scan_plain_spaces(self, indent: int, start_mark: PyYaml) -> list[str]:
            """A tab is a blank within a plain scalar too."""
            size = 0
            while self.peek(size) in " \t":
                size += 1
            blanks = self.prefix(size)
            if "\t" not in blanks:
                return list(Scanner.scan_plain_spaces(self, indent, start_mark) or ())
            self.forward(size)
            if self.peek() in "\0\r\n\x85\u2028\u2029#":
                return list(Scanner.scan_plain_spaces(self, indent, start_mark) or ())
            return [blanks]

    return PureParser()
