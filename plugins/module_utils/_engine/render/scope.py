# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The templates of one render, with the functions that need them, such as ``include`` and ``tpl``.

The others are ``required``, ``fail`` and ``lookup``. ``tpl`` parses its text into a copy of the set, so that its definitions exist only
inside of it; ``include`` and ``tpl`` called from there use the copy. How often a name is included within itself is counted over all copies.
Calls of functions whose results differ between renders are recorded, and so is every ``lookup``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..aliases import GoValue, Json, JsonObject
from ..errors import TemplateExecError, TemplateParseError
from ..gotmpl.template import TemplateSet
from ..gotypes.function import Function
from ..gotypes.limits import MAX_TEMPLATE, LimitExceeded, begin, tick
from ..gotypes.printing import go_quote
from ..gotypes.values import GoError
from ..ports import Clock, Random
from ..sprig.context import Context
from ..sprig.table import functions as sprig_functions
from .files import Files, Values
from .functions import functions as helm_functions
from .model import ClusterQueries, Lookup
from .traces import MARK_END, MARK_START, exec_error, parse_error
from .units import Packs, in_memory

if TYPE_CHECKING:
    from .recorded_calls import CallRecorder

MAX_NESTED_INCLUDES = 1000  # of one name: Helm's
MAX_NESTED = 3000 if sys.version_info >= (3, 11) else 1500  # of all names, and of tpl: Python's stack; Helm has no such bound
MAX_NESTED_TPL = 250  # Helm has no bound, and crashes
_TEXT = 50  # steps that a text given to tpl counts as
_CALL = 5  # steps that an include counts as
_DEAR = 200  # steps that a key, a certificate or a password counts as
_A_TEXT = "A string passed to tpl, line"
_ALL, _TPL = "\0all", "\0tpl"  # keys of ``_depths`` that cannot be names of templates
_NO_VALUE = "<no value>"
#: names that a named map answers with a method, whatever keys it holds
_METHODS = frozenset([*Values.GO_METHODS, *Files.GO_METHODS])


