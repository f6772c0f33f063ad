# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Formats values in findings as Helm's schema library does.

Quotes, and numbers as ``golang.org/x/text``.
"""

from __future__ import annotations

from ...aliases import Json
from ...yamlio.numbers import digits, float_g

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def quote(text: str) -> str:
    """Single quotes around what Go's ``%q`` makes of the text."""
    from ...gotypes.printing import go_quote

    quoted = go_quote(text).replace('\\"', '"').replace("'", "\\'")  # the last backslash of a text is taken for an escape, too
    return f"'{quoted[1:-1]}'"


def joined(names: list[str]) -> str:
    return ", ".join(quote(name) for name in names)


def display(value: Json) -> str:
    """A scalar of a schema or of the values."""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (dict, list)):
        return "value"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return float_g(value) if value.__class__ is float else str(value)


def thousands(number: int | float) -> str:
    """A whole number with English separators."""
    return f"{int(number):,}"


def english_number(number: int | float) -> str:
    """``%v`` of a float64 in English: ``1,234.5``, and ``1.5×10⁰⁷`` from a million on or below 0.0001."""
    sign, figures, point = digits(float(number))
    if -4 <= point - 1 < 6:
        whole, _dot, fraction = float_g(float(number)).lstrip("-").partition(".")
        return f"{sign}{int(whole):,}" + (f".{fraction}" if fraction else "")
    exponent = point - 1
    mantissa = figures[0] + ("." + figures[1:] if len(figures) > 1 else "")
    power = f"{'-' if exponent < 0 else ''}{abs(exponent):02d}".translate(_SUPERSCRIPT)
    return f"{sign}{mantissa}×10{power}"
