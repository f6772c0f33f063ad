# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The maps ``.Values`` and ``.Files`` of templates.

Helm 4: ``pkg/chart/common/values.go``, ``pkg/engine/files.go``.
"""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import ClassVar

from ..aliases import GoValue, Json, JsonObject
from ..chart.model import File
from ..chart.values import table_at, value_at
from ..gotypes.function import Function
from ..gotypes.limits import made, weigh
from ..gotypes.values import GoError, Map, NilBytes, Slice
from .globs import compile_glob


def to_yaml(value: Json) -> str:
    """``toYaml``: without the last newline, empty where the value cannot be written."""
    from ..yamlio.dump import dumps
    from ..yamlio.errors import YamlError

    weigh(value)
    try:
        return made(dumps(value).removesuffix("\n"))
    except (YamlError, GoError):
        return ""


class StringMap(Map):
    """``map[string]string``."""

    __slots__ = ()


class NilStringMap(Map):
    """``map[string]string(nil)``: ``null`` in YAML, empty for everything else."""

    GO_NIL: ClassVar[bool] = True

    __slots__ = ()

    def go_json(self) -> None:
        return None


def _not_a_table(key: str) -> GoError:
    from ..gotypes.printing import go_quote

    return GoError(f"{go_quote(key)} is not a table")


def _table(values: Map, path: str) -> Values:
    found = table_at(values, path)
    if found is None:
        raise _not_a_table(_first_missing(values, path))
    return ValuesOver(found)


def _first_missing(values: Mapping[str, Json], path: str) -> str:
    for part in path.split("."):
        found = values.get(part)
        if not isinstance(found, dict):
            return part
        values = found
    return path


def _path_value(values: Map, path: str) -> GoValue:
    from ..gotypes.printing import go_quote

    if not path:
        raise GoError("YAML path cannot be empty")
    known, value = value_at(values, path)
    if not known:
        raise GoError(f"{go_quote(path.rpartition('.')[2])} is not a value")
    return value


def _yaml(values: Map) -> str:
    from ..yamlio.dump import dumps
    from ..yamlio.errors import YamlError

    try:
        return dumps(values)
    except YamlError as error:
        raise GoError(error.go_message) from None


def _encode(values: Map, _writer: None) -> None:
    """No value that a template can have is an ``io.Writer``, but nil."""
    raise GoError("runtime error: invalid memory address or nil pointer dereference")


def _as_map(values: Map) -> JsonObject:
    return values.inner if isinstance(values, ValuesOver) else dict(values)


def _method(name: str, params: tuple[str, ...], code: Callable[..., GoValue]) -> tuple[str, Function]:
    return name, Function.of(name, params, code)


class Values(Map):
    """``common.Values``, the named type of ``.Values`` and of the dot of a file.

    Its kind is ``map``, and it has methods.
    """

    GO_TYPE: ClassVar[str] = "common.Values"
    GO_ELEM_ZERO: ClassVar[GoValue] = None
    GO_METHODS: ClassVar[Mapping[str, Json]] = dict(
        (
            _method("AsMap", (), _as_map),
            _method("YAML", (), _yaml),
            _method("Table", ("string",), _table),
            _method("PathValue", ("string",), _path_value),
            _method("Encode", ("io.Writer",), _encode),
        )
    )


class ValuesOver(Values):
    """The same map under two types: a subchart's ``.Values`` and its parent's ``.Values.sub``.

    What one writes the other sees. In Go that is one map header converted; here every access goes to ``inner``, the plain dict in the
    parent's tree.
    """

    __slots__ = ("inner",)

    def __init__(self, inner: JsonObject) -> None:
        super().__init__()
        self.inner = inner

    def __getitem__(self, key: GoValue) -> GoValue:
        return self.inner[key]

    def __setitem__(self, key: GoValue, value: Json) -> None:
        self.inner[key] = value

    def __delitem__(self, key: GoValue) -> None:
        del self.inner[key]

    def __contains__(self, key: object) -> bool:
        return key in self.inner

    def __iter__(self) -> Iterator[Json]:
        return iter(self.inner)

    def __len__(self) -> int:
        return len(self.inner)

    def __eq__(self, other: object) -> bool:
        return self.inner == (other.inner if isinstance(other, ValuesOver) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]  # as any dict

    def __repr__(self) -> str:
        return repr(self.inner)

    def get(self, key: GoValue, default: GoValue = None) -> GoValue:
        return self.inner.get(key, default)

    def keys(self) -> KeysView[GoValue]:  # type: ignore[override]  # dict's own views cannot be made
        return self.inner.keys()

    def values(self) -> ValuesView[GoValue]:  # type: ignore[override]
        return self.inner.values()

    def items(self) -> ItemsView[GoValue, GoValue]:  # type: ignore[override]
        return self.inner.items()

    def pop(self, key: GoValue, *default: GoValue) -> GoValue:
        return self.inner.pop(key, *default)

    def setdefault(self, key: GoValue, default: GoValue = None) -> GoValue:
        return self.inner.setdefault(key, default)

    def update(self, *args: GoValue, **kwargs: GoValue) -> None:
        self.inner.update(*args, **kwargs)

    def clear(self) -> None:
        self.inner.clear()

    def copy(self) -> JsonObject:
        return self.inner.copy()


def _get_bytes(files: Map, name: str) -> bytes:
    return bytes(files.get(name, b""))


def _get(files: Map, name: str) -> str:
    return _get_bytes(files, name).decode("utf-8", "surrogateescape")


def _glob(files: Map, pattern: str) -> Files:
    matches = compile_glob(pattern).fullmatch
    return Files((name, data) for name, data in files.items() if matches(name))


def _lines(files: Map, name: str) -> Slice:
    text = _get(files, name)
    return Slice(text.removesuffix("\n").split("\n") if text else (), "string")


def _as_config(files: Map) -> str:
    # of two files with one name Go takes either; here the last by path wins
    return to_yaml(StringMap((posixpath.basename(name), _get(files, name)) for name in sorted(files)))


def _as_secrets(files: Map) -> str:
    return to_yaml(StringMap((posixpath.basename(name), base64.b64encode(files[name]).decode("ascii")) for name in sorted(files)))


class Files(Map):
    """``engine.files``: path to bytes, with the methods that templates call on ``.Files``."""

    __slots__ = ()
    GO_TYPE: ClassVar[str] = "engine.files"
    GO_ELEM_ZERO: ClassVar[GoValue] = NilBytes()
    GO_METHODS: ClassVar[Mapping[str, Json]] = dict(
        (
            _method("GetBytes", ("string",), _get_bytes),
            _method("Get", ("string",), _get),
            _method("Glob", ("string",), _glob),
            _method("Lines", ("string",), _lines),
            _method("AsConfig", (), _as_config),
            _method("AsSecrets", (), _as_secrets),
        )
    )

    @classmethod
    def of(cls, files: Iterable[File]) -> Files:
        return cls((file.name, file.data) for file in files)
