# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Records the values that a render generates, and repeats the render with some of them given.

Passwords, keys, certificates and times. Rendering is a function of its inputs and of the generated values, in one order. So a generated
value is identified by the number of its call. A second render of the same inputs makes the same calls in the same order, unless a template
decides by a generated value which functions it calls. Then the orders differ, and ``Diverged`` is raised.

The same list holds the calls of functions whose result does not determine their argument (``RECORDED``: checksums, substrings, times as
text). So the live result of such a call can be given too, where its argument is not stored anywhere.

Helm has no counterpart; ``preserve/keep_generated`` uses this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..aliases import GoValue, Json
from ..errors import OptionError
from ..gotypes.function import Function

#: repeatable functions that lose something of what they are given
RECORDED = frozenset((
    "abbrev", "adler32sum", "b32enc", "camelcase", "date", "dateInZone", "dateModify", "date_in_zone", "date_modify", "derivePassword",
    "htmlDate", "htmlDateInZone", "initials", "kebabcase", "lower", "mustDateModify", "must_date_modify", "nospace", "regexFind",
    "regexReplaceAll", "regexReplaceAllLiteral", "replace", "sha1sum", "sha256sum", "sha512sum", "snakecase", "substr", "swapcase",
    "title", "trunc", "unixEpoch", "upper",
))  # fmt: skip
#: texts shorter than this occur in other texts by chance
LONG = 8
_TRIES = 30
#: placeholder of a part of a certificate that no output holds
NOWHERE = "kept elsewhere, and needed nowhere in this release"


class Diverged(OptionError):
    """A second render of the same inputs calls other functions. Fields: ``function``."""


@dataclass(frozen=True)
class RecordedCall:
    """One call. ``chance``: whether the same call could have returned another result."""

    index: int
    name: str
    args: tuple[GoValue, ...]
    result: GoValue
    chance: bool


class CallRecorder:
    """The calls of one render.

    :param first: the calls of an earlier render, which this one repeats; ``None``: this is the first.
    :param given: values to use instead of generating them, by the index of the call.
    :param regenerate: whether to generate the value of an index again; all others are as in the first render, unless their arguments
        differ.
    :param fits: whether a given value fits the arguments of its call (a hash its password); others are generated again (``unfit``).
    """

    def __init__(
        self,
        first: Sequence[RecordedCall] | None = None,
        given: Mapping[int, GoValue] | None = None,
        regenerate: Callable[[int], bool] | None = None,
        fits: Callable[[str, tuple[GoValue, ...], GoValue], bool] | None = None,
    ) -> None:
        self.calls: list[RecordedCall] = []
        self.unfit: set[int] = set()
        #: whether the last call returned a given value
        self.was_given = False
        self._fits = fits
        self._first = first
        self._given = given or {}
        self._regenerate = regenerate or (lambda index: False)

    def call(self, name: str, code: Callable[..., GoValue], args: tuple[GoValue, ...], chance: bool) -> GoValue:
        """The result of one call. Raises what ``code`` raises; ``Diverged``."""
        index = len(self.calls)
        self.was_given = False
        result = code(*args) if self._first is None else self._again(index, name, code, args, chance)
        self.calls.append(RecordedCall(index, name, args, result, chance))
        return result

    def _again(self, index: int, name: str, code: Callable[..., GoValue], args: tuple[GoValue, ...], chance: bool) -> GoValue:
        first = self._first or ()
        if index >= len(first) or first[index].name != name:
            raise _diverged(name)
        if index in self._given:
            if self._fits is None or self._fits(name, args, self._given[index]):
                self.was_given = True
                return self._given[index]
            self.unfit.add(index)
        before = first[index]
        if not chance or not same(before.args, args):
            return code(*args)
        return self._another(before, code, args) if self._regenerate(index) else before.result

    def _another(self, before: RecordedCall, code: Callable[..., GoValue], args: tuple[GoValue, ...]) -> GoValue:
        """A result other than the earlier one, and than the others of this render, where there are enough."""
        taken = [before.result, *(call.result for call in self.calls if call.chance)]
        result = code(*args)
        for _try in range(_TRIES):
            if not isinstance(result, (str, int)) or result not in taken:
                break
            result = code(*args)
        return result

    def finish(self) -> None:
        """Called when all is rendered. Raises ``Diverged`` where the first render made more calls."""
        if self._first is not None and len(self._first) > len(self.calls):
            raise _diverged(self._first[len(self.calls)].name)


def recording_functions(table: Mapping[str, Function], recorder: CallRecorder) -> dict[str, Function]:
    """The functions of ``RECORDED``, which record their calls."""

    def recording(function: Function) -> Function:
        def load() -> Callable[..., GoValue]:
            code = function.code
            return lambda *args: recorder.call(function.name, code, args, False)

        return Function(function.name, function.params, load, repeatable=False)

    return {name: recording(table[name]) for name in sorted(RECORDED & set(table))}


def _diverged(name: str) -> Diverged:
    return Diverged(
        f"keep_generated: the generated values of the chart depend on other generated values (a call of {name} is conditional), so "
        "they cannot be preserved. Set these values in the values of the chart",
        option="keep_generated",
        function=name,
    )


def parts(result: GoValue) -> dict[str, str]:
    """The texts of a result by part: ``cert`` and ``key`` of a certificate, ``""`` of a string or number.

    Other types (a time) have no texts.
    """
    if isinstance(result, bool):
        return {}
    if isinstance(result, (str, int)):
        return {"": str(result)} if str(result) else {}
    if is_certificate(result):
        return {"cert": result.cert, "key": result.key}
    return {}


def is_certificate(value: Json) -> bool:
    return getattr(value, "GO_TYPE", "") == "sprig.certificate"


def same(one: GoValue, two: GoValue) -> bool:
    """Whether two values of templates are the same as arguments of a call."""
    if one is two:
        return True
    if is_certificate(one) and is_certificate(two):
        return bool((one.cert, one.key) == (two.cert, two.key))
    if isinstance(one, (list, tuple)) and isinstance(two, (list, tuple)):
        return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return list(one) == list(two) and all(same(one[key], two[key]) for key in one)
    return bool(one.__class__ is two.__class__ and one == two)


def sources(calls: Sequence[RecordedCall]) -> list[frozenset[int]]:
    """For each call the random calls that its result depends on, also indirectly, as far as texts show it."""
    found: list[frozenset[int]] = []
    for call in calls:
        own = frozenset([call.index]) if call.chance else frozenset()
        behind = [found[other.index] for other in calls[: call.index] if found[other.index] and _within(other.result, call.args)]
        found.append(own.union(*behind))
    return found


def signer(calls: Sequence[RecordedCall], call: RecordedCall) -> RecordedCall | None:
    """The call that generated the CA of a signed certificate; ``None`` where no call did."""
    for value in call.args:
        if is_certificate(value):
            for other in calls[: call.index]:
                if is_certificate(other.result) and other.result.cert == value.cert:
                    return other
    return None


def _within(result: GoValue, args: GoValue) -> bool:
    """Whether a result is, or is in, the arguments."""
    if isinstance(args, (list, tuple)):
        return any(_within(result, item) for item in args)
    if isinstance(args, Mapping):
        return any(_within(result, item) for item in args.values())
    if is_certificate(args):
        return _within(result, [args.cert, args.key])
    if isinstance(args, str):
        return any(text == args or (len(text) >= LONG and text.rstrip("\n") in args) for text in parts(result).values())
    return args is result and not isinstance(args, (int, float, type(None)))  # a number is everywhere the same one