class Scope:
    """A set of templates and its functions."""

    def __init__(self, table: dict[str, Function], depths: dict[str, int], parent: TemplateSet | None = None) -> None:
        self._table = table
        self._depths = depths
        own = {
            "include": Function.of("include", ("string", "any"), self._include),
            "tpl": Function.of("tpl", ("string", "any"), self._tpl),
        }
        self._templates = TemplateSet({**table, **own}, _METHODS) if parent is None else parent.clone(own)

    @classmethod
    def of(
        cls,
        queries: ClusterQueries,
        lookup: Lookup | None,
        random: Random | None,
        clock: Clock | None,
        lint: bool = False,
        recorder: CallRecorder | None = None,
    ) -> Scope:
        """An empty set for one render, whose budget starts here.

        ``lint``: ``required`` and ``fail`` never fail, as in ``helm lint``. ``recorder``: records the calls whose results differ between
        renders, and may return given values for them.
        """
        begin()
        table = sprig_functions(Context(clock, random))
        table.update(helm_functions())
        table = {name: function if function.repeatable else _recorded(function, queries, recorder) for name, function in table.items()}
        if recorder is not None:
            from .recorded_calls import recording_functions

            table.update(recording_functions(table, recorder))
        table["required"] = Function.of("required", ("string", "any"), _not_required if lint else _required)
        table["fail"] = Function.of("fail", ("string",), _do_not_fail if lint else _fail)
        table["lookup"] = Function.of("lookup", ("string", "string", "string", "string"), partial(_lookup, queries, lookup))
        return cls(table, {})

    def functions(self) -> dict[str, Function]:
        """The functions of templates, for callers other than Go templates.

        Errors within ``include`` are worded here.
        """
        return {**self._templates.functions, "include": Function.of("include", ("string", "any"), self._templates.execute)}

    def parse(self, name: str, text: str, packs: Packs | None = None) -> None:
        """Adds a file. Raises ``TemplateParseError``, worded as Helm does for files."""
        unit_of = packs.unit if packs else in_memory
        try:
            self._templates.add(unit_of(name, text, self._templates.compile))
        except TemplateParseError as error:
            raise parse_error(name, error) from None
        except LimitExceeded as error:
            raise TemplateParseError(f"Template {name} cannot be compiled: {error}.", template=name, line=1) from None

    def run_file(self, name: str, dot: GoValue) -> str:
        """The output of a file. Raises ``TemplateExecError``, worded as Helm 4 does."""
        try:
            return self._templates.execute(name, dot)
        except TemplateExecError as error:
            raise exec_error(name, error) from None

    def _include(self, name: str, dot: GoValue) -> str:
        depths = self._depths
        depth, total = depths.get(name, 0), depths.get(_ALL, 0)
        if depth > MAX_NESTED_INCLUDES or total > MAX_NESTED:
            raise GoError(f"rendering template has a nested reference name: {name}: unable to execute template")
        depths[name], depths[_ALL] = depth + 1, total + 1
        try:
            tick(_CALL)
            return self._templates.run(name, dot)
        finally:
            depths[name], depths[_ALL] = depth, total

    def _tpl(self, text: str, dot: GoValue) -> str:
        depths = self._depths
        depth, total = depths.get(_TPL, 0), depths.get(_ALL, 0)
        if depth >= MAX_NESTED_TPL or total > MAX_NESTED:
            raise GoError(f"calls of tpl are nested more than {MAX_NESTED_TPL} levels deep")
        depths[_TPL], depths[_ALL] = depth + 1, total + 1
        try:
            return self._rendered(text, dot)
        finally:
            depths[_TPL], depths[_ALL] = depth, total

    def _rendered(self, text: str, dot: GoValue) -> str:
        if len(text) > MAX_TEMPLATE:
            raise LimitExceeded(f"a string of {len(text)} characters is passed to tpl, but the limit is {MAX_TEMPLATE}")
        tick(_TEXT + len(text) // 32)
        inner = Scope(self._table, self._depths, self._templates)
        try:
            unit = in_memory("gotpl", text, inner._templates.compile)
        except TemplateParseError as error:
            plain = f"the text does not parse: {error.helm_message.removeprefix('template: ')}"
            raise GoError(f"cannot parse template {go_quote(text)}: {error.helm_message}", plain=plain) from None
        if unit.defines["gotpl"][1]:  # blanks alone: Go runs them, and not the text around it, whose name an empty text leaves alone
            inner._templates.templates.pop("gotpl", None)
        inner._templates.add(unit)
        try:
            return inner._templates.execute("gotpl", dot).replace(_NO_VALUE, "")
        except (TemplateExecError, GoError) as error:
            reason = error.helm_message if isinstance(error, TemplateExecError) else str(error)
            inner_plain = getattr(getattr(error, "function_error", None), "plain", None) or ""  # of a nested tpl, which is reported
            plain = inner_plain if inner_plain.startswith(_A_TEXT) else str(error).partition("\n")[0].removesuffix(".")
            raise GoError(f"error during tpl function execution for {go_quote(text)}: {reason}", plain=plain) from None


def _recorded(function: Function, queries: ClusterQueries, recorder: CallRecorder | None) -> Function:
    """The same function, which also records its calls."""

    def load() -> Callable[..., GoValue]:
        code = function.code

        def call(*args: GoValue) -> GoValue:
            tick(_DEAR)
            result = code(*args) if recorder is None else recorder.call(function.name, code, args, True)
            if recorder is None or not recorder.was_given:
                queries.unrepeatable.add(function.name)
            return result

        return call

    return Function(function.name, function.params, load, repeatable=False)


def _marked(message: str) -> GoError:
    return GoError(f"{MARK_START}{message}{MARK_END}")


def _required(message: str, value: Json) -> Json:
    if value is None or value == "":
        raise _marked(message)
    return value


def _fail(message: str) -> str:
    raise _marked(message)


def _not_required(message: str, value: Json) -> Json:
    return "" if value is None else value


def _do_not_fail(message: str) -> str:
    return ""


def _lookup(queries: ClusterQueries, lookup: Lookup | None, api_version: str, kind: str, namespace: str, name: str) -> JsonObject:
    query = (api_version, kind, namespace, name)
    if query not in queries.lookups:
        queries.lookups.append(query)
    return lookup(*query) if lookup is not None else {}
