# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Words the errors of templates: in Go's words and in the words of this collection.

``Failing`` only notes which lines of compiled code an exception passes. The message is made once, where the exception leaves the set
(``worded``): the text is compiled again to find the node of each line. So a template that includes itself a thousand times fails as
fast as one that fails at its first line.

The message of this collection is a sentence, then the line with the failing part underlined, then the chain of calls. It never holds a
value: text given to ``tpl`` is not shown, and errors whose words quote values (``Fault.plain``, ``GoError.plain``) have a form without.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from types import CodeType, FrameType, TracebackType
from typing import NamedTuple, Optional

from ..aliases import GoValue
from ..errors import TemplateExecError, TemplateParseError
from ..gotypes.function import Function
from ..gotypes.printing import go_quote
from ..gotypes.values import GoError
from ..patterns import late
from .lexer import TooLarge
from .nodes import Bool, Branch, Chain, Field, Nil, Node, Number, OneOf, String, Template, Variable
from .runtime import Fault
from .unit import INDEX, MAX_TEMPLATE_DEPTH, TPL, Unit
from .writer import Mark

_SHOWN = 3
_WIDTH = 120
#: templates within each other, from which on a stack that is used up is their doing, and not that of a value
_MANY = 250
_QUOTED = late(r'"((?:[^"\\\\]|\\\\.)*)"', re.DOTALL)
_VARIABLE = late(r"\$\w+")
_NESTED = "rendering template has a nested reference name: {}: unable to execute template"


class Frame(NamedTuple):
    """A line of compiled code that an error passed.

    ``function`` is the name of the function in ``unit.code``.
    """

    unit: Unit
    function: str
    line: int


class Failing(Exception):
    """``cause``, on its way up.

    ``levels``: what it passed, one level for each ``execute``, the innermost first.
    """

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause
        self.levels: list[list[Frame]] = []
        #: the indices of ``OneOf`` in the innermost frame
        self.indices: dict[str, int] = {}

    def passed(self, traceback: Optional[TracebackType], boundary: CodeType) -> None:
        """Notes a level: the templates between here and the next ``boundary``."""
        frames: list[Frame] = []
        begun = False
        innermost: Optional[FrameType] = None
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code is boundary:
                if begun:
                    break
                begun = True
            unit = traceback.tb_frame.f_globals.get("UNIT")
            if isinstance(unit, Unit):
                if frames and "_" in code.co_name:  # a body that was moved out belongs to the one that calls it
                    frames.pop()
                frames.append(Frame(unit, code.co_name, traceback.tb_lineno))
                innermost = traceback.tb_frame
            traceback = traceback.tb_next
        if innermost is not None and not self.levels:
            self.indices = {name: value for name, value in innermost.f_locals.items() if name.startswith(INDEX)}
        self.levels.append(frames)


class Place(NamedTuple):
    """A frame, read. ``column`` counts bytes from 0, as Go's does."""

    unit: Unit
    define: str
    mark: Mark
    node: Node
    line: int
    column: int

    @property
    def location(self) -> str:
        return f"{self.unit.name}:{self.line}:{self.column}"

    @property
    def lead(self) -> str:
        return f"template: {self.location}: executing {go_quote(self.define)} at <{self.node.source()}>: "


class Reader:
    """Finds the nodes of lines of compiled texts."""

    def __init__(self, functions: Mapping[str, Function], methods: Container[str]) -> None:
        self.functions = functions
        self.methods = methods
        self.marks: dict[int, list[Mark]] = {}

    def place(self, frame: Frame, fault: Optional[Fault] = None, indices: Optional[Mapping[str, int]] = None) -> Place:
        from .compiler import generate

        unit = frame.unit
        marks = self.marks.get(id(unit))
        if marks is None:
            marks = self.marks[id(unit)] = generate(unit.name, unit.text, self.functions, self.methods)[1]
        mark = marks[frame.line - 1]
        node = mark.node
        if fault is not None and (fault.place or 0) < len(mark.args):
            node = mark.args[fault.place or 0]
        if isinstance(node, OneOf):
            node = node.nodes[(indices or {}).get(node.index, -1)]
        name = frame.function.partition("_")[0]
        define = next((define for define, (function, _empty) in unit.defines.items() if function == name), unit.name)
        return Place(unit, define, mark, node, *position(unit.text, node.pos))


def position(text: str, offset: int) -> tuple[int, int]:
    """Line from 1, and column in bytes from 0, as Go counts (Go: ``Tree.ErrorContext``)."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, len(text[start:offset].encode("utf-8", "surrogateescape"))


def parse_error(name: str, text: str, line: int, message: str) -> TemplateParseError:
    helm = f"template: {name}:{line}: {message}"
    sentence = f"Template {name}, line {line}, does not parse: {message}."
    lines = text.split("\n")
    if name != TPL and 0 < line <= len(lines):
        sentence += f"\n{line:>5} | {lines[line - 1].strip()[:_WIDTH]}"
    error = TemplateParseError(sentence, helm=helm, template=name, line=line)
    error.go_message = helm
    return error


def size_error(name: str, fault: TooLarge) -> TemplateParseError:
    """The error for a text beyond this collection's bounds, which Helm does not have."""
    title = "A string passed to tpl" if name == TPL else f"Template {name}"
    error = TemplateParseError(
        f"{title} is too large: it contains {fault.message}. Split it.",
        helm=f"template: {name}:{fault.line}: too large: {fault.message}",
        template=name,
        line=fault.line,
    )
    error.go_message = error.helm_message
    return error


