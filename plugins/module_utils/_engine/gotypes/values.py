# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's values in Python's clothes: which Python object stands for which Go value.

The whole engine keeps to this table.

=================================  =============================================================================
Go                                 Python
=================================  =============================================================================
nil (interface)                    ``None``
bool                               ``bool``
int                                ``int``
int64, uint8 ... (other widths)    ``Int64``, ``Uint8`` ...: subclasses of ``Integer``, itself an ``int``
float64                            ``float``
string                             ``str``; bytes that are not UTF-8 as surrogates (``surrogateescape``)
[]byte                             ``bytes``
[]interface{}                      ``list``
[]string, []int, ... nil slices    ``Slice``: a ``list`` that knows its Go type and whether it is nil
map[string]interface{}             ``dict`` with ``str`` keys
map[string]string, named maps      ``Map``: a ``dict`` that knows its Go type (``common.Values`` is ``Values`` in ``render``)
struct, pointer, time, version     ``GoObject``: fields and methods by name
func                               ``gotypes.function.Function``
=================================  =============================================================================

Maps are shared by reference, as in Go; functions that copy in Go copy here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Optional

from ..aliases import GoValue


class GoError(Exception):
    """An error that a Go function returns, or a panic in it.

    The caller words the rest (``error calling F: ...``).

    ``plain``: the same without any value, where Go's words quote one.
    """

    def __init__(self, *words: object, plain: Optional[str] = None) -> None:
        super().__init__(*words)
        self.plain = plain


class Unmatchable(GoError):
    """A valid regular expression that cannot be matched here as Go matches it.

    Functions that swallow errors do not swallow this.
    """


class Integer(int):
    """An integer of a kind that is not Go's ``int``, or of a named type (``GO_TYPE``)."""

    GO_KIND: ClassVar[str] = "int"
    #: whether the library ``cast`` treats it as a number; of named types it does so for ``time.Month`` and ``time.Weekday``
    GO_CAST: ClassVar[bool] = True


class Int64(Integer):
    GO_KIND = "int64"


class Int32(Integer):
    GO_KIND = "int32"


class Uint64(Integer):
    GO_KIND = "uint64"


class Uint8(Integer):
    GO_KIND = "uint8"


class Slice(list):  # type: ignore[type-arg]  # a list of anything, as []T is to reflect
    """A slice that is not ``[]interface{}``, or one that is nil."""

    __slots__ = ("go_elem", "is_nil")

    def __init__(self, items: Iterable[GoValue] = (), go_elem: str = "interface {}", is_nil: bool = False) -> None:
        super().__init__(items)
        self.go_elem = go_elem
        self.is_nil = is_nil

    @property
    def go_type(self) -> str:
        return "[]" + self.go_elem

    def of_same_type(self, items: Iterable[GoValue], is_nil: bool = False) -> Slice:
        """Other items as a slice of this type."""
        return Slice(items, self.go_elem, is_nil)


class NilBytes(bytes):
    """The nil of ``[]byte``."""

    GO_NIL: ClassVar[bool] = True


class Map(dict):  # type: ignore[type-arg]  # a map of anything, as map[K]V is to reflect
    """A map that is not ``map[string]interface{}``: another element type, or a named type."""

    GO_TYPE: ClassVar[str] = "map[string]string"
    GO_ELEM_ZERO: ClassVar[GoValue] = ""
    #: methods that templates can call on the named type: name -> Function
    GO_METHODS: ClassVar[Mapping[str, GoValue]] = {}


class Members(dict):  # type: ignore[type-arg]  # name -> any value
    """A struct's members on their way into JSON or TOML, where they keep the struct's order.

    ``places``: for TOML, the names of all fields in that order, those that are not exported too.
    """

    places: Sequence[str] = ()


class NilMap(dict):  # type: ignore[type-arg]  # the nil of map[string]interface{}
    """What a parameter of a map's type gets for nil.

    It is read like an empty map; ``set`` refuses to write into it.
    """

    GO_NIL: ClassVar[bool] = True


class GoObject:
    """A struct or a pointer to one. Subclasses name what templates may see.

    ``GO_FIELDS`` maps a Go field name to the Python attribute; ``GO_METHODS`` a Go method name to the Python method's
    ``Function``-like signature (see ``function``). ``go_string`` is the String() or Error() method, ``None`` without one.
    """

    GO_TYPE: ClassVar[str] = "struct {}"
    GO_KIND: ClassVar[str] = "struct"  # or "ptr"
    GO_FIELDS: ClassVar[Mapping[str, str]] = {}
    #: all fields, where there are some that only printing sees
    GO_PRINTED: ClassVar[Mapping[str, str]] = {}
    GO_METHODS: ClassVar[Mapping[str, Callable[..., GoValue]]] = {}
    #: whether Go can take its address, and so reach the methods of its pointer
    go_has_address: bool = True

    def go_string(self) -> str | None:
        return None


class NilPointer(GoObject):
    """A nil pointer in a field of a struct, which only printing sees."""

    GO_KIND: ClassVar[str] = "ptr"

    def __init__(self, go_type: str) -> None:
        self.go_type = go_type
