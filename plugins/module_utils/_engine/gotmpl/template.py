# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A set of templates that can call each other (Go: ``text/template.Template`` and what is associated with it).

Parsing follows Go: a later definition replaces an earlier one of the same name unless it is empty. A set can be cloned
cheaply, as ``tpl`` does for each call: compiled code is shared, definitions and functions made later in the clone stay there.

Recursion: templates that include each other become nested Python calls. ``DEPTH`` is where we stop, far beyond Helm's own
bound of 1000 for ``include``; what goes deeper is an error of the template, not a crash.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..errors import EngineError, TemplateExecError, TemplateParseError
from ..gotypes.function import Function
from ..gotypes.printing import go_quote
from ..gotypes.values import GoError
from .builtins import BUILTINS
from .runtime import GLOBALS, Fault
from .unit import Unit

if TYPE_CHECKING:  # the compiler is loaded when there is something to compile
    from .writer import Mark
    from .parser import ParseFault

DEPTH = 14000  # Python frames
MAX_TEMPLATE_DEPTH = 100000  # Go's; Python's own bound comes first

Code = Callable[..., None]


class _Calls(dict[str, Callable[..., Any]]):
    """Function name -> code, loaded when a template first calls it."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        super().__init__()
        self.functions = functions

    def __missing__(self, name: str) -> Callable[..., Any]:
        code = self[name] = self.functions[name].code
        return code


class TemplateSet:
    """:param functions: what templates may call beside Go's own builtins, which they may replace.
    :param methods: names that are methods of a map's type somewhere: there they win over a key of the same name.
    """

    def __init__(self, functions: Mapping[str, Function], methods: Container[str] = frozenset()) -> None:
        self.functions: dict[str, Function] = {**BUILTINS, **functions}
        self.methods = methods
        self.calls = _Calls(self.functions)
        self.templates: dict[str, tuple[Code, bool]] = {}

    def clone(self, overrides: Mapping[str, Function] | None = None) -> TemplateSet:
        """The same templates, with some functions of its own (``include`` and ``tpl`` look into the set that runs)."""
        other = TemplateSet.__new__(TemplateSet)
        other.functions = {**self.functions, **(overrides or {})}
        other.methods = self.methods
        other.calls = _Calls(other.functions)
        for name, code in self.calls.items():
            if not overrides or name not in overrides:
                other.calls[name] = code
        other.templates = dict(self.templates)
        return other

    def parse(self, name: str, text: str) -> None:
        """Add a text. Raises ``TemplateParseError``; then nothing was added."""
        self.add(self.compile(name, text))

    def compile(self, name: str, text: str) -> Unit:
        """The compiled text, not yet added. Raises ``TemplateParseError``."""
        from .compiler import compile_text
        from .parser import ParseFault

        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, DEPTH))
        try:
            return compile_text(name, text, self.functions, self.methods)
        except ParseFault as fault:
            raise _parse_error(name, fault) from None
        finally:
            sys.setrecursionlimit(limit)

    def add(self, unit: Unit) -> None:
        """Make a unit's templates callable under Go's rule for definitions of the same name."""
        scope: dict[str, Any] = {**GLOBALS, "UNIT": unit}
        exec(unit.code, scope)  # noqa: S102  # our own compiler's output
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
        if depth >= MAX_TEMPLATE_DEPTH:
            raise Fault(f"exceeded maximum template depth ({MAX_TEMPLATE_DEPTH})")
        return found[0]

    def execute(self, name: str, data: Any) -> str:
        """Run a template. Raises ``TemplateExecError``, or what a port raised in a function, as it is.

        A template that is not there is a ``GoError``, worded as ``ExecuteTemplate`` words it.
        """
        found = self.templates.get(name)
        if found is None:
            raise GoError(f'template: no template {go_quote(name)} associated with template "gotpl"')
        out: list[str] = []
        limit = sys.getrecursionlimit()
        if limit < DEPTH:
            sys.setrecursionlimit(DEPTH)
        try:
            found[0](self, self.calls, data, out.append, 0)
        except (Fault, GoError, TemplateExecError, RecursionError, ArithmeticError) as error:
            raise self._exec_error(error) from error
        finally:
            if limit < DEPTH:
                sys.setrecursionlimit(limit)
        return "".join(out)

    def _exec_error(self, error: BaseException) -> EngineError:
        frame = _last_frame(error.__traceback__)
        if frame is None:
            return TemplateExecError(str(error))
        from .compiler import generate

        unit, function, line = frame
        define = next((d for d, (f, _other) in unit.defines.items() if f == function.partition("_")[0]), unit.name)
        marks = generate(unit.name, unit.text, self.functions, self.methods)[1]
        mark = marks[line - 1]
        if mark is None:
            return TemplateExecError(str(error))
        return exec_error(unit, define, mark, error)


def _last_frame(traceback: TracebackType | None) -> tuple[Unit, str, int] | None:
    """The innermost compiled template on the way of an error."""
    found = None
    while traceback is not None:
        unit = traceback.tb_frame.f_globals.get("UNIT")
        if isinstance(unit, Unit):
            found = (unit, traceback.tb_frame.f_code.co_name, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def position(text: str, offset: int) -> tuple[int, int]:
    """Line from 1, and column in bytes from 0, as Go counts (Go: ``Tree.ErrorContext``)."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, len(text[start:offset].encode("utf-8", "surrogateescape"))


