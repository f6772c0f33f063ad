# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Writes the index of a chart repository (Helm: ``pkg/repo/v1/index.go``, ``pkg/cmd/repo_index.go``).

An entry is text that was written once. For an archive with the same digest and the same URL it is used again, so that most of an index is
copied. Different from Helm:

* ``created`` of such an entry stays; Helm writes the present time for every archive that it finds.
* An index without changes stays as it is; Helm writes a new ``generated``.
* Two versions that differ in their build metadata only (``1.0.0+a`` and ``1.0.0+b``) both stay when indexes are merged.
* ``+`` in the name of an archive is written as ``%2B``, since some servers read ``+`` as a space.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from ..aliases import Json, JsonObject, SortKey
from ..chart.index.entry import InvalidEntry, entry_fields
from ..chart.typed import ListOf, MapOf, RecordOf, WrongType, decode
from ..chart.versions import parsed
from ..errors import RepositoryError
from ..plain_text import plain_text
from ..yamlio.dump import dumps
from ..yamlio.errors import YamlError
from ..yamlio.load import loads_typed

if TYPE_CHECKING:
    from dataclasses import dataclass, field
else:
    from ..plain import dataclass, field

_TOP = RecordOf("IndexFile", "repo.IndexFile", {"annotations": MapOf("string"), "publicKeys": ListOf("string"), "serverInfo": "any"})
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
#: what Go leaves as it is in a path
_PATH = "$&+,/:;=@"
_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True)
class Entry:
    """One version of a chart. ``text``: the entry as it is in an index, YAML or JSON."""

    name: str
    version: str
    digest: str
    url: str
    created: str
    text: str


@dataclass
class IndexText:
    """An index as texts: the entries of each chart, newest first, and the other keys."""

    charts: dict[str, list[Entry]] = field(default_factory=dict)
    extra: JsonObject = field(default_factory=dict)
    #: entries that are left out because they are not valid
    skipped: list[str] = field(default_factory=list)

    def entries(self) -> Iterable[Entry]:
        for versions in self.charts.values():
            yield from versions


def archive_url(base: str, path: str) -> str:
    """The URL of an archive in an index (Helm: ``urlutil.URLJoin``).

    :param base: the URL of the repository, or empty for a URL relative to the index.
    :param path: of the archive, relative to the index.
    """
    name = quote(path.encode("utf-8", "surrogateescape"), safe=_PATH.replace("+", ""))
    if not base:
        return name
    try:
        parts = urlsplit(base)
    except ValueError:
        return posixpath.normpath(f"{base}/{name}")
    folder = quote(unquote(parts.path, errors="surrogateescape").encode("utf-8", "surrogateescape"), safe=_PATH)
    joined = posixpath.normpath(f"{folder}/{name}") if folder else name
    if parts.netloc:
        joined = "/" + joined.lstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, joined, parts.query, parts.fragment))


def new_entry(metadata: JsonObject, digest: str, url: str, created: str, *, as_json: bool) -> Entry:
    """The entry of an archive.

    :param metadata: Chart.yaml as ``metadata_tree`` returns it.
    """
    fields = {**metadata, "urls": [url], "created": created, "digest": digest}
    return _entry(fields, as_json)


def fields_of(entry: Entry, *, as_json: bool) -> JsonObject:
    """The fields of an entry from its text."""
    if as_json:
        return dict(json.loads(entry.text))
    return dict(loads_typed(entry.text)[0])


def _entry(fields: JsonObject, as_json: bool) -> Entry:
    text = _json_text(_in_go_order(fields), 6) if as_json else _yaml_text(fields)
    urls = fields.get("urls") or [""]
    return Entry(
        str(fields["name"]), str(fields["version"]), str(fields.get("digest", "")), str(urls[0]), str(fields.get("created", "")), text
    )


def _yaml_text(fields: JsonObject) -> str:
    """The entry as YAML in its place below a chart, ``  - apiVersion: v2`` and so on."""
    return dumps({"entries": {"c": [fields]}}).removeprefix("entries:\n  c:\n")


def _in_go_order(fields: JsonObject) -> JsonObject:
    """The fields as Go's encoder of JSON writes them.

    Maps have sorted keys, structs the order of their declaration.
    """
    out = dict(fields)
    if "annotations" in out:
        out["annotations"] = dict(sorted(out["annotations"].items()))
    if "dependencies" in out:
        out["dependencies"] = [
            {key: [_sorted(one) for one in value] if key == "import-values" else value for key, value in item.items()}
            for item in out["dependencies"]
        ]
    return out


def _sorted(value: Json) -> Json:
    return dict(sorted(value.items())) if isinstance(value, dict) else value


def _json_text(value: Json, indent: int) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\n" + " " * indent)
    for char, escape in _HTML.items():
        text = text.replace(char, escape)
    return text


# ---------------------------------------------------------------------------------------------------------- reading