def worded(name: str, failing: Failing, functions: Mapping[str, Function], methods: Container[str]) -> TemplateExecError:
    """The error that is shown. ``name``: the template that was run."""
    reader = Reader(functions, methods)
    cause, levels = failing.cause, failing.levels
    if isinstance(cause, RecursionError):
        cause = _runaway(levels, reader)
    elif isinstance(cause, UnboundLocalError) and levels and levels[0]:
        cause = _undeclared(reader.place(levels[0][-1]))
    levels = [level for level in levels if level]
    if not levels:
        return TemplateExecError(f"Template {name}, line 1, fails: {cause}.", helm=f"template: {name}: {cause}", template=name, line=1)
    fault = cause if isinstance(cause, Fault) else None
    origin = reader.place(levels[0][-1], fault, failing.indices)
    if isinstance(failing.cause, UnboundLocalError) and fault is not None:
        origin = _at_variable(origin, str(fault).rpartition(" ")[2])
    message = _message(origin, cause)
    outer = [reader.place(level[-1]) for level in levels[1:]]
    leads = [f"{place.lead}error calling {place.mark.callee}: " for place in reversed(outer)]
    last = origin.lead + message
    error = TemplateExecError(
        _message_of(origin, cause, message, levels, reader), helm="".join(leads) + last, **_fields(origin, cause, message)
    )
    error.fields["chain"] = _shortened([place.location for place in outer])
    error.go_message = "".join(leads) + last
    # each level's own words, and the beginning of the next level's
    error.go_chain = [f"{lead}template:" for lead in leads] + [last]
    if fault is None:
        error.go_chain.append(str(cause))
    error.location = (outer[-1] if outer else origin).location
    error.function_error = cause if isinstance(cause, GoError) else None
    error.quotes_values = error.fields["reason"] != message and not getattr(cause, "missing", None)
    return error


def _runaway(levels: list[list[Frame]], reader: Reader) -> Exception:
    """Python's stack is used up: by templates that call each other, or by a value nested too deeply.

    Cuts ``levels`` to the call.
    """
    if sum(map(len, levels)) < _MANY:
        return GoError("the value is nested too deeply")
    while levels:
        while levels[0]:
            mark = reader.place(levels[0][-1]).mark
            if isinstance(mark.node, Template):
                return Fault(f"exceeded maximum template depth ({MAX_TEMPLATE_DEPTH})")
            if mark.callee in ("include", "tpl"):
                return GoError(_NESTED.format(reader.place(levels[0][-1]).define))
            levels[0].pop()
        del levels[0]
    return GoError("the value is nested too deeply")


def _undeclared(origin: Place) -> Fault:
    """The error for a variable whose declaration was not evaluated: ``{{ and 0 ($x := 1) }}{{ $x }}``."""
    found = _VARIABLE.search(origin.node.source())
    return Fault(f"undefined variable: {found.group() if found else '$'}")


def _at_variable(origin: Place, name: str) -> Place:
    text = origin.unit.text
    pos = max(text.find(name, origin.node.pos), origin.node.pos)
    line, column = position(text, pos)
    return origin._replace(node=Variable(pos, [name]), line=line, column=column)


def _plain(cause: BaseException) -> Optional[str]:
    return getattr(cause, "plain", None)


def _message(origin: Place, cause: BaseException) -> str:
    """Go's words without the lead."""
    node = origin.node
    if not isinstance(cause, Fault):
        return f"error calling {origin.mark.callee}: {cause}" if origin.mark.callee else str(cause)
    if isinstance(node, (Bool, Number, String)) and cause.constant:
        return cause.constant.replace("{node}", node.source())
    if isinstance(node, Nil) and cause.nil:
        return cause.nil
    return str(cause).replace("{node}", node.source())


# --- this collection's words


def _fields(origin: Place, cause: BaseException, message: str) -> dict[str, GoValue]:
    return {
        "template": origin.unit.name,
        "line": origin.line,
        "column": origin.column + 1,
        "expression": _expression(origin),
        "reason": _reason(origin, cause, message),
    }


def _expression(origin: Place) -> str:
    """The failing expression as it is written.

    Of a text that was passed to ``tpl``, only parts without constants.
    """
    node = origin.node
    source = f"{node.keyword} {node.pipe.source()}" if isinstance(node, Branch) else node.source()
    if origin.unit.name == TPL and any(quote in source for quote in "\"'`"):
        return "..."
    return source


