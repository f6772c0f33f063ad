# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads and applies .helmignore (Helm: ``pkg/ignore``).

One pattern a line, trimmed; blank lines and lines that begin with ``#`` are skipped; ``**`` and patterns that Go's
``path.Match`` refuses are errors. A pattern with a slash is matched with the whole path, one without it with the last
part; a final slash matches directories only. ``!pattern`` does not include anything again: it ignores all that does not match.
One built-in rule comes last: hidden files in ``templates/``.
"""

from __future__ import annotations

from ..errors import ChartLoadError
from .gomatch import BadPattern, match

_BUILT_IN = "templates/.?*"
#: what Go's ``strings.TrimSpace`` removes; Python's ``strip`` removes more
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
#: bytes of a line that Go's ``bufio.Scanner`` refuses
_TOO_LONG = 64 * 1024

_SPECIAL = frozenset("*?[\\")


class _Rule:
    """One pattern.

    The common forms, a name and ``*`` at its start or its end, are compared without ``match``.
    """

    __slots__ = ("_end", "_start", "_whole", "directory", "negated", "pattern")

    def __init__(self, pattern: str, whole_path: bool, negated: bool, directory: bool) -> None:
        self.pattern = pattern
        self.negated = negated
        self.directory = directory
        self._whole = whole_path
        self._start = self._end = ""
        if _SPECIAL.isdisjoint(pattern[1:]) and pattern[:1] == "*":
            self._end = pattern[1:]
        elif _SPECIAL.isdisjoint(pattern[:-1]) and (pattern[-1:] == "*" or pattern[-1:] not in _SPECIAL):
            self._start = pattern

    def fits(self, path: str) -> bool:
        if not self._whole:
            path = path[path.rfind("/") + 1 :]
        if self._end:
            return path.endswith(self._end) and "/" not in path[: -len(self._end)]
        if self._start[-1:] == "*":
            return path.startswith(self._start[:-1]) and "/" not in path[len(self._start) - 1 :]
        if self._start:
            return path == self._start
        try:
            return match(self.pattern, path)
        except BadPattern:
            return False  # a fault that the check at loading did not get to; Helm logs it


class Ignore:
    """The rules of one file.

    :param text: the file's content; empty where there is no file.
    :raises ChartLoadError: a pattern that Helm refuses; names the line.
    """

    def __init__(self, text: str = "") -> None:
        self._rules: list[_Rule] = []
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
            if len(line) >= _TOO_LONG // 4 and len(line.encode("utf-8", "surrogateescape")) >= _TOO_LONG:
                raise ChartLoadError(
                    f".helmignore line {number} has {_TOO_LONG} bytes or more; split it.",
                    helm="bufio.Scanner: token too long",
                    file=".helmignore",
                    line=number,
                )
            self._add(line.strip(_SPACES), number)
        self._add(_BUILT_IN, 0)

    def _add(self, text: str, line: int) -> None:
        if not text or text.startswith("#"):
            return
        try:
            if "**" in text:
                raise ValueError("double-star (**) syntax is not supported")
            match(text, "abc")
        except ValueError as error:
            reason = "has a syntax error" if isinstance(error, BadPattern) else "uses **, which Helm does not support"
            raise ChartLoadError(
                f".helmignore line {line}: the pattern {text!r} {reason}; rewrite it.", helm=str(error), file=".helmignore", line=line
            ) from None
        negated = text.startswith("!")
        text = text[1:] if negated else text
        directory = text.endswith("/")
        text = text[:-1] if directory else text
        self._rules.append(_Rule(text[1:] if text.startswith("/") else text, "/" in text, negated, directory))

    def matches(self, path: str, is_dir: bool) -> bool:
        """Whether the file or directory at ``path`` is left out.

        ``path`` is relative to the chart, with ``/``. A directory is left out with everything in it.
        """
        if path in ("", ".", "./"):
            return False
        for rule in self._rules:
            if rule.negated:
                if (rule.directory and not is_dir) or not rule.fits(path):
                    return True
            elif (is_dir or not rule.directory) and rule.fits(path):
                return True
        return False