def parse_index(data: bytes, source: str, *, as_json: bool) -> IndexText:
    """The entries of an index, YAML or JSON, with the texts that they will have.

    Invalid entries are left out as in Helm.

    :param as_json: the form of the texts. :raises RepositoryError: it is not an index.
    """
    if not data.strip():
        raise RepositoryError(f"The index {source} is empty.", helm=f"error loading {source}: empty index.yaml file", url=source)
    try:
        document = _document(data)
        top = decode(document if isinstance(document, dict) else {}, _TOP)
    except (YamlError, WrongType) as error:
        words = error.go_message if isinstance(error, YamlError) else str(error)
        raise RepositoryError(
            f"The index {source} is not valid: {plain_text(words)}.", helm=f"error loading {source}: {words}", url=source
        ) from None
    if not isinstance(document, dict) or not document.get("apiVersion"):
        raise RepositoryError(
            f"{source} is not the index of a chart repository: it has no apiVersion.",
            helm=f"error loading {source}: no API version specified",
            url=source,
        )
    entries = document.get("entries") or {}
    if not isinstance(entries, dict):
        raise RepositoryError(f"The index {source} is not valid: its entries are not a map.", url=source)
    found = IndexText(extra={key: value for key, value in top.items() if value})
    for name, versions in entries.items():
        for number, raw in enumerate(versions if isinstance(versions, list) else ()):
            try:
                entry = _entry(entry_fields(raw), as_json)
            except InvalidEntry as error:
                found.skipped.append(plain_text(f"{name}[{number}]: {error}", 300))
                continue
            found.charts.setdefault(entry.name, []).append(entry)
    for versions in found.charts.values():
        versions.sort(key=_newest_first, reverse=True)
    return found


def _document(data: bytes) -> Json:
    """The index as plain data: JSON where it is valid JSON, else YAML."""
    if data.lstrip().startswith(b"{"):
        try:
            return json.loads(data.decode("utf-8", "surrogateescape"))
        except (ValueError, RecursionError):
            pass  # it may be YAML in flow style
    return loads_typed(data)


def _newest_first(entry: Entry) -> tuple[bool, SortKey]:
    version = parsed(entry.version)
    return version is not None, version if version is not None else entry.version


# ---------------------------------------------------------------------------------------------------------- writing


def combine(archives: Iterable[Entry], merged: Iterable[Entry], before: IndexText) -> dict[str, list[Entry]]:
    """The entries of the new index.

    :param archives: of the archives in the folder. :param merged: of another index; those of the same name and version are left out.
    :param before: the index that is replaced: the versions of a chart that has the same entries keep their order.
    """
    charts: dict[str, list[Entry]] = {}
    present = set()
    for entry in archives:
        charts.setdefault(entry.name, []).append(entry)
        present.add((entry.name, entry.version))
    for entry in merged:
        if (entry.name, entry.version) not in present:
            charts.setdefault(entry.name, []).append(entry)
            present.add((entry.name, entry.version))
    for name, entries in charts.items():
        known = before.charts.get(name, [])
        if len(known) == len(entries) and {entry.text for entry in known} == {entry.text for entry in entries}:
            charts[name] = known
        else:
            entries.sort(key=_newest_first, reverse=True)
    return charts


def write_index(charts: dict[str, list[Entry]], extra: JsonObject, generated: str, *, as_json: bool) -> bytes:
    """The text of an index, charts by name."""
    names = sorted(charts, key=lambda name: name.encode("utf-8", "surrogateescape"))
    text = _as_json(charts, names, extra, generated) if as_json else _as_yaml(charts, names, extra, generated)
    return text.encode("utf-8", "surrogateescape")


def _as_yaml(charts: dict[str, list[Entry]], names: list[str], extra: JsonObject, generated: str) -> str:
    parts = []
    if extra.get("annotations"):
        parts.append(dumps({"annotations": extra["annotations"]}))
    parts.append("apiVersion: v1\n")
    parts.append("entries:\n" if names else "entries: {}\n")
    for name in names:
        plain = _PLAIN_NAME.match(name) and name not in _WORDS
        parts.append(f"  {name}:\n" if plain else f"  {dumps({name: []}).removesuffix(' []' + chr(10))}\n")
        parts += [entry.text for entry in charts[name]]
    parts.append(f'generated: "{generated}"\n')
    parts += [dumps({key: extra[key]}) for key in ("publicKeys", "serverInfo") if extra.get(key)]
    return "".join(parts)


def _as_json(charts: dict[str, list[Entry]], names: list[str], extra: JsonObject, generated: str) -> str:
    def member(key: str, value: Json) -> str:
        return f"  {_json_text(key, 0)}: {_json_text(value, 2)}"

    parts = [member("serverInfo", extra["serverInfo"])] if extra.get("serverInfo") else []
    parts += [member("apiVersion", "v1"), member("generated", generated)]
    lists = [f"    {_json_text(name, 0)}: [\n      {(',' + chr(10) + ' ' * 6).join(e.text for e in charts[name])}\n    ]" for name in names]
    parts.append('  "entries": {\n' + ",\n".join(lists) + "\n  }" if names else '  "entries": {}')
    parts += [member(key, extra[key]) for key in ("publicKeys", "annotations") if extra.get(key)]
    return "{\n" + ",\n".join(parts) + "\n}"
