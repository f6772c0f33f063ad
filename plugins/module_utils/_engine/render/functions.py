# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Template functions that Helm adds to sprig's (Helm 4: ``pkg/engine/funcs.go``).

``toX`` swallows errors (empty text; ``toToml`` the error's text), ``mustToX`` fails. ``fromX`` puts the error's text into its
result, where a template can read it. ``include``, ``tpl``, ``required``, ``fail`` and ``lookup`` belong to one render: see ``engine``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import ClassVar

from ..aliases import GoValue, Json
from ..chart.typed import ListOf, MapOf, Spec, WrongType, decode
from ..gotypes.function import Function
from ..gotypes.limits import made, visited, weigh
from ..gotypes.values import GoError, Map, Slice
from .files import to_yaml


class NilMap(Map):
    """``map[string]interface {}(nil)``."""

    GO_NIL: ClassVar[bool] = True

    __slots__ = ()
    GO_TYPE: ClassVar[str] = "map[string]interface {}"
    GO_ELEM_ZERO: ClassVar[GoValue] = None

    def go_json(self) -> None:
        return None


def must_to_yaml(value: Json) -> str:
    from ..yamlio.dump import dumps
    from ..yamlio.errors import YamlError

    weigh(value)
    try:
        return made(dumps(value).removesuffix("\n"))
    except YamlError as error:
        raise GoError(error.go_message) from None


def to_yaml_pretty(value: Json) -> str:
    from ..yamlio.errors import YamlError
    from ..yamlio.pretty import dumps_pretty

    weigh(value)
    try:
        return made(dumps_pretty(value).removesuffix("\n"))
    except YamlError:
        return ""


def from_yaml(text: str) -> GoValue:
    return _from_yaml(text, MapOf("any"), {}, lambda message: {"Error": message})


def from_yaml_array(text: str) -> GoValue:
    return _from_yaml(text, ListOf("any"), [], lambda message: [message])


def _from_yaml(text: str, spec: Spec, empty: GoValue, failed: Callable[[str], GoValue]) -> GoValue:
    from ..yamlio.errors import YamlError
    from ..yamlio.load import loads

    try:
        found = loads(visited(text, 16))
        wanted = dict if isinstance(spec, MapOf) else list
        if not isinstance(found, wanted):
            decode(found, spec)
            return empty
    except YamlError as error:
        return failed(error.go_message)
    except WrongType as error:
        return failed(str(error))
    return found


def to_json(value: Json) -> str:
    try:
        return must_to_json(value)
    except GoError:
        return ""


def must_to_json(value: Json) -> str:
    from ..yamlio.errors import YamlError
    from ..yamlio.gojson import json_dumps

    weigh(value)
    try:
        return made(json_dumps(value))
    except YamlError as error:
        raise GoError(error.go_message) from None


def from_json(text: str) -> GoValue:
    return _from_json(text, MapOf("any"), NilMap(), lambda message: {"Error": message})


def from_json_array(text: str) -> GoValue:
    return _from_json(text, ListOf("any"), Slice((), "interface {}", True), lambda message: [message])


def _from_json(text: str, spec: Spec, nil: GoValue, failed: Callable[[str], GoValue]) -> GoValue:
    from ..yamlio.errors import YamlError
    from ..yamlio.gojson import json_loads_partial

    try:
        found, fault = json_loads_partial(visited(text, 2))
        if not isinstance(found, dict if isinstance(spec, MapOf) else list):
            decode(found if fault is None or found is not None else 0.0, spec)  # the text is a number beyond float64
            return nil
    except YamlError as error:
        return failed(error.go_message)
    except WrongType as error:
        return failed(str(error).removeprefix("error unmarshaling JSON: while decoding JSON: "))
    if fault is None:
        return found
    message = failed(fault.go_message)
    return {**found, **message} if isinstance(found, dict) else message  # Go keeps the rest of a map


def to_toml(value: Json) -> str:
    from ..yamlio.errors import YamlError
    from ..yamlio.toml import toml_dumps

    weigh(value)
    try:
        return made(toml_dumps(value))
    except YamlError as error:
        return error.go_message


def must_to_toml(value: Json) -> str:
    from ..yamlio.errors import YamlError
    from ..yamlio.toml import toml_dumps

    weigh(value)
    try:
        return made(toml_dumps(value))
    except YamlError as error:
        raise GoError(error.go_message) from None


def from_toml(text: str) -> GoValue:
    from ..yamlio.errors import YamlError
    from ..yamlio.toml import toml_loads

    try:
        return toml_loads(visited(text, 16), _go_time)
    except YamlError as error:
        return {"Error": error.go_message}


def _go_time(value: date | datetime | time) -> GoValue:
    """A date or a time of TOML as BurntSushi's decoder returns it.

    Without a zone, it has a zone whose name says so.
    """
    from ..sprig.gotime import Time
    from ..sprig.zones import LOCAL, UTC, fixed_zone

    day = (value.year, value.month, value.day) if isinstance(value, date) else (0, 1, 1)
    clock = (0, 0, 0) if not isinstance(value, (datetime, time)) else (value.hour, value.minute, value.second)
    nanosecond = value.microsecond * 1000 if isinstance(value, (datetime, time)) else 0
    offset = value.utcoffset() if isinstance(value, datetime) else None
    if offset is None:
        kind = "datetime" if isinstance(value, datetime) else "date" if isinstance(value, date) else "time"
        return Time.at_wall(day, clock, nanosecond, _local_offset(f"{kind}-local"))
    seconds = int(offset.total_seconds())
    if not seconds:
        return Time.at_wall(day, clock, nanosecond, UTC)
    found = Time.at_wall(day, clock, nanosecond, fixed_zone("", seconds))
    return found.in_zone(LOCAL) if LOCAL.at(found.unix)[1] == seconds else found


@lru_cache(maxsize=16)
def _zone_of_toml(name: str, offset: int) -> GoValue:
    from ..sprig.zones import Zone

    return Zone(name, offset)


def _local_offset(name: str) -> GoValue:
    """The decoder's own zone for times without one: today's local offset, and a name that says so."""
    from ..sprig.context import current
    from ..sprig.zones import LOCAL

    return _zone_of_toml(name, LOCAL.at(int(current().now().timestamp()))[1])


def no_host(name: str) -> str:
    """``getHostByName`` without permission to query name servers: the empty text, as in Helm."""
    return ""


def functions() -> dict[str, Function]:
    """Those that need nothing of a render."""
    table = (
        ("toYaml", "any", to_yaml),
        ("mustToYaml", "any", must_to_yaml),
        ("toYamlPretty", "any", to_yaml_pretty),
        ("fromYaml", "string", from_yaml),
        ("fromYamlArray", "string", from_yaml_array),
        ("toJson", "any", to_json),
        ("mustToJson", "any", must_to_json),
        ("fromJson", "string", from_json),
        ("fromJsonArray", "string", from_json_array),
        ("toToml", "any", to_toml),
        ("mustToToml", "any", must_to_toml),
        ("fromToml", "string", from_toml),
        ("getHostByName", "string", no_host),
    )
    return {name: Function.of(name, (param,), code) for name, param, code in table}
