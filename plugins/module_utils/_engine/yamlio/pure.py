# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The pure Python parser of PyYAML, for machines whose PyYAML was built without libyaml, and faults in libyaml's words."""

from __future__ import annotations

from typing import ClassVar

try:
    import yaml
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner
except ImportError:  # whoever parses says that PyYAML is missing; three bases must still be three classes
    Parser = type("Parser", (), {})  # type: ignore[assignment,misc]
    Reader = type("Reader", (), {})  # type: ignore[assignment,misc]
    Scanner = type("Scanner", (), {})  # type: ignore[assignment,misc]

#: problems that the Python parser words otherwise than libyaml does; the first match by prefix counts
_PROBLEMS = (
    ("mapping values are not allowed here", "mapping values are not allowed in this context"),
    ("mapping keys are not allowed here", "mapping keys are not allowed in this context"),
    ("sequence entries are not allowed here", "block sequence entries are not allowed in this context"),
    ("expected <block end>, but found", "did not find expected key"),
    ("expected ',' or ']', but got", "did not find expected ',' or ']'"),
    ("expected ',' or '}', but got", "did not find expected ',' or '}'"),
    ("expected the node content, but found", "did not find expected node content"),
    ("expected '<document start>', but found", "did not find expected <document start>"),
    ("found unexpected end of stream", "found unexpected end of stream"),
    ("could not find expected ':'", "could not find expected ':'"),
    ("found incompatible YAML document", "found incompatible YAML document"),
    ("expected '>', but found", "did not find the expected '>'"),
    ("found unknown escape character", "found unknown escape character"),
    ("expected chomping or indentation indicators, but found", "did not find expected comment or line break"),
    ("expected alphabetic or numeric character, but found", "did not find expected alphabetic or numeric character"),
    ("found character '", "found character that cannot start any token"),
)


class PureParser(Reader, Scanner, Parser):
    """Events from PyYAML's own reader, scanner and parser; the interface is that of ``yaml.cyaml.CParser``."""

    #: yaml.v2 reads this one more
    ESCAPE_REPLACEMENTS: ClassVar[dict[str, str]] = {**getattr(Scanner, "ESCAPE_REPLACEMENTS", {}), "'": "'"}  # type: ignore[misc]

    def __init__(self, stream: bytes) -> None:
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)


def go_problem(error: yaml.YAMLError) -> str:
    """The fault in the words that libyaml, and so yaml.v2, has for it."""
    if isinstance(error, yaml.reader.ReaderError):
        reason = str(error.reason)
        return "control characters are not allowed" if reason.startswith("special characters") else reason
    problem = str(getattr(error, "problem", "") or "unknown problem parsing YAML content")
    for start, words in _PROBLEMS:
        if problem.startswith(start):
            if start == "expected <block end>, but found" and "collection" in str(getattr(error, "context", "")):
                return "did not find expected '-' indicator"
            return words
    return problem
