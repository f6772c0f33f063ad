# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What the compiler and the runtime share, so that text compiled in an earlier run needs no compiler."""

from __future__ import annotations

from types import CodeType

#: Go's names of the parameter types that ``Function.params`` abbreviates
GO_NAMES = {
    "map": "map[string]interface {}",
    "list": "[]interface {}",
    "strings": "[]string",
    "bytes": "[]uint8",
    "time": "time.Time",
    "value": "reflect.Value",
    "any": "interface {}",
}
NILLABLE = frozenset(["map", "list", "strings", "bytes", "value", "any"])
FREE = frozenset(["any", "value"])
#: the types that Go requires of a constant argument
CONSTANTS = {
    "string": "string",
    "bool": "bool",
    "float64": "float",
    "int": "integer",
    "int64": "integer",
    "uint32": "unsigned integer",
    "time.Duration": "integer",
}
#: of an argument of a method that is in the template: a whole number, which takes the type that is requested, or another constant
WHOLE, LITERAL = 2, 3
#: as many names as this a chain of fields may have to be looked up the quick way
QUICK = 5
#: the first letter of the locals that hold an index of ``OneOf``; no other local begins with it
INDEX = "i"
#: what a text given to ``tpl`` is called
TPL = "gotpl"
MAX_TEMPLATE_DEPTH = 100000  # Go's; Python's own bound comes first


class Unit:
    """One compiled text.

    Marshal takes ``code`` and ``defines``: template name -> (function's name, is empty).
    """

    __slots__ = ("code", "defines", "name", "text")

    def __init__(self, name: str, text: str, code: CodeType, defines: dict[str, tuple[str, bool]]) -> None:
        self.name = name
        self.text = text
        self.code = code
        self.defines = defines
