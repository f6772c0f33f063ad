# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Fast versions of ``dataclass``, ``field`` and ``replace`` for the files that every render imports.

Python's own module writes source text for each class, compiles it and imports ``inspect``: a third of a small chart's time. Here
one function serves all classes. Type checkers see Python's own. Only what the engine needs is supported: no slots, no ``asdict``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Kind = TypeVar("Kind")
#: a class, an object of it, or a field's value
Anything = Any  # Any: this file serves every class, and type checkers see Python's own module instead
_MISSING: Anything = object()


class _Field:
    __slots__ = ("compare", "default", "factory", "repr")

    def __init__(self, default: Anything, factory: Anything, repr_: bool, compare: bool) -> None:
        self.default = default
        self.factory = factory
        self.repr = repr_
        self.compare = compare


def field(*, default: Anything = _MISSING, default_factory: Anything = _MISSING, repr: bool = True, compare: bool = True) -> Anything:
    """A field of a class: its default, and whether ``repr`` shows it and ``==`` compares it."""
    return _Field(default, default_factory, repr, compare)


def dataclass(cls: Anything = None, *, frozen: bool = False, order: bool = False) -> Anything:
    """A class whose annotations are its fields.

    ``frozen``: they are set once, and the object may be a key of a dictionary.
    """
    if cls is None:
        return lambda found: dataclass(found, frozen=frozen, order=order)
    fields: dict[str, _Field] = dict(getattr(cls, "_PLAIN_FIELDS", {}))
    for name, kind in cls.__annotations__.items():
        if "ClassVar" in kind:
            continue
        given = cls.__dict__.get(name, _MISSING)
        fields[name] = one = given if isinstance(given, _Field) else _Field(given, _MISSING, True, True)
        if one.default is not _MISSING:
            setattr(cls, name, one.default)
        elif isinstance(given, _Field):
            delattr(cls, name)
    cls._PLAIN_FIELDS = fields
    cls.__init__ = _init(cls.__name__, fields)
    compared = tuple(name for name, one in fields.items() if one.compare)
    shown = tuple(name for name, one in fields.items() if one.repr)
    cls.__repr__ = lambda self: f"{cls.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"
    cls.__eq__ = lambda self, other: _values(self, compared) == _values(other, compared) if other.__class__ is cls else NotImplemented
    cls.__hash__ = (lambda self: hash(_values(self, compared))) if frozen else None
    if order:
        cls.__lt__ = lambda self, other: _values(self, compared) < _values(other, compared) if other.__class__ is cls else NotImplemented
    if frozen:
        cls.__setattr__ = cls.__delattr__ = _refuse
    return cls


def replace(obj: Kind, /, **changes: Anything) -> Kind:
    """The same object with some fields changed; objects of Python's own data classes too."""
    names = getattr(obj, "_PLAIN_FIELDS", None)
    if names is None:
        from dataclasses import replace as own

        return own(obj, **changes)  # type: ignore[type-var]  # it says so itself
    return obj.__class__(**{name: changes.pop(name) if name in changes else getattr(obj, name) for name in names}, **changes)


def _values(obj: Anything, names: tuple[str, ...]) -> tuple[Anything, ...]:
    return tuple([getattr(obj, name) for name in names])


def _refuse(self: Anything, name: str, value: Anything = None) -> None:
    raise AttributeError(f"cannot assign to field {name!r}")


def _init(owner: str, fields: dict[str, _Field]) -> Callable[..., None]:
    names = tuple(fields)
    rest = tuple((name, one.default, one.factory) for name, one in fields.items())

    def init(self: Anything, *args: Anything, **given: Anything) -> None:
        values = self.__dict__
        if len(args) > len(names):
            raise TypeError(f"{owner} takes {len(names)} arguments, but {len(args)} were given")
        values.update(zip(names, args, strict=False))
        for name, default, factory in rest[len(args) :]:
            if name in given:
                values[name] = given.pop(name)
            elif factory is not _MISSING:
                values[name] = factory()
            elif default is not _MISSING:
                values[name] = default
            else:
                raise TypeError(f"{owner} is missing the argument {name!r}")
        if given:
            raise TypeError(f"{owner} has no further argument {next(iter(given))!r}, or it was given twice")
        after = getattr(self, "__post_init__", None)
        if after is not None:
            after()

    return init
