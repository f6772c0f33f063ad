# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Formats floats in three ways: JSON's, ``strconv``'s 'g', and 'g' at the precision of a float32.

All use the shortest digits that parse to the same number, as Python's ``repr`` returns them; only the format differs.
"""

from __future__ import annotations

import math
import struct


def digits(value: float) -> tuple[str, str, int]:
    """Sign, significant digits without trailing zeros, and the place of the decimal point.

    The number is ``0.d1d2... * 10**point``.
    """
    text = repr(value)
    sign = ""
    if text[0] == "-":
        sign, text = "-", text[1:]
    mantissa, _e, exponent = text.partition("e")
    whole, _dot, fraction = mantissa.partition(".")
    point = len(whole) + (int(exponent) if exponent else 0)
    figures = whole + fraction
    stripped = figures.lstrip("0")
    point -= len(figures) - len(stripped)
    stripped = stripped.rstrip("0")
    return (sign, stripped, point) if stripped else (sign, "0", 1)


def _fixed(sign: str, figures: str, point: int) -> str:
    if point <= 0:
        return f"{sign}0.{'0' * -point}{figures}"
    if len(figures) <= point:
        return sign + figures + "0" * (point - len(figures))
    return f"{sign}{figures[:point]}.{figures[point:]}"


def _scientific(sign: str, figures: str, point: int, pad: int) -> str:
    exponent = point - 1
    mantissa = figures[0] + ("." + figures[1:] if len(figures) > 1 else "")
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):0{pad}d}"


def _g(sign: str, figures: str, point: int) -> str:
    if -4 <= point - 1 < 6:
        return _fixed(sign, figures, point)
    return _scientific(sign, figures, point, 2)


def float_g(value: float) -> str:
    """``strconv.FormatFloat(value, 'g', -1, 64)`` of a finite number.

    Exponent form below 1e-4 and from 1e6 on.
    """
    return _g(*digits(value))


def float32_g(value: float) -> str:
    """``strconv.FormatFloat(value, 'g', -1, 32)``, as sigs.k8s.io/yaml writes a key that is a float."""
    if math.isnan(value):
        return ".nan"
    try:
        packed = struct.pack(">f", value)
    except OverflowError:
        return "-.inf" if value < 0 else ".inf"
    single = struct.unpack(">f", packed)[0]
    if single in (float("inf"), float("-inf")):
        return "-.inf" if single < 0 else ".inf"
    for precision in range(1, 10):
        text = f"{single:.{precision - 1}e}"
        if struct.pack(">f", float(text)) == packed:
            return _g(*digits(float(text)))
    return _g(*digits(single))


def float_json(value: float) -> str:
    """``encoding/json``: fixed from 1e-6 up to 1e21, exponents without padding beyond."""
    if value == int(value) and -1e15 < value < 1e15:
        return str(int(value)) if value or str(value)[0] != "-" else "-0"
    sign, figures, point = digits(value)
    if -6 <= point - 1 < 21:
        return _fixed(sign, figures, point)
    return _scientific(sign, figures, point, 1)
