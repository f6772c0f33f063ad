# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Compiles a template's tree to Python source and to a code object; at run time the tree is not used.

Every ``define`` becomes one function ``dN(S, F, dot, w, depth)``: ``S`` is the template set that runs, ``F`` its functions (name ->
code), ``w`` the list of output pieces, ``depth`` the number of nested templates. The code is flat: every value that is more than a
constant is assigned to a local variable, so that each line corresponds to one node. When a line raises, its number leads to the node
(``line_nodes``); a template that does not fail pays nothing for that. The table of lines is not stored with the code: the text is
compiled again when an error message needs it.

There are two kinds of nil. Go distinguishes the nil inside an ``interface{}`` (a map's value, a list's element) from no value at all
(the result of a pipeline): ``.a.b`` fails where ``a`` is nil, ``(.a).b`` does not. Which of the two a Python ``None`` means depends on
where it comes from, so the compiler decides it: ``Value.boxed``.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import NamedTuple

from ..gotypes.function import Function
from ..gotypes.limits import MAX_TEXT
from .lexer import ParseFault, TooLarge
from .nodes import (
    Action,
    Bool,
    Branch,
    Break,
    Chain,
    Command,
    Continue,
    Dot,
    Field,
    Identifier,
    ListNode,
    Nil,
    Node,
    Number,
    OneOf,
    Pipe,
    String,
    Template,
    Text,
    Variable,
    is_empty,
)
from .parser import parse
from .quickparse import quick_parse
from .unit import CONSTANTS, FREE, GO_NAMES, INDEX, LITERAL, NILLABLE, QUICK, WHOLE, Unit
from .writer import Mark, Size, Writer, is_local

#: those that can be called without arguments and give an ``interface{}``
_ANY = frozenset(["coalesce", "concat", "mustConcat"])
_OPERANDS = 20  # of ``and`` and ``or``, each of which is written one level deeper


#: numbers that a version holds
_VERSION_NUMBERS = frozenset(("Major", "Minor", "Patch"))
#: functions that give an integer, or a list whose elements are all text or all integers
_TYPED = frozenset(
    [
        "add", "add1", "atoi", "biggest", "ceil", "div", "floor", "int", "int64",
        "keys", "len", "max", "min", "mod", "mul", "mustRegexFindAll", "mustRegexSplit", "regexFindAll",
        "regexSplit", "sortAlpha", "splitList", "sub", "toDecimal", "toStrings", "until", "untilStep",
    ]
)  # fmt: skip
#: functions that give nothing but a string, or fail; those that charts call most
_STRINGS = frozenset(
    [
        "b64dec", "b64enc", "camelcase", "cat", "include", "indent", "join", "kebabcase", "lower", "nindent", "nospace", "print", "printf",
        "quote", "randAlphaNum", "replace", "sha256sum", "squote", "title", "toJson", "toString", "toYaml", "tpl",
        "trim", "trimAll", "trimPrefix", "trimSuffix", "trunc", "upper",
    ]
)  # fmt: skip
#: functions that give nothing but true or false, or fail
_BOOLS = frozenset(
    ["contains", "eq", "ge", "gt", "has", "hasKey", "hasPrefix", "hasSuffix", "kindIs", "le", "lt", "ne", "not", "semverCompare"]
)
_ZERO = "reflect: call of reflect.Value.Type on zero Value"
_TYPED_FIELDS = ("Files", "APIVersions", "Revision")
_DEFINE = 500  # what a template costs next to its lines
TOO_DEEP = "the template is nested too deeply"


class Value(NamedTuple):
    """A Python expression.

    ``boxed``: it comes from an ``interface{}``, so nil is a nil interface and messages name that type. ``start``: the start of a chain of
    fields, where that may be no value at all; then all its fields are none either. ``result_type``: the Go type, where it is known to be
    ``string`` or ``bool``: then no check is needed.
    """

    code: str
    boxed: bool = False
    start: str = ""
    result_type: str = ""


