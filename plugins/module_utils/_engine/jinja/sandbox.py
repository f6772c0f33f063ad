# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Restricts Jinja2's sandbox to the names in this file, and counts every operation against a budget.

* Attributes and methods are those of the tables below, by type; a map's key precedes a map's method of the same name.
* Lists and maps cannot be changed by their methods (Helm's ``set`` changes maps, as it does in Go templates).
* Filters are removed that use random numbers, make HTML or circumvent the tables (``LEFT_OUT``).
* ``for`` over nothing (``null`` in values) makes no round, as ``range`` in a Go template.
* Blocks' line ends are dropped (``trim_blocks``) and the last line's is kept, as Ansible's ``template`` does.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Sized

from ..aliases import GoValue, Jinja, Json, JsonObject
from ..gotypes.values import GoObject, Map
from .bounds import ESTIMATES, MAX_RANGE, OPERATORS, ROUND, Allowance, Refused
from .calls import Bound, Call, as_filter, bound_method
from .values import Copies, Dot, settled, text_of

try:
    from jinja2 import nodes, pass_context
    from jinja2.compiler import CodeGenerator, Frame
    from jinja2.environment import TemplateModule
    from jinja2.exceptions import SecurityError, UndefinedError
    from jinja2.filters import FILTERS
    from jinja2.runtime import BlockReference, Context, LoopContext, Macro, StrictUndefined, TemplateReference, Undefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from jinja2.utils import Cycler, Joiner, Namespace, missing
except ImportError:  # the caller checks for jinja2 before, and reports its absence
    UndefinedError = Exception  # type: ignore[assignment,misc]
    missing = None
    CodeGenerator = StrictUndefined = ImmutableSandboxedEnvironment = object  # type: ignore[assignment,misc]

    def pass_context(f: Jinja) -> Jinja:  # type: ignore[misc]
        return f


#: random values (``randAlphaNum`` and similar functions are Helm's), HTML, and ways around the tables
LEFT_OUT = frozenset(["forceescape", "random", "safe", "striptags", "urlize", "xmlattr"])
_TEXT = frozenset(
    (  # noqa: SIM905
        "capitalize casefold count endswith find index isalnum isalpha isdecimal isdigit islower isnumeric isspace isupper "
        "lower lstrip partition removeprefix removesuffix rfind rindex rpartition rsplit rstrip split splitlines startswith "
        "strip swapcase title upper"
    ).split()
)
_MAP = frozenset(["get", "items", "keys", "values"])
_LIST = frozenset(["count", "index"])
_LOOP = frozenset(
    (  # noqa: SIM905
        "changed cycle depth depth0 first index index0 last length nextitem previtem revindex revindex0"
    ).split()
)


class MissingValue(UndefinedError):
    """A missing value was used.

    ``holder`` is the map that lacks it (anything else: not a map).
    """

    def __init__(self, holder: GoValue, name: GoValue, message: str) -> None:
        super().__init__(message)
        self.holder = holder
        self.name = name


class Missing(StrictUndefined):
    """A missing value.

    Its attributes are the value itself, so that ``a.b.c | default(x)`` works; using it fails.
    """

    __slots__ = ()
    is_missing = True

    def __init__(self, hint: str | None = None, obj: GoValue = missing, name: GoValue = None, exc: type[Exception] | None = None) -> None:
        super().__init__(hint, obj, name)
        self._undefined_exception = SecurityError if exc is SecurityError else functools.partial(MissingValue, obj, name)  # type: ignore[assignment]

    def __getattr__(self, name: str) -> GoValue:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: GoValue) -> GoValue:
        return self


