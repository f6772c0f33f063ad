# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads and merges values, and coalesces them with a chart's defaults.

Helm 4: ``pkg/chart/common/util``.

Merging (files and options of the user): tables deeply, everything else replaced; ``null`` is kept, since it deletes a default later.

Coalescing (a chart's defaults below the given values), with Helm 4's rules for ``null``:

* a default that is ``null`` is ignored, at every level of tables;
* a given ``null`` deletes the default of the same key; without such a default it stays, as ``null``;
* between a parent and the section of its subchart nulls are kept, so that they still delete the subchart's own defaults;
* lists are never merged; an empty table deletes nothing; a table over a default that is not a table wins with a warning.

``global`` is passed from parent to child, the parent's value wins; every subchart has a ``global``, the root only its own.
Given tables are never changed: everything works on copies. Warnings name keys and never show a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..aliases import Json, Table
from ..errors import ValuesError
from .model import Chart
from .typed import MapOf, WrongType, decode

Warn = Callable[[str], None]

GLOBAL = "global"


def load_values(data: bytes) -> Table:
    """The values in a file: all its documents, later ones merged over earlier ones.

    :raises YamlError: with Helm's words.
    """
    values: Table = {}
    for document in _documents(data):
        values = merge_values(values, _document(document))
    return values


#: what Go's strings.TrimSpace takes away
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def _documents(data: bytes) -> Iterator[bytes]:
    """Cut at the lines that begin with ``---``; nothing but space or a comment may follow on such a line."""
    from ..yamlio.errors import YamlError

    lines: list[bytes] = []
    if not data:
        return
    for line in data.removesuffix(b"\n").split(b"\n"):
        if line.startswith(b"---"):
            text = line[3:].decode("utf-8", "surrogateescape").strip(_SPACE)
            if text and not text.startswith("#"):
                raise YamlError(f"error reading yaml document: invalid Yaml document separator: {text}")
            if lines:
                yield b"\n".join(lines) + b"\n"
                lines = []
                continue
        lines.append(line.removesuffix(b"\r"))
    if lines:
        yield b"\n".join(lines) + b"\n"


def _document(data: bytes) -> Table:
    from ..yamlio.errors import YamlError
    from ..yamlio.load import loads

    try:
        found = loads(data)
        decode(None if isinstance(found, dict) else found, MapOf("any"))
    except YamlError as error:
        raise YamlError(f"cannot unmarshal yaml document: {error.go_message}") from None
    except WrongType as error:
        raise YamlError(f"cannot unmarshal yaml document: {error}") from None
    return found if isinstance(found, dict) else {}


def merge_values(base: Table, over: Table) -> Table:
    """A new table: ``over`` merged over ``base``, tables deeply. Neither is changed."""
    out = dict(base)
    for key, value in over.items():
        below = out.get(key)
        out[key] = merge_values(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return out


def copy_values(value: Json) -> Json:
    """A deep copy of tables and lists; scalars cannot change."""
    if isinstance(value, dict):
        return {key: copy_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy_values(item) for item in value]
    return value


def coalesce(chart: Chart, user_values: Table | None) -> tuple[Table, list[str]]:
    """What a chart's templates see as ``.Values`` (subcharts' sections filled in), and warnings.

    :raises ValuesError: a subchart's section is not a table.
    """
    warnings: list[str] = []
    return _coalesce(chart, copy_values(user_values or {}), "", False, warnings.append), warnings


def merge_with_defaults(chart: Chart, user_values: Table | None, warn: Warn) -> Table:
    """As ``coalesce``, with nulls kept, for steps before a later ``coalesce``.

    Raises ``ValuesError``.
    """
    return _coalesce(chart, copy_values(user_values or {}), "", True, warn)


def _coalesce(chart: Chart, given: Table, prefix: str, merge: bool, warn: Warn) -> Table:
    _lay_over_defaults(chart, given, prefix, merge, warn)
    below = _join(prefix, chart.name)
    for subchart in chart.dependencies:
        name = subchart.name
        section = given.setdefault(name, {})
        if not isinstance(section, dict):
            raise _not_a_section(name, below, section)
        _globals_down(section, given, below, warn)
        _coalesce(subchart, section, below, merge, warn)
    return given


def _not_a_section(name: str, parent: str, found: Json) -> ValuesError:
    from ..gotmpl.printf import sprintf
    from .typed import json_kind

    kind = "null" if found is None else json_kind(found)
    return ValuesError(
        f"The values of the subchart {name!r} of {parent} are {kind}; they must be a dictionary or absent.",
        helm=f"type mismatch on {name}: {sprintf('%t', found)}",
        path=name,
    )


def _lay_over_defaults(chart: Chart, given: Table, prefix: str, merge: bool, warn: Warn) -> None:
    below = _join(prefix, chart.name)
    sections = {subchart.name for subchart in chart.dependencies}
    for key, default in copy_values(chart.values).items():
        if key not in given:
            if merge or default is not None:
                given[key] = default if merge else _without_nulls(default)
            continue
        value = given[key]
        if value is None and not merge:
            del given[key]
        elif isinstance(value, dict):
            if not isinstance(default, dict):
                if default is not None:
                    warn(f"skipped value for {below}.{key}: Not a table.")
                continue
            keep = merge or key in sections
            merge_tables(value, default if keep else _without_nulls(default), _join(below, key), keep, warn)


def _globals_down(section: Table, given: Table, prefix: str, warn: Warn) -> None:
    """The parent's globals into a subchart's section, over those it has."""
    own, parents = section.get(GLOBAL, {}), given.get(GLOBAL, {})
    for table, whose in ((own, "destination"), (parents, "source")):
        if not isinstance(table, dict):
            warn(f"skipping globals because {whose} {GLOBAL} is not a table.")
            return
    for key, value in parents.items():
        if isinstance(value, dict):
            over = dict(value)
            if key not in own:
                own[key] = over
            elif not isinstance(own[key], dict):
                warn(f'Conflict: cannot merge map onto non-map for "{key}". Skipping.')
            else:
                own[key] = merge_tables(over, own[key], _join(prefix, key), True, warn)
        elif isinstance(own.get(key), dict):
            warn(f"key {key} is table. Skipping")
        else:
            own[key] = value
    section[GLOBAL] = own


def merge_tables(over: Table, under: Table, path: str, merge: bool, warn: Warn) -> Table:
    """Merges ``under`` into ``over``, in place; ``over`` wins.

    With ``merge`` nulls are kept, without it they delete the values below them. As in Helm, nulls of ``over`` are written into ``under``
    as well, and tables of ``under`` are shared, not copied.
    """
    written = {key for key, value in under.items() if value is not None}
    for key in [key for key, value in over.items() if value is None]:
        under[key] = None  # seen where Helm has this table in another place too, as between two imports of one subchart
    for key, value in under.items():
        if key not in over:
            over[key] = value
            continue
        above = over[key]
        if above is None:
            if not merge and key in written:
                del over[key]
        elif isinstance(value, dict):
            if isinstance(above, dict):
                merge_tables(above, value, _join(path, key), merge, warn)
            else:
                warn(f"cannot overwrite table with non table for {_join(path, key)}")
        elif isinstance(above, dict) and value is not None:
            warn(f"destination for {_join(path, key)} is a table. Ignoring non-table value")
    return over


def _without_nulls(value: Json) -> Json:
    """A default's table without the keys that are null, at every level; not inside lists."""
    if not isinstance(value, dict):
        return value
    return {key: _without_nulls(item) for key, item in value.items() if item is not None}


def _join(prefix: str, key: str) -> str:
    return f"{prefix}.{key}" if prefix else key


def table_at(values: Table, path: str) -> Table | None:
    """The table at a dotted path, ``None`` where there is none (Helm: ``Values.Table``)."""
    for part in path.split("."):
        found = values.get(part)
        if not isinstance(found, dict):
            return None
        values = found
    return values


def value_at(values: Table, path: str) -> tuple[bool, Json]:
    """Whether there is something that is not a table at a dotted path, and what.

    Helm: ``Values.PathValue``.
    """
    head, _other, last = path.rpartition(".")
    table = table_at(values, head) if head else values
    if table is None or last not in table or isinstance(table[last], dict):
        return False, None
    return True, table[last]