def compile_text(name: str, text: str, functions: Mapping[str, Function], methods: Container[str]) -> Unit:
    """Parse and compile. Raises ``parser.ParseFault``. Pure: equal arguments give equal code."""
    if len(text) > MAX_TEXT:
        raise TooLarge(1, f"{len(text)} characters, but the limit is {MAX_TEXT}")
    try:
        source, _other, defines = generate(name, text, functions, methods, quick_parse(name, text, functions))
    except RecursionError:
        raise ParseFault(1, TOO_DEEP) from None
    try:
        code = compile(source, f"<template {name}>", "exec", dont_inherit=True, optimize=2)
    except (SyntaxError, RecursionError, MemoryError):
        raise ParseFault(1, TOO_DEEP) from None
    return Unit(name, text, code, defines)


def generate(
    name: str,
    text: str,
    functions: Mapping[str, Function],
    methods: Container[str],
    trees: dict[str, ListNode] | None = None,
) -> tuple[str, list[Mark], dict[str, tuple[str, bool]]]:
    """The Python source, the nodes of its lines, and the templates that it defines.

    :param trees: the parsed text without valid offsets: then the lines are the same, and have no nodes.
    """
    marked = trees is None
    trees = trees or parse(name, text, functions)
    lines: list[str] = []
    marks: list[Mark] = []
    defines = {}
    size = Size()
    for number, (define, tree) in enumerate(trees.items()):
        defines[define] = (f"d{number}", is_empty(tree))
        size.take(_DEFINE)
        body = _Define(functions, methods, marked, size)
        written = body.function(f"d{number}", tree)
        lines += written[0]
        marks += written[1]
    return "\n".join(lines) + "\n", marks, defines