class _Generator(CodeGenerator):
    """A code generator whose output calls the environment for operations that Python would do directly."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of one chart's Jinja2 files in one render.

    :param functions: by name, what templates may call.
    :param variables: what they see.
    """

    code_generator_class = _Generator
    intercepted_binops = frozenset(OPERATORS)

    def __init__(self, allowance: Allowance, functions: dict[str, Call], variables: JsonObject, copies: Copies, **options: Json) -> None:
        super().__init__(
            undefined=Missing,
            optimized=False,  # constants are worked out while a template runs, where the allowance counts
            cache_size=-1,
            auto_reload=False,
            keep_trailing_newline=True,
            finalize=self._finalize,
            **{"trim_blocks": True, **options},
        )
        self.allowance = allowance
        self._copies = copies
        sprig = _Room(functions)
        self.filters = {name: _guarded(name, code, self) for name, code in FILTERS.items() if name not in LEFT_OUT}
        for name, call in functions.items():
            self.filters.setdefault(name, as_filter(call))
            self.filters[f"sprig.{name}"] = as_filter(call)
        self.filters.update(_replaced(self))
        self.globals = {
            **functions,
            "sprig": sprig,
            "range": Bound(self._range),
            "dict": dict,
            "namespace": Namespace,
            "cycler": Cycler,
            "joiner": Joiner,
            **variables,
        }

    # what templates are made of

    def _generate(self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False) -> str:
        for loop in source.find_all(nodes.For):
            loop.iter = _checked_call("rounds", loop.iter)
        for part in source.find_all(nodes.Getitem):
            if isinstance(part.arg, nodes.Slice):
                part.node = _checked_call("counted", part.node)
        for comparison in source.find_all(nodes.Compare):
            for operand in comparison.ops:
                if not isinstance(operand.expr, nodes.Const):
                    operand.expr = _checked_call("counted", operand.expr)
        return super()._generate(source, name, filename, defer_init)

    # methods that running templates call

    @staticmethod
    @pass_context
    def _finalize(context: Context, value: GoValue) -> str:
        sandbox: Jinja = context.environment
        text = text_of(value, sandbox.allowance)
        sandbox.allowance.text(len(text))
        return text

    def joined(self, parts: Iterable[Json]) -> str:
        """``a ~ b``."""
        texts = [text_of(part, self.allowance) for part in parts]
        return self.concat(texts)

    def concat(self, parts: Iterable[str]) -> str:
        """All the pieces of a macro's, a block's or a file's text."""
        texts: list[str] = []
        size = 0
        for text in parts:
            size += len(text)
            self.allowance.spend(8)
            if size > self.allowance.left:
                self.allowance.text(size)
            texts.append(text)
        self.allowance.text(size)
        return "".join(texts)

    def rounds(self, iterable: GoValue) -> GoValue:
        """The items of a ``for`` loop."""
        if iterable is None:
            return ()
        if isinstance(iterable, Sized):
            self.allowance.spend(len(iterable) * ROUND)
            return iterable
        return self._counted(iterable)

    def _counted(self, iterable: Iterable[Json]) -> Iterable[Json]:
        for item in iterable:
            self.allowance.spend(ROUND)
            yield item

    def counted(self, value: GoValue) -> GoValue:
        """A value that Python is about to walk through."""
        self.allowance.spend(len(value) + 10 if isinstance(value, (str, list, tuple, dict)) else 10)
        return value

    def _range(self, *args: GoValue) -> range:
        numbers = [int(n) if isinstance(n, float) and n.is_integer() else n for n in args]
        made = range(*numbers)
        if len(made) > MAX_RANGE:
            raise Refused(f"range creates {len(made)} numbers, but the limit is {MAX_RANGE}")
        return made

    def call_binop(self, context: Context, operator: str, left: GoValue, right: GoValue) -> GoValue:
        self.allowance.step()
        OPERATORS[operator](left, right, self.allowance)
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: GoValue, *args: GoValue, **kwargs: GoValue) -> GoValue:  # pylint: disable=no-self-argument  # Jinja2's names
        __self.allowance.step()
        if getattr(__obj, "is_missing", False):
            bool(__obj)  # raises
        return super().call(__context, __obj, *args, **kwargs)

    def is_safe_callable(self, obj: GoValue) -> bool:
        if obj in (dict, Namespace, Cycler, Joiner):
            return True
        if isinstance(obj, (Call, Bound, Macro, LoopContext, BlockReference, Joiner)):
            return True
        return getattr(obj, "__func__", None) in (Sandbox.rounds, Sandbox.counted)

    def getattr(self, obj: GoValue, attribute: str) -> GoValue:
        return self._member(obj, attribute, _MAP)

    def getitem(self, obj: GoValue, argument: GoValue) -> GoValue:
        if isinstance(argument, str):
            return self._member(obj, argument, frozenset())
        if isinstance(argument, float) and argument.is_integer():
            argument = int(argument)
        if isinstance(obj, (dict, list, tuple, str, range)) and not isinstance(argument, Undefined):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                return self.undefined(obj=obj, name=argument)
        return obj if isinstance(obj, Undefined) else self.undefined(obj=obj, name=argument)

    def _member(self, obj: GoValue, name: str, map_methods: frozenset[str]) -> GoValue:
        if isinstance(obj, Undefined):
            return obj
        if isinstance(obj, dict):
            if isinstance(obj, Map) and name in obj.GO_METHODS:
                return bound_method(obj, name, obj.GO_METHODS[name], self.allowance)
            if name in obj:
                return obj[name]
            return Bound(getattr(obj, name)) if name in map_methods else self.undefined(obj=obj, name=name)
        if isinstance(obj, GoObject):
            return self._of_object(obj, name)
        return self._of_other(obj, name)

    def _of_object(self, obj: GoObject, name: str) -> GoValue:
        if name in obj.GO_METHODS:
            return bound_method(obj, name, obj.GO_METHODS[name], self.allowance)
        return self._copies.of(getattr(obj, obj.GO_FIELDS[name])) if name in obj.GO_FIELDS else self.undefined(obj=obj, name=name)

    def _of_other(self, obj: GoValue, name: str) -> GoValue:
        if isinstance(obj, Dot):
            return obj.variables[name] if name in obj.variables else self.undefined(obj=dict(obj.variables), name=name)
        if isinstance(obj, _Room):
            return obj.functions[name] if name in obj.functions else self.undefined(obj=obj.functions, name=name)
        if isinstance(obj, str):
            if name == "replace":
                return Bound(functools.partial(self.filters["replace"], self._eval_context(), obj))
            if name == "join":
                return Bound(lambda items: self.filters["join"](self._eval_context(), items, obj))
            return Bound(getattr(obj, name)) if name in _TEXT else self.undefined(obj=obj, name=name)
        if isinstance(obj, (list, tuple)):
            methods = getattr(obj, "GO_METHODS", {})
            if name in methods:
                return bound_method(obj, name, methods[name], self.allowance)
            return Bound(getattr(obj, name)) if name in _LIST else self.undefined(obj=obj, name=name)
        return self._of_jinja(obj, name)

    def _eval_context(self) -> nodes.EvalContext:
        return nodes.EvalContext(self)

    def _of_jinja(self, obj: GoValue, name: str) -> GoValue:
        """Jinja2's own objects: loops, macros, imported files, blocks."""
        known = not name.startswith("_") and (
            (isinstance(obj, LoopContext) and name in _LOOP)
            or (isinstance(obj, Cycler) and name in ("current", "next", "reset"))
            or (isinstance(obj, Macro) and name in ("name", "arguments", "catch_kwargs", "catch_varargs", "caller"))
            or isinstance(obj, (TemplateModule, Namespace))
            or (isinstance(obj, BlockReference) and name == "super")
        )
        if isinstance(obj, TemplateReference) and not name.startswith("_"):
            return obj[name]
        if not known:
            return self.undefined(obj=obj, name=name)
        try:
            found = getattr(obj, name)
        except AttributeError:
            return self.undefined(obj=obj, name=name)
        return Bound(found) if callable(found) and isinstance(obj, (LoopContext, Cycler)) else found


