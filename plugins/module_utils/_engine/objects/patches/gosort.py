# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The order in which Go's ``sort.Sort`` leaves items with equal keys.

This is for a comparison that calls each of two equal items the smaller one. Apimachinery sorts lists by their merge key with it, and pairs
the items of two lists by their index. With unique keys every sort gives the same result. With equal keys the order is an effect of the
algorithm, which is the pattern-defeating quicksort that Go has used since 1.19: insertion sort up to 12 items, quicksort with a pivot of
three or nine candidates above, heap sort after too many bad pivots.

Upstream: ``sort.Sort`` of Go, ``SortableSliceOfMaps`` of apimachinery.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...aliases import Json

_SMALL = 12
_FEW, _MANY = 8, 50  # from so many items the pivot is chosen of three candidates, and of nine
_ALL_SWAPS = 12  # of the choice among nine
_FORWARD, _BACKWARD, _MIXED = 1, -1, 0


def go_sorted(items: Sequence[Json], keys: Sequence[str]) -> list[Json]:
    """The items by their keys. :param keys: one for each item."""
    if len(set(keys)) == len(keys):
        return [items[at] for at in sorted(range(len(items)), key=keys.__getitem__)]
    places = _Places(keys)
    places.sort(0, len(keys), len(keys).bit_length())
    return [items[at] for at in places.order]


class _Places:
    """The places of the items, being sorted."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = keys
        self.order = list(range(len(keys)))

    def less(self, one: int, two: int) -> bool:
        return self.keys[self.order[one]] <= self.keys[self.order[two]]

    def swap(self, one: int, two: int) -> None:
        self.order[one], self.order[two] = self.order[two], self.order[one]

    def sort(self, start: int, end: int, bad_pivots: int) -> None:
        balanced = already = True
        while end - start > _SMALL:
            length = end - start
            if bad_pivots == 0:
                self.heap(start, end)
                return
            if not balanced:
                self.scatter(start, end)
                bad_pivots -= 1
            pivot, direction = self.pivot(start, end)
            if direction == _BACKWARD:
                self.order[start:end] = self.order[start:end][::-1]
                pivot, direction = start + end - 1 - pivot, _FORWARD
            if balanced and already and direction == _FORWARD and self.nearly(start, end):
                return
            if start > 0 and not self.less(start - 1, pivot):
                start = self.split_equal(start, end, pivot)
                continue
            middle, already = self.split(start, end, pivot)
            balanced = min(middle - start, end - middle) >= length // 8
            if middle - start < end - middle:
                self.sort(start, middle, bad_pivots)
                start = middle + 1
            else:
                self.sort(middle + 1, end, bad_pivots)
                end = middle
        self.insertion(start, end)

    def insertion(self, start: int, end: int) -> None:
        for at in range(start + 1, end):
            while at > start and self.less(at, at - 1):
                self.swap(at, at - 1)
                at -= 1

    def nearly(self, start: int, end: int) -> bool:
        """Whether the items are sorted after at most five swaps of neighbours."""
        at = start + 1
        for _step in range(5):
            while at < end and not self.less(at, at - 1):
                at += 1
            if at == end:
                return True
            if end - start < _MANY:
                return False
            self.swap(at, at - 1)
            for top in range(at - 1, 0, -1) if at - start >= 2 else ():  # down to the first item of all, as in Go
                if not self.less(top, top - 1):
                    break
                self.swap(top, top - 1)
            for low in range(at + 1, end) if end - at >= 2 else ():
                if not self.less(low, low - 1):
                    break
                self.swap(low, low - 1)
        return False

    def split(self, start: int, end: int, pivot: int) -> tuple[int, bool]:
        """Smaller ones before the pivot, others after it: the pivot's place, and whether it was so already."""
        self.swap(start, pivot)
        left, right, already = start + 1, end - 1, True
        while True:
            while left <= right and self.less(left, start):
                left += 1
            while left <= right and not self.less(right, start):
                right -= 1
            if left > right:
                self.swap(right, start)
                return right, already
            self.swap(left, right)
            left, right, already = left + 1, right - 1, False

    def split_equal(self, start: int, end: int, pivot: int) -> int:
        self.swap(start, pivot)
        left, right = start + 1, end - 1
        while True:
            while left <= right and not self.less(start, left):
                left += 1
            while left <= right and self.less(start, right):
                right -= 1
            if left > right:
                return left
            self.swap(left, right)
            left, right = left + 1, right - 1

    def pivot(self, start: int, end: int) -> tuple[int, int]:
        length, swaps = end - start, 0

        def median(one: int, two: int, three: int) -> int:
            nonlocal swaps
            places = [one, two, three]
            for first in (0, 1, 0):
                if self.less(places[first + 1], places[first]):
                    places[first : first + 2] = places[first + 1], places[first]
                    swaps += 1
            return places[1]

        quarters = [start + length // 4 * part for part in (1, 2, 3)]
        if length >= _MANY:
            quarters = [median(at - 1, at, at + 1) for at in quarters]
        found = median(*quarters) if length >= _FEW else quarters[1]
        return found, _FORWARD if swaps == 0 else _BACKWARD if swaps == _ALL_SWAPS else _MIXED

    def scatter(self, start: int, end: int) -> None:
        """Swap three items in the middle with pseudorandom ones, always the same for one length (xorshift)."""
        length = end - start
        state, mask = length, (1 << length.bit_length()) - 1
        for step in range(3):
            state ^= state << 13 & (1 << 64) - 1
            state ^= state >> 7
            state ^= state << 17 & (1 << 64) - 1
            other = state & mask
            self.swap(start + length // 4 * 2 - 1 + step, start + (other - length if other >= length else other))

    def heap(self, start: int, end: int) -> None:
        for root in range((end - start - 1) // 2, -1, -1):
            self.sift(root, end - start, start)
        for last in range(end - start - 1, -1, -1):
            self.swap(start, start + last)
            self.sift(0, last, start)

    def sift(self, root: int, count: int, start: int) -> None:
        while (child := 2 * root + 1) < count:
            if child + 1 < count and self.less(start + child, start + child + 1):
                child += 1
            if not self.less(start + root, start + child):
                return
            self.swap(start + root, start + child)
            root = child