class _Define(Writer):
    """Writes one function. Methods named after nodes return the value's expression."""

    def __init__(self, functions: Mapping[str, Function], methods: Container[str], marked: bool, size: Size) -> None:
        super().__init__(marked, size)
        self.functions = functions
        self.methods = methods
        self.scope: list[tuple[str, Value]] = []
        #: the node that Go would name in an error now: the last one that it evaluated (Go: ``state.at``)
        self.last: Node = self.node

    def in_scope(self, *codes: str) -> list[str]:
        return [value.code for _name, value in self.scope] + list(codes)

    def fault(self, message: str, node: Node | None = None) -> Value:
        """Compiles an error that Go finds only at run time: the line raises, and the rest is never reached."""
        self.line(f"raise Fault({message!r})", node)
        return Value("None")

    # --- statements

    def function(self, name: str, tree: ListNode) -> tuple[list[str], list[Mark]]:
        self.name = name
        self.body(tree, "dot")
        if "dot" in self.assigned:  # ``$ = 1``: from then on they differ
            Writer.__init__(self, self.marked, self.size)
            self.name = name
            self.body(tree, "root")
        return self.finished()

    def body(self, tree: ListNode, root: str) -> None:
        self.line(f"def {self.name}(S, F, dot, w, depth):")
        self.indent = 1
        if root != "dot":
            self.line(f"{root} = dot")
        self.scope = [("$", Value(root))]
        self.nodes(tree, Value("dot"))
        self.line("return")

    def nodes(self, tree: ListNode, dot: Value) -> None:
        if self.too_deep() and tree.nodes:
            self.moved_out(self.in_scope(dot.code), lambda: self.all_nodes(tree, dot))
        else:
            self.all_nodes(tree, dot)

    def all_nodes(self, tree: ListNode, dot: Value) -> str:
        before = len(self.lines)
        for node in tree.nodes:
            self.node = node
            self.statement(node, dot)
        if len(self.lines) == before:
            self.line("pass")
        return ""

    def statement(self, node: Node, dot: Value) -> None:
        if isinstance(node, Text):
            self.size.take(-len(node.text))  # which costs no more than itself
            self.write(repr(node.text))
        elif isinstance(node, Action):
            self.action(node, dot)
        elif isinstance(node, Branch):
            if node.keyword == "range":
                self.range(node, dot)
            else:
                self.branches(node, dot)
        elif isinstance(node, Template):
            self.template(node, dot)
        elif isinstance(node, Break):
            self.jump("break")
        elif isinstance(node, Continue):
            self.jump("continue")

    def action(self, node: Action, dot: Value) -> None:
        pipe = node.pipe
        if len(pipe.decl) == 1 and not pipe.is_assign:
            value = self.commands(pipe, dot).code
            local = self.local()
            self.put(local, value)
            self.scope.append((pipe.decl[0].idents[0], Value(local)))
            return
        given = self.pipe(pipe, dot)
        if pipe.decl:
            return
        if given.code[0] in "'\"":
            self.write(given.code)
        elif given.result_type == "string":
            self.write_string(given.code, node)
        else:
            self.write(f"P({self.take(given.code)}, True)" if _copied(pipe) else f"P({self.take(given.code)})", node)

    def template(self, node: Template, dot: Value) -> None:
        found = self.keep(f"S.find({node.name!r}, depth)", node)
        data = self.pipe(node.pipe, dot).code if node.pipe else "None"
        if len(self.lines) == self.cached_expression[2] and self.cached_expression[0] == found:
            del self.lines[-1:], self.marks[-1:]
            found = f"S.find({node.name!r}, depth)"
        self.line(f"{found}(S, F, {data}, w, depth + 1)", node)

    def branches(self, node: Branch, dot: Value) -> None:
        """``if`` and ``with``. A chain of ``else if`` stays flat: one flag says whether a branch was taken."""
        chain = _chain(node)
        scope = len(self.scope)
        flag = self.local() if len(chain) > 1 else ""
        if flag:
            self.line(f"{flag} = True")
        for place, branch in enumerate(chain):
            if place:
                self.line(f"if {flag}:")
                self.indent += 1
            self.one_branch(branch, dot, flag, last=place == len(chain) - 1)
            self.indent -= bool(place)
        del self.scope[scope:]

    def copied(self, code: str) -> str:
        """Copies a value to a separate local.

        Its source may be assigned to while the value is still needed.
        """
        local = self.local()
        self.line(f"{local} = {code}")
        return local

    def one_branch(self, node: Branch, dot: Value, flag: str, last: bool) -> None:
        value = self.pipe(node.pipe, dot)
        if value.result_type == "bool" and node.keyword == "if" and not node.pipe.decl:
            self.whole("if ", value.code, ":", node)
        else:
            self.line(f"if {_truth(self.take(value.code) if node.keyword == 'if' and not node.pipe.decl else value.code)}:", node)
        self.indent += 1
        inner = len(self.scope)
        if flag and not last:
            self.line(f"{flag} = False")
        within = dot
        if node.keyword == "with":
            within = Value(self.copied(value.code) if _assigns(node.body) else value.code)
        self.nodes(node.body, within)
        del self.scope[inner:]
        self.indent -= 1
        if last and node.otherwise is not None:
            self.line("else:")
            self.indent += 1
            self.nodes(node.otherwise, dot)
            self.indent -= 1

    def range(self, node: Branch, dot: Value) -> None:
        scope = len(self.scope)
        pipe = node.pipe
        value = self.commands(pipe, dot).code
        two = len(pipe.decl) > 1
        for variable in pipe.decl:  # at first, and in ``else``, they are the whole
            if pipe.is_assign:
                self.assign(variable, value)
            else:
                self.scope.append((variable.idents[0], Value(self.declare(value))))
        items = self.keep(f"R({value}, {two})", self.last)
        declared = len(self.scope)
        self.line(f"if {items}:")
        self.indent += 1
        element, key = self.local(), self.local()
        self.line(f"for {f'{key}, {element}' if two else element} in {items}:")
        self.indent += 1
        self.loops += 1
        flag, self.flag = self.flag, ""
        names = [key, element] if two else [element]
        boxed = not _typed(pipe)
        for variable, local in zip(pipe.decl, names, strict=False):
            if pipe.is_assign:
                self.assign(variable, local)
            else:
                own = self.copied(local) if _assigns(node.body) else local
                self.scope.append((variable.idents[0], Value(own, boxed and local == element)))
        self.nodes(node.body, Value(element, boxed))
        self.loops -= 1
        self.flag = flag
        self.indent -= 2
        del self.scope[declared:]
        if node.otherwise is not None:
            self.line("else:")
            self.indent += 1
            if _jumps(node.otherwise, Break):
                self.else_of_range(node.otherwise, dot)
            else:
                self.nodes(node.otherwise, dot)
            self.indent -= 1
        del self.scope[scope:]

    def else_of_range(self, tree: ListNode, dot: Value) -> None:
        """Compiles the ``else`` of a ``range``.

        ``break`` leaves only it, not the loop around it, to which ``continue`` belongs (Go: ``walkRange``).
        """
        outer, flag = self.flag, self.local() if _jumps(tree, Continue) else ""
        if flag:
            self.line(f"{flag} = False")
        self.line("for _once in (0,):")
        self.indent += 1
        self.loops += 1
        self.flag = flag
        self.nodes(tree, dot)
        self.loops -= 1
        self.indent -= 1
        self.flag = outer
        if flag:
            self.line(f"if {flag}:")
            self.indent += 1
            self.jump("continue")
            self.indent -= 1

    # --- pipelines

    def pipe(self, pipe: Pipe, dot: Value) -> Value:
        """A whole pipeline; what it declares is in scope afterwards. Its nil is never boxed."""
        value = self.commands(pipe, dot)
        for variable in pipe.decl:
            if pipe.is_assign:
                self.assign(variable, value.code)
            else:
                self.scope.append((variable.idents[0], Value(self.declare(value.code))))
        return Value(value.code, result_type=value.result_type)

    def commands(self, pipe: Pipe, dot: Value) -> Value:
        final: Value | None = None
        self.last = pipe
        for command in pipe.cmds:
            final = self.command(command, pipe, dot, final)
        return final or Value("None")

    def assign(self, variable: Variable, value: str) -> None:
        target = self.variable(variable)
        if is_local(target.code):
            self.assigned.add(target.code)
            self.line(f"{target.code} = {value}")

    def variable(self, node: Variable) -> Value:
        for name, value in reversed(self.scope):
            if name == node.idents[0]:
                return value
        # the parser takes ``$x = 1`` for a declaration (so does Go's)
        return self.fault(f"undefined variable: {node.idents[0]}", self.last)

    def command(self, command: Command, pipe: Pipe, dot: Value, final: Value | None) -> Value:
        first = command.args[0]
        surplus = len(command.args) > 1 or final is not None
        if isinstance(first, Identifier):
            return self.call(first, command, command.args[1:], dot, final)
        if isinstance(first, (Field, Chain)) or (isinstance(first, Variable) and len(first.idents) > 1):
            return self.chain(first, command.args[1:], dot, final)
        if surplus:
            at = self.last if isinstance(first, Pipe) else first
            return self.fault(f"can't give argument to non-function {first.source()}", at)
        if isinstance(first, Nil):
            return self.fault("nil is not a command", first)
        return self.operand(first, dot)

    def operand(self, node: Node, dot: Value) -> Value:
        """A node as a value of no particular type."""
        self.last = node
        if isinstance(node, Dot):
            return dot
        if isinstance(node, Variable) and len(node.idents) == 1:
            return self.variable(node)
        if isinstance(node, (Field, Chain, Variable)):
            return self.chain(node, [], dot, None)
        if isinstance(node, Pipe):
            return self.pipe(node, dot)
        if isinstance(node, Identifier):
            return self.call(node, node, [], dot, None)
        if isinstance(node, Bool):
            return Value(repr(node.value))
        if isinstance(node, String):
            return Value(repr(node.text))
        if isinstance(node, Number):
            return self.constant(node)
        return self.fault(f"can't handle assignment of {node.source()} to empty interface argument", node)

    def constant(self, node: Number) -> Value:
        """A number without a required type (Go: ``idealConstant``)."""
        text = node.text
        if node.complex_value is not None and text[0] != "'":
            return Value(repr(node.complex_value))
        hexadecimal = text[:2].lower() == "0x" and not any(c in text for c in "pP")
        if node.float_value is not None and not hexadecimal and text[0] != "'" and any(c in text for c in ".eEpP"):
            return Value(repr(node.float_value))
        if node.int_value is not None:
            return Value(repr(node.int_value))
        return self.fault(f"{text} overflows int", node)

    # --- fields

    def chain(self, node: Node, args: list[Node], dot: Value, final: Value | None) -> Value:
        """``.a.b``, ``$x.a``, ``(...).a``: the last name may be a method and then gets the arguments."""
        self.last = node
        if isinstance(node, Field):
            start, names = dot, node.idents
        elif isinstance(node, Variable):
            start, names = self.variable(node), node.idents[1:]
        else:
            chain = node if isinstance(node, Chain) else Chain(node.pos, node, [])
            if isinstance(chain.node, Nil):
                return self.fault(f"indirection through explicit nil in {chain.source()}", chain)
            start, names = self.operand(chain.node, dot), chain.fields
            if isinstance(chain.node, Identifier) and chain.node.name not in _ANY:  # ``now.Year``: no parentheses, but a type of its own
                start = Value(start.code)
        at = self.last  # of a chain Go has looked last at what it begins with
        if args or final is not None:
            on = f"{start.code}, {tuple(names)!r}, {start.boxed}"
            if any(not isinstance(a, (Bool, Nil, Number, String)) for a in args):  # before arguments that may fail
                self.line(f"H({on})", at)
            given: list[Value] = []
            places: list[Node] = [at]
            for one in args:
                given.append(Value("None") if isinstance(one, Nil) else self.operand(one, dot))
                places.append(self.last if isinstance(one, (Pipe, Chain)) else one)
            if final is not None:
                given.append(Value(final.code))
            values = [v.code for v in given]
            boxes = tuple(_literal(args[i]) or v.boxed if i < len(args) else v.boxed for i, v in enumerate(given))
            return Value(self.keep(f"M({on}, [{', '.join(values)}], {boxes})", node, names[-1], tuple(places)))
        return self.walk(start, names, self.last, node)

    def walk(self, start: Value, names: list[str], at: Node, node: Node) -> Value:
        """Compiles fields of ``start``.

        ``at``: the node that Go names for a missing field; ``node``: for a method that fails.
        """
        if any(name in self.methods for name in names):
            code = self.keep(f"G({start.code}, {tuple(names)!r}, {start.boxed})", node, names[-1], (at,))
            return Value(code, True, "" if start.boxed else start.code)
        quick = f"{'B' if start.boxed else 'V'}{len(names) if len(names) <= QUICK else 'N'}"
        code = self.keep(f"{quick}({', '.join([start.code, *map(repr, names)])})", node, names[-1], (at,))
        return Value(code, True, "" if start.boxed else start.code)

    # --- calls

    def call(self, name: Identifier, at: Node, args: list[Node], dot: Value, final: Value | None) -> Value:
        """Compiles a call.

        ``at``: the node that Go names in an error of the function: the whole command, or the name where it has no arguments.
        """
        self.last = name
        function = self.functions[name.name]
        params = function.params
        variadic = bool(params) and params[-1].startswith("...")
        fixed = len(params) - variadic
        given = len(args) + (final is not None)
        if variadic and given < fixed:
            return self.fault(f"wrong number of args for {name.name}: want at least {fixed} got {len(args)}", name)
        if not variadic and given != fixed:
            return self.fault(f"wrong number of args for {name.name}: want {fixed} got {given}", name)
        types = [params[i] if i < fixed else params[-1][3:] for i in range(given)]
        if name.name in ("and", "or"):
            return self.short_circuit(name.name, args, dot, final)
        if name.name == "len" and args and isinstance(args[0], Nil):  # not a nil, but no value at all
            self.line(f"raise E({_ZERO!r})", at, "len")
        tested = None
        if name.name == "len" and args and not isinstance(args[0], Nil):
            tested = self.operand(args[0], dot)
            values = [tested.code]
        else:
            values = [self.argument(node, kind, dot) for node, kind in zip(args, types, strict=False)]
        if final is not None:
            values.append(self.checked(Value(final.code, result_type=final.result_type), types[-1]))
        if name.name == "call":
            values.insert(0, repr(args[0].source() if args else None))
        elif name.name == "len" and is_local(values[0]):
            if tested is None or isinstance(args[0], Pipe) or not tested.boxed:  # a pipeline's nil is no value at all
                self.line(f"if {values[0]} is None: raise E({_ZERO!r})", at, "len")
            elif is_local(tested.start):  # nor is a field of it
                self.line(f"if {values[0]} is None is {tested.start}: raise E({_ZERO!r})", at, "len")
        if name.name != "call" and (name.name != "len" or len(self.lines) == self.cached_expression[2]):
            values = [self.take(value) for value in reversed(values)][::-1]
        result_type = "string" if name.name in _STRINGS else "bool" if name.name in _BOOLS else ""
        # ``not`` is a keyword of Python and cannot be an attribute of ``F``
        code = f"not {_truth(values[0])}" if name.name == "not" else f"F.{name.name}({', '.join(values)})"
        return Value(self.keep(code, at, name.name), True, result_type=result_type)

    def short_circuit(self, word: str, args: list[Node], dot: Value, final: Value | None) -> Value:
        """Compiles ``and`` and ``or``: operands after the deciding one are not evaluated."""
        if not self.too_deep():
            return Value(self.operands(word, args, dot, final), True)

        def moved() -> str:
            result = self.operands(word, args, dot, final)
            self.need(self.last)
            return f"({result}, {self.last.index})" if isinstance(self.last, OneOf) else result

        result = self.moved_out(self.in_scope(dot.code, final.code if final else ""), moved)
        if isinstance(self.last, OneOf):
            index = self.local(INDEX)
            self.line(f"{result}, {index} = {result}")
            self.last = OneOf(self.last.nodes, index, (index,))
        return Value(result, True)

    def operands(self, word: str, args: list[Node], dot: Value, final: Value | None) -> str:
        """Sets ``last`` to the operand evaluated last: ``OneOf``, unless there is only one."""
        result, index = self.local(), self.local(INDEX)
        nodes: list[Node] = []
        needs = [index]
        depth = 0

        def counted() -> str:
            """What sets the index after an operand."""
            last, value = self.last, f"{len(nodes)}"
            if isinstance(last, OneOf):
                value += f" + {last.index}"
                needs.extend(last.needs)
            nodes.extend(last.nodes if isinstance(last, OneOf) else (last,))
            return self.counted(index, value)

        args, rest = args[:_OPERANDS], args[_OPERANDS:]
        for place, node in enumerate(args):
            value = self.argument(node, "value", dot)
            self.put(result, value, counted(), node)
            if place < len(args) - 1 or rest or final is not None:
                test = _truth(result)
                self.line(f"if {test}:" if word == "and" else f"if not ({test}):")
                self.indent += 1
                depth += 1
        if rest:
            value = self.short_circuit(word, rest, dot, final).code
            self.line(f"{result} = {value}{counted()}")
        elif final is not None:
            self.line(f"{result} = {final.code}")
        self.indent -= depth
        if len(nodes) > 1:
            self.last = OneOf(tuple(nodes), index, tuple(needs))
        return result

    def argument(self, node: Node, kind: str, dot: Value) -> str:
        """An argument as a parameter of a type (Go: ``evalArg``)."""
        if isinstance(node, Nil):
            self.last = node
            if kind in NILLABLE:
                return "NilMap()" if kind == "map" else "None"
            return self.fault(f"cannot assign nil to {GO_NAMES.get(kind, kind)}", node).code
        if isinstance(node, (Bool, String, Number)) and kind not in FREE:
            self.last = node
            return self.typed_constant(node, kind)
        return self.checked(self.operand(node, dot), kind)

    def checked(self, value: Value, kind: str) -> str:
        """Compiles the check of a value against a parameter's type (Go: ``validateType``)."""
        if kind in FREE or kind == value.result_type:
            return value.code
        test = {"string": "str", "bool": "bool", "float64": "float", "int": "int", "map": "dict", "list": "list"}.get(kind)
        local = self.keep(value.code) if not value.code.isidentifier() else value.code
        boxed = f"{value.start} is not None" if is_local(value.start) else value.boxed
        if test is None:
            return self.keep(f"A({self.take(local)}, {kind!r}, {boxed})", self.last)
        return self.keep(f"C({test}, {self.take(local)}, {kind!r}, {boxed})", self.last)

    def typed_constant(self, node: Bool | String | Number, kind: str) -> str:
        wanted = CONSTANTS.get(kind)
        if wanted is None:
            return self.fault(f"can't handle {node.source()} for arg of type {GO_NAMES.get(kind, kind)}", node).code
        if isinstance(node, String) and kind == "string":
            return repr(node.text)
        if isinstance(node, Bool) and kind == "bool":
            return repr(node.value)
        if isinstance(node, Number):
            if kind == "float64" and node.float_value is not None:
                return repr(node.float_value)
            if kind == "int" and node.int_value is not None:
                return repr(node.int_value)
            if kind == "int64" and node.int_value is not None:
                return f"I64({node.int_value!r})"
            if kind == "uint32" and node.int_value is not None and node.int_value >= 0:
                return repr(node.int_value & 0xFFFFFFFF)
        return self.fault(f"expected {wanted}; found {node.source()}", node).code


