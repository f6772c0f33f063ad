# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A set of templates that can call each other (Go: ``text/template.Template``).

Parsing follows Go: a later definition replaces an earlier one of the same name unless it is empty. A set can be cloned cheaply, as
``tpl`` does for each call: compiled code is shared; definitions and functions that are added to the clone stay there.

Recursion: templates that call each other become nested Python calls. ``DEPTH`` and ``DEEPEST`` are the bounds, far beyond Helm's own bound
of 1000 for ``include``; deeper nesting is an error of the template, not a crash.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Mapping

from ..aliases import GoValue
from ..gotypes.function import Function
from ..gotypes.limits import LimitExceeded, joined, tick
from ..gotypes.printing import go_quote
from ..gotypes.values import GoError
from .builtins import BUILTINS
from .runtime import GLOBALS, Fault
from .unit import MAX_TEMPLATE_DEPTH, Unit

#: Python's frames: as many as its stack holds safely. Before 3.11 each of them takes a piece of C's stack.
DEPTH = 14000 if sys.version_info >= (3, 11) else 7000
#: ``{{template}}`` within each other. Equal to Go's bound modulo 2520: a circle of up to ten templates fails in the one that Go names.
DEEPEST = 11800 if sys.version_info >= (3, 11) else 4240
#: so many characters that are compiled count as a step
_CHARACTERS = 64

Code = Callable[..., None]


class _Calls:
    """The functions as attributes, each loaded when a template first calls it."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.__functions = functions

    def __getattr__(self, name: str) -> Callable[..., GoValue]:
        code = self.__functions[name].code
        setattr(self, name, code)
        return code

    def but(self, functions: Mapping[str, Function], others: Container[str]) -> _Calls:
        """The same for ``functions``, where ``others`` are others than here."""
        calls = _Calls(functions)
        vars(calls).update((name, code) for name, code in vars(self).items() if name not in others and name in functions)
        return calls


class TemplateSet:
    """:param functions: what templates may call next to Go's own builtins, which they may replace.
    :param methods: names that are methods of a map's type somewhere: there they win over a key of the same name.
    """

    def __init__(self, functions: Mapping[str, Function], methods: Container[str] = frozenset()) -> None:
        self.functions: dict[str, Function] = {**BUILTINS, **functions}
        self.methods = methods
        self.calls = _Calls(self.functions)
        self.templates: dict[str, tuple[Code, bool]] = {}

    def clone(self, overrides: Mapping[str, Function] | None = None) -> TemplateSet:
        """A copy of the set with other functions: ``include`` and ``tpl`` use the set that runs."""
        other = TemplateSet.__new__(TemplateSet)
        other.functions = {**self.functions, **(overrides or {})}
        other.methods = self.methods
        other.calls = self.calls.but(other.functions, overrides or ())
        other.templates = dict(self.templates)
        return other

    def parse(self, name: str, text: str) -> None:
        """Add a text. Raises ``TemplateParseError``; then nothing was added."""
        self.add(self.compile(name, text))

    def compile(self, name: str, text: str) -> Unit:
        """The compiled text, not yet added. Raises ``TemplateParseError``, ``LimitExceeded``."""
        from .compiler import compile_text
        from .lexer import ParseFault, TooLarge

        tick(len(text) // _CHARACTERS)
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, DEPTH))
        try:
            return compile_text(name, text, self.functions, self.methods)
        except TooLarge as fault:
            from .failures import size_error

            raise size_error(name, fault) from None
        except ParseFault as fault:
            from .failures import parse_error

            raise parse_error(name, text, fault.line, fault.message) from None
        finally:
            sys.setrecursionlimit(limit)

    def add(self, unit: Unit) -> None:
        """Make a unit's templates callable under Go's rule for definitions of the same name."""
        scope: dict[str, GoValue] = {**GLOBALS, "UNIT": unit}
        exec(unit.code, scope)  # noqa: S102  # the output of this package's compiler
        for define, (function, empty) in unit.defines.items():
            if define not in self.templates or not empty:
                self.templates[define] = (scope[function], empty)

    def lookup(self, name: str) -> Code | None:
        found = self.templates.get(name)
        return found[0] if found else None

    def find(self, name: str, depth: int) -> Code:
        """What ``{{template}}`` calls."""
        found = self.templates.get(name)
        if found is None:
            raise Fault(f"template {go_quote(name)} not defined")
        tick()
        if depth >= DEEPEST:
            raise Fault(f"exceeded maximum template depth ({MAX_TEMPLATE_DEPTH})")
        return found[0]

    def execute(self, name: str, data: GoValue) -> str:
        """Runs a template. Raises ``TemplateExecError``, or the error of a port in a function, unchanged.

        A missing template is a ``GoError``, in the words of ``ExecuteTemplate``.
        """
        limit = sys.getrecursionlimit()
        if limit < DEPTH:
            sys.setrecursionlimit(DEPTH)
        try:
            return self.run(name, data)
        except Exception as error:
            from .failures import Failing, worded

            if isinstance(error, Failing):
                raise worded(name, error, self.functions, self.methods) from error.cause
            raise
        finally:
            if limit < DEPTH:
                sys.setrecursionlimit(limit)

    def run(self, name: str, data: GoValue) -> str:
        """``execute`` from within a template: what fails is worded further out (``failures.Failing``)."""
        found = self.templates.get(name)
        if found is None:
            raise GoError(f'template: no template {go_quote(name)} associated with template "gotpl"')
        out: list[str] = []
        try:
            found[0](self, self.calls, data, out, 0)
            tick()
            return joined(out)
        except Exception as error:
            raise _noted(error) from None


def _noted(error: Exception) -> Exception:
    """An error with the templates that it passed in this run.

    Errors of other rooms are not changed.
    """
    from .failures import Failing

    if isinstance(error, (Fault, GoError, LimitExceeded, RecursionError, ArithmeticError, MemoryError, UnboundLocalError)):
        failing = Failing(error)
    elif isinstance(error, Failing):
        failing = error
    else:
        return error
    failing.passed(error.__traceback__, TemplateSet.run.__code__)
    return failing.with_traceback(None) if failing is not error else failing
