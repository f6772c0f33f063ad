# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's arithmetic: int64, and exact decimals for functions whose name ends in ``f``.

sprig: ``numeric.go``.

The decimals are ``github.com/shopspring/decimal``'s: each float64 is read as its shortest decimal text, sums and products are
exact, a quotient has 16 digits after the point, and only the end result becomes a float64 again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..aliases import GoValue
from ..gotypes.limits import items, tick
from ..gotypes.values import GoError, Int64, Slice
from .convert import MAX_INT64, MIN_INT64, parse_int, to_float64, to_int64, wrap_int64

if TYPE_CHECKING:
    from fractions import Fraction

_QUOTIENT_SCALE = 10**16


def to_int(value: GoValue) -> int:
    return to_int64(value)


def int64(value: GoValue) -> Int64:
    return Int64(to_int64(value))


def float64(value: GoValue) -> float:
    return to_float64(value)


def atoi(text: str) -> int:
    """An int from text: 0 where it is not a number, the largest or smallest int where it does not fit."""
    number = parse_int(text, 10)
    if number is not None:
        return number
    if not re.match(r"[+-]?[0-9]+\Z", text):
        return 0
    return MIN_INT64 if text[0] == "-" else MAX_INT64


def to_decimal(value: GoValue) -> Int64:
    """The value's text read as octal."""
    from ..gotypes.printing import sprint

    return Int64(parse_int(sprint(value), 8) or 0)


def add(*values: GoValue) -> Int64:
    return Int64(wrap_int64(sum(map(to_int64, values))))


def add1(value: GoValue) -> Int64:
    return Int64(wrap_int64(to_int64(value) + 1))


def sub(left: GoValue, right: GoValue) -> Int64:
    return Int64(wrap_int64(to_int64(left) - to_int64(right)))


def mul(first: GoValue, *others: GoValue) -> Int64:
    product = to_int64(first)
    for other in others:
        product = wrap_int64(product * to_int64(other))
    return Int64(product)


def div(left: GoValue, right: GoValue) -> Int64:
    return Int64(wrap_int64(_divide(to_int64(left), to_int64(right))[0]))


def mod(left: GoValue, right: GoValue) -> Int64:
    return Int64(_divide(to_int64(left), to_int64(right))[1])


def _divide(left: int, right: int) -> tuple[int, int]:
    """Quotient towards zero, and the remainder that belongs to it."""
    if right == 0:
        raise GoError("runtime error: integer divide by zero")
    quotient = abs(left) // abs(right)
    if (left < 0) != (right < 0):
        quotient = -quotient
    return quotient, left - quotient * right


def max_int(first: GoValue, *others: GoValue) -> Int64:
    return Int64(max(map(to_int64, (first, *others))))


def min_int(first: GoValue, *others: GoValue) -> Int64:
    return Int64(min(map(to_int64, (first, *others))))


def max_float(first: GoValue, *others: GoValue) -> float:
    return _extreme(max, (first, *others), math.inf)


def min_float(first: GoValue, *others: GoValue) -> float:
    return _extreme(min, (first, *others), -math.inf)


def _extreme(choose: Callable[..., float], values: tuple[GoValue, ...], strongest: float) -> float:
    numbers = [to_float64(value) for value in values]
    if strongest in numbers:
        return strongest
    if len(numbers) > 1 and any(map(math.isnan, numbers)):
        return math.nan
    # Go orders the zeros: -0 is less than 0
    return choose(numbers, key=lambda number: (number, math.copysign(1.0, number)))


def _exact(value: GoValue) -> Fraction:
    from fractions import Fraction

    number = to_float64(value)
    if not math.isfinite(number):
        from ..gotypes.printing import sprint

        raise GoError(f"Cannot create a Decimal from {sprint(number)}")
    return Fraction(repr(number))


def _float(number: Fraction | int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def add_float(*values: GoValue) -> float:
    return _float(sum(map(_exact, values)))


def add1_float(value: GoValue) -> float:
    return _float(_exact(value) + 1)


def sub_float(first: GoValue, *others: GoValue) -> float:
    return _float(_exact(first) - sum(map(_exact, others)))


def mul_float(first: GoValue, *others: GoValue) -> float:
    product = _exact(first)
    for other in others:
        product *= _exact(other)
    return _float(product)


def div_float(first: GoValue, *others: GoValue) -> float:
    quotient = _exact(first)
    for other in others:
        divisor = _exact(other)
        if not divisor:
            raise GoError("decimal division by 0")
        quotient = _rounded(quotient / divisor)
    return _float(quotient)


def _rounded(number: Fraction) -> Fraction:
    """16 digits behind the point, halves away from zero."""
    from fractions import Fraction

    whole = int(abs(number) * _QUOTIENT_SCALE + Fraction(1, 2))
    return Fraction(whole if number >= 0 else -whole, _QUOTIENT_SCALE)


def floor(value: GoValue) -> float:
    return _floor(to_float64(value))


def ceil(value: GoValue) -> float:
    return _ceil(to_float64(value))


def _floor(number: float) -> float:
    return math.copysign(float(math.floor(number)), number) if math.isfinite(number) else number


def _ceil(number: float) -> float:
    return math.copysign(float(math.ceil(number)), number) if math.isfinite(number) else number


def _power_of_ten(exponent: int) -> float:
    """``math.Pow(10, exponent)``, whose last bit is not always that of C.

    Computed by squares of the mantissa, apart from the exponent of two.
    """
    mantissa, scale = 1.0, 0
    square, square_scale = math.frexp(10.0)
    rest = abs(exponent)
    while rest:
        if abs(square_scale) > 1 << 12:  # beyond all floats
            scale += square_scale
            break
        if rest & 1:
            mantissa, scale = mantissa * square, scale + square_scale
        square, square_scale = square * square, square_scale * 2
        if square < 0.5:
            square, square_scale = square + square, square_scale - 1
        rest >>= 1
    if exponent < 0:
        mantissa, scale = 1 / mantissa, -scale
    try:
        return math.ldexp(mantissa, scale)
    except OverflowError:
        return math.inf


def round_half(value: GoValue, places: int, *round_on: float) -> float:
    """Up where the fraction reaches ``round_on`` (0.5), else down; a negative fraction never reaches it."""
    power = _power_of_ten(places)
    digit = power * to_float64(value)
    whole = _ceil(digit) if math.modf(digit)[0] >= (round_on[0] if round_on else 0.5) else _floor(digit)
    if power == 0:
        return math.copysign(math.inf, whole) if whole else math.nan
    return whole / power


def until(count: int) -> Slice:
    return until_step(0, count, -1 if count < 0 else 1)


def until_step(start: int, stop: int, step: int) -> Slice:
    if step == 0 or (stop < start) != (step < 0):
        return Slice((), "int")
    numbers = range(start, stop, step)
    items((stop - start) // step)  # len() of a long range overflows
    tick(len(numbers))
    return Slice(numbers, "int")


def seq(*numbers: int) -> str:
    """Like the shell's ``seq``: LAST, FIRST LAST or FIRST STEP LAST; a wrong direction gives nothing."""
    if len(numbers) == 3:
        start, step, end = numbers
        if end < start and step > 0:
            return ""
    elif 1 <= len(numbers) <= 2:
        start, end = (1, *numbers)[-2:]
        step = -1 if end < start else 1
    else:
        return ""
    return " ".join(map(str, until_step(start, end + (-1 if end < start else 1), step)))
