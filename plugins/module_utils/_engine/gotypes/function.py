# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A template function: name, Go's parameter types, and Python code.

The code is imported at the first call.
"""

from __future__ import annotations

from collections.abc import Callable

from ..aliases import GoValue


class Function:
    """One function of a template.

    ``params`` are Go types by position: ``any`` (interface{}), ``string``, ``int``, ``int64``, ``float64``, ``bool``, ``map``
    (map[string]interface{}), ``list`` ([]interface{}), ``strings`` ([]string), ``bytes``, ``time``, ``value`` (reflect.Value:
    no check at all), or the name of a GoObject's Go type. A last one that begins with ``...`` is variadic. The template runtime checks
    and converts arguments as Go's exec.go does, then calls the Python code with them by position. The code raises
    ``GoError`` for what is an error or a panic in Go.

    :param load: gives the Python callable; called once, at the first call, so that a family is imported only when used.
    :param repeatable: ``False`` where two calls with equal arguments may differ (random, keys, clock).
    """

    __slots__ = ("_code", "_load", "name", "params", "repeatable")

    def __init__(self, name: str, params: tuple[str, ...], load: Callable[[], Callable[..., GoValue]], repeatable: bool = True) -> None:
        self.name = name
        self.params = params
        self._load = load
        self.repeatable = repeatable
        self._code: Callable[..., GoValue] | None = None

    @property
    def code(self) -> Callable[..., GoValue]:
        if self._code is None:
            self._code = self._load()
        return self._code

    @classmethod
    def of(cls, name: str, params: tuple[str, ...], code: Callable[..., GoValue], repeatable: bool = True) -> Function:
        """A function whose Python code is given, not imported later."""
        return cls(name, params, lambda: code, repeatable)


class Unusable(Function):
    """A method that Go refuses to call from a template because of what it returns.

    :param reason: Go's words.
    """

    __slots__ = ("reason",)

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, (), lambda: _never)
        self.reason = reason


def _never(*_values: GoValue) -> GoValue:
    raise AssertionError("a template called a value that is not a function")