def _literal(node: Node) -> int:
    """What an argument of a method is written as."""
    if isinstance(node, Number) and node.int_value is not None:
        return WHOLE
    return LITERAL if isinstance(node, (Bool, Nil, Number, String)) else 0


def _truth(code: str) -> str:
    """Go's truth of a value."""
    if code in ("True", "False", "None"):
        return code
    return f"T({code})"


def _assigns(tree: ListNode) -> bool:
    """Whether anything in it is ``$x = ...``."""
    for node in tree.nodes:
        pipe = node.pipe if isinstance(node, (Action, Branch)) else None
        if pipe is not None and pipe.is_assign:
            return True
        if isinstance(node, Branch) and (_assigns(node.body) or (node.otherwise is not None and _assigns(node.otherwise))):
            return True
    return False


def _jumps(tree: ListNode, kind: type[Node]) -> bool:
    """Whether a ``break`` or ``continue`` in it belongs to the loop around it."""
    for node in tree.nodes:
        if isinstance(node, kind):
            return True
        if not isinstance(node, Branch):
            continue
        ranges = node.keyword == "range"
        if not ranges and _jumps(node.body, kind):
            return True
        if node.otherwise is not None and not (ranges and kind is Break) and _jumps(node.otherwise, kind):
            return True
    return False