def _parse_error(name: str, fault: ParseFault) -> TemplateParseError:
    text = f"template: {name}:{fault.line}: {fault.message}"
    error = TemplateParseError(
        f"Template {name}, line {fault.line}, does not parse: {fault.message}.", helm=text, template=name, line=fault.line
    )
    error.go_message = text
    return error


def exec_error(unit: Unit, define: str, mark: Mark, cause: BaseException) -> TemplateExecError:
    """Word an error as Go does, and more kindly, with the facts in ``fields``."""
    from .nodes import Bool, Number, String

    node = mark.node
    place = cause.place if isinstance(cause, Fault) else None
    if place is not None and place < len(mark.args):
        node = mark.args[place]
    line, column = position(unit.text, node.pos)
    source = node.source()
    location = f"{unit.name}:{line}:{column}"
    lead = f'template: {location}: executing {go_quote(define)} at <{source}>: '
    inner = cause if isinstance(cause, TemplateExecError) else None
    if isinstance(cause, Fault):
        message = str(cause).replace("{node}", source)
        if isinstance(node, (Bool, Number, String)) and cause.expected:
            message = f"expected {cause.expected}; found {source}"
        levels: list[str] = []
    elif isinstance(cause, RecursionError):
        message, levels = f"exceeded maximum template depth ({MAX_TEMPLATE_DEPTH})", []
    else:
        message = f"error calling {mark.callee}: {inner.go_message if inner else cause}"
        levels = inner.go_chain if inner else [str(cause)]
    origin = inner.fields if inner else {"template": unit.name, "line": line, "column": column + 1, "expression": source, "reason": message}
    chain = [*(inner.fields.get("chain", []) if inner else []), location] if inner else []
    error = TemplateExecError(
        _sentence(origin, chain),
        helm=lead + message,
        **{**origin, "chain": chain},
    )
    error.go_message = lead + message
    error.go_chain = [error.go_message, *levels]
    error.location = location
    error.function_error = cause if isinstance(cause, GoError) else (inner.function_error if inner else None)
    return error


def _sentence(origin: Mapping[str, Any], chain: list[str]) -> str:
    via = f" (reached from {', from '.join(chain)})" if chain else ""
    return (
        f"Template {origin['template']}, line {origin['line']}, column {origin['column']}, fails at "
        f"{{{{ {origin['expression'].strip('{}')} }}}}: {origin['reason']}{via}."
    )
