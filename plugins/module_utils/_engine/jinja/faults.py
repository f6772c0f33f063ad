# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Words errors of Jinja2 templates.

A message is one sentence with the template, its line, what is wrong, and the chain of calls. A missing value is named as the template wrote
it (``Values.image.tagg``), with a similar key that exists.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType

from ..aliases import GoValue, Jinja
from ..errors import TemplateExecError, TemplateParseError
from .bounds import Refused
from .calls import CallFault
from .sandbox import MissingValue
from .values import named

try:
    from jinja2 import nodes
    from jinja2.exceptions import SecurityError, TemplateError, TemplateNotFound
except ImportError:  # the caller checks for jinja2 before, and reports its absence
    SecurityError = TemplateError = TemplateNotFound = Exception  # type: ignore[assignment,misc]

#: errors of Python code that a template called with a wrong argument
PLAIN = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
HANDLED = (*PLAIN, TemplateError, Refused, CallFault, RecursionError, MemoryError)

Place = tuple[str, int]
Parse = Callable[[str], Jinja]


def parse_error(path: str, error: Exception, functions: Iterable[str]) -> TemplateParseError:
    """A text that Jinja2 cannot compile. ``functions``: names that a filter could have meant."""
    line = getattr(error, "lineno", None) or 1
    reason = (getattr(error, "message", "") or str(error)).rstrip(".")
    if isinstance(error, RecursionError):
        reason = "it is nested too deep"
    unknown = reason.partition("No filter named '")[2].partition("'")[0]
    if unknown:
        reason = f"there is no filter {unknown!r}{_like(unknown, functions)}"
    return TemplateParseError(f"Template {path}, line {line}, does not parse: {reason}.", template=path, line=line)


def exec_error(path: str, error: BaseException, texts: Mapping[str, str], folder: str, parse: Parse) -> TemplateExecError:
    """The error for an exception that ended a run.

    :param texts: of the chart's Jinja2 files by name; ``folder`` is put before their names in messages.
    :param parse: text -> tree.
    """
    places = list(_places(error.__traceback__)) or [(path.removeprefix(folder), 1)]
    name, line = places[-1]
    chain = [f"{folder}{above}:{number}" for above, number in reversed(places[:-1]) if (above, number) != (name, line)]
    reason = _reason(error, texts, (name, line), parse)
    via = f" (reached from {', from '.join(chain[:6])})" if chain else ""
    if isinstance(error, CallFault) and "HELM_ERR_START" in reason:
        reason = reason.partition("HELM_ERR_START")[2].partition("HELM_ERR_END")[0]
        message = f"The chart failed at {folder}{name}:{line}: {reason}"
    else:
        message = f"Template {folder}{name}, line {line}: {reason}{via}."
    return TemplateExecError(message, template=folder + name, line=line, reason=reason, chain=chain)


def _places(traceback: TracebackType | None) -> Iterator[Place]:
    """Template and line of every template on the way of an error, outermost first."""
    last = None
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            place = (template.name, template.get_corresponding_lineno(traceback.tb_lineno))
            if place != last:
                yield place
            last = place
        traceback = traceback.tb_next


def _reason(error: BaseException, texts: Mapping[str, str], place: Place, parse: Parse) -> str:
    if isinstance(error, MissingValue):
        return _missing(error, texts, place, parse)
    if isinstance(error, CallFault):
        cause = error.cause
        return f"{error.name}: {cause.helm_message if isinstance(cause, TemplateExecError) else cause}"
    if isinstance(error, RecursionError):
        return "templates, macros or loops call each other without end"
    if isinstance(error, MemoryError):
        return "it ran out of memory"
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name!r} in the chart's jinja folder{_like(str(error.name), texts)}"
    if isinstance(error, SecurityError):
        return f"it accesses something that is not allowed in a template: {error}"
    return str(error).rstrip(".") or error.__class__.__name__


def _missing(error: MissingValue, texts: Mapping[str, str], place: Place, parse: Parse) -> str:
    way = _way(texts.get(place[0], ""), place[1], error.name, parse) or str(error.name)
    if isinstance(error.holder, dict):
        return f"{way} is not set{_like(str(error.name), [key for key in error.holder if isinstance(key, str)])}"
    if isinstance(error.holder, (list, tuple, str)) and isinstance(error.name, int):
        return f"{way} is not set: there are {len(error.holder)} elements"
    if error.holder is None or isinstance(error.holder, (bool, int, float, str, list, tuple)):
        return f"{way} is not set, since its parent is {named(error.holder)}"
    if "." in way or "[" in way:
        return f"{way} is not set"
    return f"{way!r} is not defined; the chart's values are below Values"


def _way(text: str, line: int, name: GoValue, parse: Parse) -> str:
    """How the template wrote the missing value.

    The longest path at that line that ends in its name; all of them, if there are several.
    """
    ways: list[str] = []
    try:
        tree = parse(text)
    except TemplateError:
        return ""
    for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.Name)):
        way = _spelled(node)
        last = node.name if isinstance(node, nodes.Name) else (node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg))
        if node.lineno == line and last == name and way and way not in ways:
            ways.append(way)
    longest = [way for way in ways if not any(other != way and other.startswith((f"{way}.", f"{way}[")) for other in ways)]
    return " or ".join(longest)


def _spelled(node: Jinja) -> str:
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        inner = _spelled(node.node)
        return f"{inner}.{node.attr}" if inner else ""
    if isinstance(node, nodes.Getitem):
        inner, key = _spelled(node.node), _constant(node.arg)
        return f"{inner}[{key!r}]" if inner and key is not None else ""
    return ""


def _constant(node: Jinja) -> GoValue:
    return node.value if isinstance(node, nodes.Const) else None


def _like(name: str, known: Iterable[str]) -> str:
    plain = {other.replace("_", "").lower(): other for other in known}
    found = difflib.get_close_matches(name.replace("_", "").lower(), plain, 1, 0.75)
    return f"; did you mean {plain[found[0]]}?" if found and plain[found[0]] != name else ""