def _copied(pipe: Pipe) -> bool:
    """Whether the value is what a function gave. Go cannot take its address then."""
    first = pipe.cmds[-1].args[0]
    if isinstance(first, Pipe):
        return _copied(first)
    return isinstance(first, Identifier) and first.name not in ("and", "or")


def _typed(pipe: Pipe) -> bool:
    """Whether ``range`` goes over elements of one type (a number, ``[]string``).

    An error message about such an element names the type of the element.
    """
    first = pipe.cmds[-1].args[0]
    while isinstance(first, Pipe):
        first = first.cmds[-1].args[0]
    if isinstance(first, Field) and len(first.idents) < 3:
        return first.idents[-1] in ("Lines", "Glob", "GetBytes") if len(pipe.cmds[-1].args) > 1 else first.idents[-1] in _TYPED_FIELDS
    if isinstance(first, Chain) and first.fields[-1] in _VERSION_NUMBERS:
        return first.node.source().startswith("semver ")
    return isinstance(first, Number) or (isinstance(first, Identifier) and first.name in _TYPED)


def _chain(node: Branch) -> list[Branch]:
    """Compiles ``if`` with its ``else if``s, and ``with`` with its ``else with``s.

    As long as each else contains only one branch of the same kind.
    """
    out = [node]
    while True:
        rest = out[-1].otherwise
        if rest is None or len(rest.nodes) != 1:
            return out
        only = rest.nodes[0]
        if not isinstance(only, Branch) or only.keyword != node.keyword:
            return out
        out.append(only)
