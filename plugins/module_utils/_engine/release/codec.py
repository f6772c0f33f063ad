# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Encodes a release as the text of its record, and decodes it (Helm: ``pkg/storage/driver/util.go``).

The text is base64 of gzip of JSON (types: ``pkg/release/v1``). It is written with Helm 4's keys in Helm 4's order and Go's JSON escapes,
so that a record of this collection differs from helm's in nothing but its times. More is accepted when reading: text without gzip, Helm
3's empty times, the spellings of helm-2to3 (``pending_install``, ``deleted``, ``pre_install``). Nothing is lost: unknown keys are kept, at
the top, in ``info`` and in hooks, and are written again after the known ones; the chart is kept as it was read.

Struct or map: Go writes the fields of a struct in the order of their declaration and a map's keys sorted. In the JSON of a release these
are maps: ``config``, the chart's ``values``, ``annotations`` and the tables of ``import-values``; all else is a struct.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from ..aliases import Json, JsonObject
from ..chart.metadata import lock_tree, metadata_tree
from ..chart.model import ZERO_TIME, Chart, File
from ..errors import ReleaseError
from ..plain_text import plain_text
from ..render.model import Hook, HookExecution
from ..yamlio.gojson import json_dumps, json_loads
from .model import Info, Release, Status

#: what gzip.NewWriterLevel(w, BestCompression) of Go writes first: no time, best compression, unknown system
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
GZIP_MAGIC = b"\x1f\x8b\x08"
#: bytes of an unpacked release: the files of a chart (100 MiB at most) as base64, and the rest
MAX_JSON = 192 * 1024 * 1024

_MAPS = frozenset({"values", "annotations", "import-values"})
_RELEASE_KEYS = ("name", "info", "chart", "config", "manifest", "hooks", "version", "namespace", "apply_method")
_INFO_KEYS = ("first_deployed", "last_deployed", "deleted", "description", "status", "rollback_revision", "notes")
_HOOK_KEYS = ("name", "kind", "path", "manifest", "events", "last_run", "weight", "delete_policies", "output_log_policies")

#: the charts that were written last, and their text; a stored chart is never changed
_written: list[tuple[JsonObject, str]] = []
#: as many releases of ``chart_releases`` as are worked on at a time where nothing else is said
_AT_A_TIME = 4

_STATUS_SPELLINGS = {"deleted": "uninstalled", "deleting": "uninstalling"}
_EVENT_SPELLINGS = {"release-test-success": "test", "test-success": "test"}
_POLICY_SPELLINGS = {"succeeded": "hook-succeeded", "failed": "hook-failed"}


# ---------------------------------------------------------------------------------------------------------- writing


def encode(release: Release) -> str:
    """The payload of a record: base64 (standard alphabet, padded) of gzip of the release's JSON."""
    return base64.b64encode(compress(release_json(release).encode("utf-8", "surrogatepass"))).decode("ascii")


