# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's functions of lists (``list.go``).

They accept any slice and return a copy; the argument is not changed.
"""

from __future__ import annotations

import math

from ..aliases import GoValue
from ..gotypes.limits import copied, made, tick
from ..gotypes.values import GoError, Slice
from .convert import MIN_INT64, items_of, to_int64
from .defaults import empty
from .reflection import deep_equal

#: so many comparisons of elements count as a step
_COMPARED = 64
#: types whose values are equal when Python says so, which finds them without going through a list
_HASHED = frozenset([str, int, bool])


def _nil_list() -> Slice:
    return Slice((), "interface {}", is_nil=True)


def new_list(*values: GoValue) -> list[GoValue]:
    return list(values)


def append(values: GoValue, value: GoValue) -> list[GoValue]:
    found = items_of(values, "Cannot push on type %s")
    _growing(found, value)
    return [*found, value]


def prepend(values: GoValue, value: GoValue) -> list[GoValue]:
    found = items_of(values, "Cannot prepend on type %s")
    _growing(found, value)
    return [value, *found]


def _growing(found: list[GoValue], value: GoValue) -> None:
    """Counts one more element of a result against the bounds."""
    copied(len(found))
    if value.__class__ is str:
        made(value)


def chunk(size: int, values: GoValue) -> Slice:
    items = items_of(values, "Cannot chunk type %s")
    count = _chunk_count(len(items), size)
    chunks = []
    for index in range(count):
        length = size
        if index == count - 1:
            length = int(math.fmod(len(items), size)) or size
        if length < 0:
            raise GoError("runtime error: makeslice: len out of range")
        chunks.append(items[index * size : index * size + length])
    return Slice(chunks, "[]interface {}")


def _chunk_count(length: int, size: int) -> int:
    count = math.floor((length - 1) / size) + 1 if size else MIN_INT64
    if count < 0:
        raise GoError("runtime error: makeslice: len out of range")
    return count


def first(values: GoValue) -> GoValue:
    items = items_of(values, "Cannot find first on type %s")
    return items[0] if items else None


def last(values: GoValue) -> GoValue:
    items = items_of(values, "Cannot find last on type %s")
    return items[-1] if items else None


def rest(values: GoValue) -> list[GoValue]:
    items = items_of(values, "Cannot find rest on type %s")
    copied(len(items))
    return list(items[1:]) if items else _nil_list()


def initial(values: GoValue) -> list[GoValue]:
    items = items_of(values, "Cannot find initial on type %s")
    copied(len(items))
    return list(items[:-1]) if items else _nil_list()


def reverse(values: GoValue) -> list[GoValue]:
    items = items_of(values, "Cannot find reverse on type %s")
    copied(len(items))
    return list(reversed(items))


def compact(values: GoValue) -> list[GoValue]:
    items = items_of(values, "Cannot compact on type %s")
    tick(len(items) // _COMPARED)
    return [item for item in items if not empty(item)]


def uniq(values: GoValue) -> list[GoValue]:
    unique: list[GoValue] = []
    seen: set[tuple[type, GoValue]] = set()
    items = items_of(values, "Cannot find uniq on type %s")
    tick(len(items) // _COMPARED)
    for item in items:
        if item.__class__ in _HASHED:
            before = len(seen)
            seen.add((item.__class__, item))
            known = len(seen) == before
        else:
            known = _among(item, unique)
        if not known:
            unique.append(item)
    return unique


def without(values: GoValue, *omitted: GoValue) -> list[GoValue]:
    items = items_of(values, "Cannot find without on type %s")
    tick(len(items) // _COMPARED)
    return [item for item in items if not _among(item, omitted)]


def _among(needle: GoValue, haystack: GoValue) -> bool:
    tick(len(haystack) // _COMPARED)
    return any(deep_equal(needle, item) for item in haystack)


def has(needle: GoValue, haystack: GoValue) -> bool:
    if haystack is None:
        return False
    return _among(needle, items_of(haystack, "Cannot find has on type %s"))


def slice_list(values: GoValue, *indices: GoValue) -> GoValue:
    """The part from the first index to before the second, of the same type as the list."""
    items = items_of(values, "list should be type of slice or array but %s")
    if not items:
        return None
    start = to_int64(indices[0]) if indices else 0
    end = to_int64(indices[1]) if len(indices) > 1 else len(items)
    if not 0 <= start <= end <= len(items):
        raise GoError("reflect.Value.Slice: slice index out of bounds")
    if isinstance(values, Slice):
        return values.of_same_type(values[start:end])
    return values[start:end]


def concat(*lists: GoValue) -> list[GoValue]:
    joined: list[GoValue] = []
    for values in lists:
        found = items_of(values, "Cannot concat type %s as list")
        copied(len(joined) + len(found))
        joined.extend(found)
    return joined or _nil_list()