def _reason(origin: Place, cause: BaseException, message: str) -> str:
    plain = _plain(cause)
    if plain is not None:
        return f"error calling {origin.mark.callee}: {plain}" if isinstance(cause, GoError) and origin.mark.callee else plain
    missing = getattr(cause, "missing", None)
    if missing:
        return _missing(origin.node, *missing)
    return _masked(message, origin.unit.text) if isinstance(cause, GoError) else message


def _masked(message: str, text: str) -> str:
    """Masks quoted texts in the error of a function.

    They are values, unless they are in the template or name one.
    """
    if "template" in message:
        return message
    return _QUOTED.sub(lambda found: found.group() if found.group(1) in text else '"..."', message)


def _missing(node: Node, names: tuple[str, ...], place: int, there: bool, similar: str) -> str:
    """Whose value is nil: ``names[:place]`` lead to it."""
    start = "(...)"
    if isinstance(node, Field) and tuple(node.idents) == names:
        start = ""
    elif isinstance(node, Variable) and tuple(node.idents[1:]) == names:
        start = node.idents[0]
    elif isinstance(node, Chain) and tuple(node.fields) == names:
        start = Chain(node.pos, node.node, []).source()
    whole = start + "".join(f".{name}" for name in names[:place])
    parent = start + "".join(f".{name}" for name in names[: place - 1]) if place else ""
    if not place:
        why = ""
    elif there:
        why = f": {parent or '.'} holds null there"
    else:
        why = f": {parent or '.'} has no key {names[place - 1]}" + (f" (is {similar} meant?)" if similar else "")
    return f"{whole or '.'} is nil, so it has no {names[place]}{why}"


def _message_of(origin: Place, cause: BaseException, message: str, levels: list[list[Frame]], reader: Reader) -> str:
    where = "A string passed to tpl" if origin.unit.name == TPL else f"Template {origin.unit.name}"
    expression = _expression(origin).strip("{}").partition("\n")[0][:_WIDTH]
    sentence = (
        f"{where}, line {origin.line}, column {origin.column + 1}, fails at {{{{ {expression} }}}}: {_reason(origin, cause, message)}."
    )
    return "\n".join([sentence, *_excerpt(origin), *_way(levels, reader)])


def _excerpt(origin: Place) -> list[str]:
    """The line, and carets below what fails."""
    if origin.unit.name == TPL:
        return []
    text, pos = origin.unit.text, origin.node.pos
    start = text.rfind("\n", 0, pos) + 1
    end = text.find("\n", pos)
    line = text[start : end if end >= 0 else len(text)].expandtabs(1).rstrip()
    begin = _begin(origin.node, text)
    at = max(begin - start, 0)
    length = max(min(pos - begin + _length(origin.node, text), len(line) - at), 1)
    skip = max(min(at - 20, len(line) - _WIDTH), 0)
    shown = line[skip : skip + _WIDTH]
    lead = len(shown) - len(shown.lstrip())
    carets = "^" * max(min(length, len(shown) - (at - skip)), 1)
    return [f"{origin.line:>5} | {shown[lead:]}", f"      | {' ' * max(at - skip - lead, 0)}{carets}"]


def _begin(node: Node, text: str) -> int:
    """Where the written expression begins: a chain's offset is that of its second name."""
    source = node.source()
    if text.startswith(source, node.pos):
        return node.pos
    found = text.rfind(source, max(node.pos - len(source), 0), node.pos + len(source))
    return found if found >= 0 else node.pos


def _length(node: Node, text: str) -> int:
    source = node.source()
    if source in text[max(node.pos - len(source), 0) : node.pos + len(source)]:
        return max(len(source) - (node.pos - _begin(node, text)), 1)
    end = text.find("}}", node.pos)
    return max((end if end >= 0 else len(text)) - node.pos, 1)


def _way(levels: list[list[Frame]], reader: Reader) -> list[str]:
    """The calls that led there, the nearest first."""
    frames = [frame for level in levels for frame in reversed(level)][1:]
    if len(frames) > 2 * _SHOWN:
        shown = [*frames[:_SHOWN], *frames[-_SHOWN:]]
        lines = [_step(reader.place(frame)) for frame in shown]
        return [*lines[:_SHOWN], f"  ... {len(frames) - 2 * _SHOWN} more ...", *lines[_SHOWN:]]
    return [_step(reader.place(frame)) for frame in frames]


def _step(place: Place) -> str:
    called = place.node.source().strip("{}") if place.unit.name != TPL else place.mark.callee
    return f"  called at {place.location} by {{{{ {called.partition(chr(10))[0][:_WIDTH]} }}}}"


def _shortened(chain: list[str]) -> list[str]:
    """The ends of a long chain of calls: a template that includes itself is called a thousand levels deep."""
    if len(chain) <= 2 * _SHOWN:
        return chain
    return [*chain[:_SHOWN], f"{len(chain) - 2 * _SHOWN} more", *chain[-_SHOWN:]]