def compress(data: bytes) -> bytes:
    """gzip with Go's header; the compressed bytes may differ from Go's, the unpacked ones do not."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    return GZIP_HEADER + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def release_json(release: Release) -> str:
    """The JSON text of a release, as Go's ``json.Marshal`` writes Helm 4's struct."""
    fields: list[tuple[str, str]] = []
    _text(fields, "name", release.name)
    fields.append(("info", _info_json(release.info)))
    if release.chart:
        fields.append(("chart", _chart_text(release.chart)))
    if release.config:
        fields.append(("config", json_dumps(release.config)))
    _text(fields, "manifest", release.manifest)
    if release.hooks:
        fields.append(("hooks", "[" + ",".join(_hook_json(hook) for hook in release.hooks) + "]"))
    if release.version:
        fields.append(("version", str(release.version)))
    _text(fields, "namespace", release.namespace)
    _text(fields, "apply_method", release.apply_method)
    _extra(fields, release.extra)
    return _object(fields)


def _chart_text(chart: JsonObject) -> str:
    """``_ordered``, cached for a chart that is written several times.

    That is for its size, as pending, and as deployed.
    """
    for known, text in _written:
        if known is chart:
            return text
    text = _ordered(chart)
    _written.append((chart, text))
    del _written[:-_AT_A_TIME]
    return text


def _info_json(info: Info) -> str:
    fields: list[tuple[str, str]] = []
    for key in ("first_deployed", "last_deployed", "deleted", "description"):
        _text(fields, key, getattr(info, key))
    _text(fields, "status", info.status.value)
    if info.rollback_revision:
        fields.append(("rollback_revision", str(info.rollback_revision)))
    _text(fields, "notes", info.notes)
    _extra(fields, info.extra)
    return _object(fields)


def _hook_json(hook: Hook) -> str:
    fields: list[tuple[str, str]] = []
    for key in ("name", "kind", "path", "manifest"):
        _text(fields, key, getattr(hook, key))
    _strings(fields, "events", hook.events)
    run: list[tuple[str, str]] = []
    _text(run, "started_at", hook.last_run.started_at)
    _text(run, "completed_at", hook.last_run.completed_at)
    run.append(("phase", json_dumps(hook.last_run.phase)))
    fields.append(("last_run", _object(run)))
    if hook.weight:
        fields.append(("weight", str(hook.weight)))
    _strings(fields, "delete_policies", hook.delete_policies)
    _strings(fields, "output_log_policies", hook.output_log_policies)
    _extra(fields, hook.extra)
    return _object(fields)


def _object(fields: Iterable[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{json_dumps(key)}:{text}" for key, text in fields) + "}"


def _text(fields: list[tuple[str, str]], key: str, value: str) -> None:
    if value:
        fields.append((key, json_dumps(value)))


def _strings(fields: list[tuple[str, str]], key: str, value: list[str]) -> None:
    if value:
        fields.append((key, json_dumps(list(value))))


def _extra(fields: list[tuple[str, str]], extra: Mapping[str, Json]) -> None:
    fields.extend((key, _ordered(value)) for key, value in extra.items())


def _ordered(value: Json) -> str:
    """JSON of structs: keys in their order, except for maps of Go."""
    if isinstance(value, dict):
        return _object((key, json_dumps(item) if key in _MAPS else _ordered(item)) for key, item in value.items())
    if isinstance(value, list):
        return "[" + ",".join(_ordered(item) for item in value) + "]"
    return json_dumps(value)


# ---------------------------------------------------------------------------------------------------------- reading


def decode(payload: str) -> Release:
    """The release that a record's payload holds.

    :raises ReleaseError: the payload is not base64, not gzip, or not the JSON of a release.
    """
    try:
        data = base64.b64decode(payload, validate=False)
        if len(data) > 3 and data[:3] == GZIP_MAGIC:
            data = _unzip(data)
        tree = json_loads(data.decode("utf-8", "replace"))
    except binascii.Error as error:
        raise ReleaseError("The record cannot be read: it is not base64") from error
    except zlib.error as error:
        raise ReleaseError("The record cannot be read: its gzip data is damaged") from error
    except ValueError as error:
        raise ReleaseError(f"The record cannot be read: {plain_text(error, 200)}") from error
    if not isinstance(tree, dict):
        raise ReleaseError("The record cannot be read: its JSON is not an object")
    try:
        return _release(tree)
    except _NotARelease as error:
        raise ReleaseError(f"The record cannot be read: it is not the JSON of a release ({error})") from error


class _NotARelease(Exception):
    """The message says which key has a value of the wrong type."""


def _text_at(tree: Mapping[str, Json], key: str) -> str:
    value = tree.get(key)
    if value is not None and not isinstance(value, str):
        raise _NotARelease(f"{key} is not a string")
    return value or ""


def _number_at(tree: Mapping[str, Json], key: str) -> int:
    value = tree.get(key)
    if value is not None and (not isinstance(value, (int, float)) or value != int(value)):
        raise _NotARelease(f"{key} is not an integer")
    return int(value or 0)


def _object_at(tree: Mapping[str, Json], key: str) -> JsonObject:
    value = tree.get(key)
    if value is not None and not isinstance(value, dict):
        raise _NotARelease(f"{key} is not an object")
    return value or {}


def _list_at(tree: Mapping[str, Json], key: str, kind: type, word: str) -> list[Json]:
    value = tree.get(key)
    if value is not None and not (isinstance(value, list) and all(item is None or isinstance(item, kind) for item in value)):
        raise _NotARelease(f"{key} is not a list of {word}")
    return [item for item in value or () if item is not None]


def _unzip(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(31)
    text = unpacker.decompress(data, MAX_JSON)
    if unpacker.unconsumed_tail:
        raise ValueError(f"it unpacks to more than any release holds ({MAX_JSON // 1024 // 1024} MiB)")
    if not unpacker.eof:
        raise ValueError("its gzip data ends too early")
    return text


def _release(tree: JsonObject) -> Release:
    return Release(
        name=_text_at(tree, "name"),
        namespace=_text_at(tree, "namespace"),
        version=_number_at(tree, "version"),
        info=_info(_object_at(tree, "info")),
        chart=_checked_chart(_object_at(tree, "chart")),
        config=dict(_object_at(tree, "config")),
        manifest=_text_at(tree, "manifest"),
        hooks=[_hook(item) for item in _list_at(tree, "hooks", dict, "objects") if item],
        apply_method=_text_at(tree, "apply_method"),
        extra=_unknown(tree, _RELEASE_KEYS),
    )


def _checked_chart(chart: JsonObject) -> JsonObject:
    """The chart as it was read, whose parts that are used have the right types."""
    metadata = _object_at(chart, "metadata")
    for key in ("name", "version", "appVersion"):
        _text_at(metadata, key)
    _object_at(chart, "values")
    for key in ("files", "templates"):
        for file in _list_at(chart, key, dict, "objects"):
            _text_at(file, "name")
            _text_at(file, "data")
    return dict(chart)


def _info(tree: JsonObject) -> Info:
    return Info(
        first_deployed=_text_at(tree, "first_deployed"),
        last_deployed=_text_at(tree, "last_deployed"),
        deleted=_text_at(tree, "deleted"),
        description=_text_at(tree, "description"),
        status=status_of(_text_at(tree, "status")),
        rollback_revision=_number_at(tree, "rollback_revision"),
        notes=_text_at(tree, "notes"),
        extra=_unknown(tree, _INFO_KEYS),
    )


def _hook(tree: JsonObject) -> Hook:
    run = _object_at(tree, "last_run")
    return Hook(
        name=_text_at(tree, "name"),
        kind=_text_at(tree, "kind"),
        path=_text_at(tree, "path"),
        manifest=_text_at(tree, "manifest"),
        events=_spelled(_list_at(tree, "events", str, "texts"), _EVENT_SPELLINGS),
        last_run=HookExecution(_text_at(run, "started_at"), _text_at(run, "completed_at"), _text_at(run, "phase")),
        weight=_number_at(tree, "weight"),
        delete_policies=_spelled(_list_at(tree, "delete_policies", str, "texts"), _POLICY_SPELLINGS),
        output_log_policies=_spelled(_list_at(tree, "output_log_policies", str, "texts"), _POLICY_SPELLINGS),
        extra=_unknown(tree, _HOOK_KEYS),
    )


def status_of(word: str) -> Status:
    """A status as Helm 3, Helm 4 or helm-2to3 spell it; ``UNKNOWN`` for what none of them writes."""
    word = word.lower().replace("_", "-")
    try:
        return Status(_STATUS_SPELLINGS.get(word, word))
    except ValueError:
        return Status.UNKNOWN


def _spelled(words: Json, spellings: Mapping[str, str]) -> list[str]:
    plain = [str(word).lower().replace("_", "-") for word in words or []]
    return [spellings.get(word, word) for word in plain]


def _unknown(tree: JsonObject, known: tuple[str, ...]) -> JsonObject:
    return {key: value for key, value in tree.items() if key not in known}


# ------------------------------------------------------------------------------------------------------------ chart


def chart_json(chart: Chart) -> JsonObject:
    """The chart as a release stores it: the root's files and values, never its subcharts.

    Helm's field for subcharts is private. Keys have Go's order. Call it after dependencies were processed: Helm stores the values with the
    imported ones in it.
    """
    values: JsonObject | None = chart.values
    if not values and not any(file.name == "values.yaml" for file in chart.raw):
        values = None  # a nil map is null, an empty file's map is {}
    tree: JsonObject = {
        "metadata": metadata_tree(chart.metadata),
        "lock": None,
        "templates": [_file(file) for file in chart.templates] or None,
        "values": values,
        "schema": base64.b64encode(chart.schema).decode("ascii") if chart.schema is not None else None,
        "schemamodtime": go_time(chart.schema_modtime) if chart.schema_modtime else ZERO_TIME,
        "files": [_file(file) for file in chart.files] or None,
    }
    if chart.lock:
        tree["lock"] = lock_tree(chart.lock)
    modtime = next((file.modtime for file in chart.raw if file.name == "Chart.yaml"), None)
    if modtime:
        tree["modtime"] = go_time(modtime)
    return tree


def _file(file: File) -> JsonObject:
    tree = {"name": file.name, "data": base64.b64encode(file.data).decode("ascii")}
    if file.modtime:
        tree["modtime"] = go_time(file.modtime)
    return tree


def go_time(moment: datetime) -> str:
    """RFC 3339 as Go prints it: fractions to the nanosecond without trailing zeros, ``Z`` for no offset.

    >>> from datetime import timezone
    >>> go_time(datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=timezone.utc))
    '2026-01-02T03:04:05.12Z'
    """
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    if len(text) < 19:  # strftime does not pad years below 1000
        text = text.rjust(19, "0")
    fraction = f"{moment.microsecond:06d}{getattr(moment, 'nanoseconds', 0):03d}".rstrip("0")
    if fraction:
        text += f".{fraction}"
    offset = moment.utcoffset()
    if not offset:
        return text + "Z"
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{text}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