class _Room:
    """``sprig.NAME``."""

    __slots__ = ("functions",)

    def __init__(self, functions: dict[str, Call]) -> None:
        self.functions = functions


def _checked_call(method: str, expression: nodes.Node) -> nodes.Call:
    """The expression, handed to a method of the environment first."""
    call = nodes.Call(nodes.EnvironmentAttribute(method), [expression], [], None, None)
    return call.set_lineno(expression.lineno)  # type: ignore[return-value]


def _guarded(name: str, code: Callable[..., GoValue], sandbox: Sandbox) -> Callable[..., GoValue]:
    """A filter of Jinja2 that is counted against the budget before and after."""
    at = 1 if hasattr(code, "jinja_pass_arg") else 0
    estimate = ESTIMATES.get(name)
    allowance = sandbox.allowance

    @functools.wraps(code)
    def guarded(*args: GoValue, **named_args: GoValue) -> GoValue:
        allowance.step()
        for arg in (*args[at:], *named_args.values()):
            if isinstance(arg, (str, dict, list, tuple)):
                allowance.spend(allowance.weigh(arg))
        if estimate is not None and not isinstance(args[at], Undefined):
            allowance.text(estimate(*args[at:], **named_args))
        result = code(*args, **named_args)
        if isinstance(result, str):
            allowance.text(len(result))
            return str(result)  # no Markup
        return result

    return guarded


def _replaced(sandbox: Sandbox) -> dict[str, Callable[..., GoValue]]:
    """Filters of Jinja2 with the same meaning and another implementation."""
    allowance = sandbox.allowance

    def attr(value: GoValue, name: str) -> GoValue:
        return sandbox.getattr(value, name)

    def string(value: GoValue) -> str:
        return text_of(value, allowance)

    def made_list(value: GoValue) -> list[Json]:
        return list(sandbox.rounds(value))

    def to_json(value: GoValue, indent: GoValue = None) -> str:
        allowance.text(allowance.weigh(value) * (1 + ESTIMATES["tojson"](value, indent)))
        return json.dumps(settled(value, allowance), indent=indent, sort_keys=True)

    plain_format, plain_join, plain_sum = FILTERS["format"], sandbox.filters["join"], sandbox.filters["sum"]

    def formatted(value: GoValue, *args: GoValue, **named_args: GoValue) -> str:
        OPERATORS["%"](value, [*args, *named_args.values()], allowance)
        return str(plain_format(value, *args, **named_args))

    def join(context: Jinja, value: GoValue, d: GoValue = "", attribute: GoValue = None) -> str:
        items = list(sandbox.rounds(value))
        if attribute is None:
            items = [text_of(item, allowance) for item in items]
        return str(plain_join(context, items, d, attribute))

    def total(environment: Sandbox, iterable: GoValue, attribute: GoValue = None, start: GoValue = 0) -> GoValue:
        if attribute is not None or not isinstance(start, list):
            return plain_sum(environment, sandbox.rounds(iterable), attribute, start)
        flat = list(start)
        for item in sandbox.rounds(iterable):  # adding list to list would copy all that is there each time
            allowance.items(len(item))
            flat += item
        return flat

    join.jinja_pass_arg = plain_join.jinja_pass_arg  # type: ignore[attr-defined]
    total.jinja_pass_arg = plain_sum.jinja_pass_arg  # type: ignore[attr-defined]
    return {
        "attr": attr,
        "format": formatted,
        "join": join,
        "list": made_list,
        "string": string,
        "sum": total,
        "tojson": to_json,
    }
