# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A repository's index: charts, versions and URLs of their archives (Helm: ``pkg/repo/v1/index.go``).

Pure: text in, entries out. An index may hold tens of thousands of entries, and a task needs one chart: only that chart is parsed, where the
text allows it (``index_text``), and its parsed form is cached by the content of the index. Entries that Helm does not accept are left out.
"""

from __future__ import annotations

import marshal
import re
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit, urlunsplit

from ...aliases import Json, JsonObject
from ...errors import ChartNotFound, RepositoryError
from ...plain_text import plain_text
from ...ports import CompiledCache
from ...web import join, split_web
from ...yamlio.errors import YamlError
from ...yamlio.gojson import json_loads
from ...yamlio.load import loads_typed
from ..versions import constraint, parsed
from .entry import InvalidEntry, entry_fields
from .text import Outline, chart_in, outline

#: parts of the cache
_OUTLINE, _ALL = "outline", "all"
#: what a search returns
_FOUND = (
    "name",
    "version",
    "appVersion",
    "description",
    "keywords",
    "type",
    "kubeVersion",
    "home",
    "icon",
    "deprecated",
    "created",
    "digest",
    "urls",
)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


@dataclass(frozen=True)
class ChartVersion:
    """One entry of an index.

    The URLs of the archive, its SHA-256 in hex, and all fields as Helm reads them.

    The digest is empty if the index has none; anything but 64 hexadecimal digits is an error in the index.
    """

    name: str
    version: str
    urls: tuple[str, ...]
    digest: str
    metadata: JsonObject = field(compare=False, repr=False)


class Index:
    """An index.

    :param data: its text. :param source: the repository's URL, for sentences.
    :param cache: of parsed charts. :param digest: of the text, if it is known.
    :raises RepositoryError: empty, malformed, or not an index (no ``apiVersion``).
    """

    def __init__(self, data: bytes, source: str, cache: CompiledCache | None = None, digest: str = "") -> None:
        self._data = data
        self._source = source
        self._cache = cache
        self._digest = digest or (sha256(data).hexdigest() if cache else "")
        self._whole: JsonObject | None = None
        self._outline = self._find_outline()
        #: sentences about entries that were left out, as far as they were looked at
        self.skipped: list[str] = []

    @property
    def names(self) -> list[str]:
        """The names of all charts, sorted."""
        return sorted(self._outline)

    def versions(self, name: str) -> list[ChartVersion]:
        """All valid versions of a chart, newest first.

        :raises ChartNotFound: the index has no such chart.
        """
        if name not in self._outline:
            raise ChartNotFound(
                f"Repository {self._source} has no chart named {name!r}; it has {_some(self.names)}.",
                helm=f'chart "{name}" not found in {self._source} repository',
                chart=name,
                repository=self._source,
            )
        valid, skipped = self._listed(name)
        self.skipped += [sentence for sentence in skipped if sentence not in self.skipped]
        return [_version(name, fields) for fields in valid]

    def get(self, name: str, version: str = "") -> ChartVersion:
        """The requested version of a chart.

        An exact match, else the newest that the constraint allows; ``""`` is the newest stable version.

        Helm: ``IndexFile.Get``.

        :raises ChartNotFound: no version matches. The message lists existing ones.
        """
        versions = self.versions(name)
        for entry in versions:
            if version and entry.version == version:
                return entry
        allowed = constraint(version or "*", name)
        for entry in versions:
            found = parsed(entry.version)
            if found is not None and allowed.check(found):
                return entry
        there = _some([e.version for e in versions])
        wanted = f"version {version!r}" if version else "a stable version"
        raise ChartNotFound(
            f"Repository {self._source} has no {wanted} of chart {name!r}; it has {there}.",
            helm=f'chart "{name}"' + (f' version "{version}"' if version else "") + f" not found in {self._source} repository",
            chart=name,
            version=version,
            repository=self._source,
        )

    def everything(self) -> dict[str, list[ChartVersion]]:
        """All charts with their versions, as ``versions``; of the metadata, the fields that a search returns."""
        cached = self._cached(_ALL)
        if cached is None:
            texts: dict[str, str] = {}
            cached = {}
            for name in self.names:
                valid, skipped = self._listed(name, store=False)
                cached[name] = [_found(fields, texts) for fields in valid], skipped
            self._store(_ALL, cached)
        for _valid, skipped in cached.values():
            self.skipped += [sentence for sentence in skipped if sentence not in self.skipped]
        return {name: [_version(name, fields) for fields in valid] for name, (valid, _skipped) in cached.items() if valid}

    # --- what is parsed, and what is cached of it

    def _find_outline(self) -> Outline:
        cached = self._cached(_OUTLINE)
        if cached is not None:
            return dict(cached)
        if not self._data.strip():
            raise RepositoryError(f"The index of repository {self._source} is empty.", helm="empty index.yaml file", url=self._source)
        found = outline(self._data)
        if found is None:
            found = dict.fromkeys(self._parse(), (0, 0))
        self._store(_OUTLINE, found)
        return found

    def _listed(self, name: str, *, store: bool = True) -> tuple[list[JsonObject], list[str]]:
        """The fields of the valid entries of a chart, newest first, and sentences about the others."""
        cached = self._cached(f"chart {name}") if store else None
        if cached is None:
            cached = _sorted(name, self._entries(name), self._source)
            if store:
                self._store(f"chart {name}", cached)
        valid, skipped = cached
        return valid, skipped

    def _entries(self, name: str) -> list[Json]:
        place = self._outline[name]
        found = chart_in(self._data, place, name) if self._whole is None and place[1] else None
        if found is None:
            entries = self._parse().get(name)
            found = entries if isinstance(entries, list) else []
        return found

    def _parse(self) -> JsonObject:
        """All entries as written, by chart."""
        if self._whole is None:
            self._whole = _parse(self._data, self._source)
        return self._whole

    def _cached(self, part: str) -> Json:
        data = self._cache.get(f"index {self._digest} {part}") if self._cache else None
        return None if data is None else marshal.loads(data)  # noqa: S302  the cache authenticates its entries

    def _store(self, part: str, value: Json) -> None:
        if self._cache:
            self._cache.put(f"index {self._digest} {part}", marshal.dumps(value))


def load_index(data: bytes, source: str, cache: CompiledCache | None = None, digest: str = "") -> Index:
    """An index from ``index.yaml``, or JSON, which is recognized by its first character.

    Text that begins like JSON and is not valid JSON is parsed as YAML. Parameters and errors as those of ``Index``.
    """
    return Index(data, source, cache, digest)


def _parse(data: bytes, source: str) -> JsonObject:
    """The entries of an index. Raises ``RepositoryError``."""
    try:
        document = json_loads(data.decode("utf-8", "replace")) if data.lstrip()[:1] == b"{" else loads_typed(data)
    except YamlError as error:
        raise RepositoryError(
            f"The index of repository {source} is not YAML: {plain_text(error)}.", helm=error.go_message, url=source
        ) from error
    except ValueError:
        document = _as_yaml(data, source)
    if not isinstance(document, dict) or not document.get("apiVersion"):
        raise RepositoryError(
            f"{source} did not return a chart repository index: it has no apiVersion. Check that the URL is the root of a chart "
            "repository.",
            helm="no API version specified",
            url=source,
        )
    entries = document.get("entries") or {}
    if not isinstance(entries, dict):
        raise RepositoryError(f"The index of repository {source} is malformed: its entries are not a map.", url=source)
    return {str(name): versions for name, versions in entries.items()}


def _sorted(name: str, entries: list[Json], source: str) -> tuple[list[JsonObject], list[str]]:
    """The fields of the valid entries, newest first, and sentences about the others."""
    valid, skipped = [], []
    for number, raw in enumerate(entries):
        try:
            fields = entry_fields(raw)
            valid.append((parsed(fields["version"]), fields))
        except InvalidEntry as error:
            where = f"entry {number + 1} of chart {plain_text(name, 100)}"
            skipped.append(f"The index of repository {source} has an invalid {where}, which is ignored: {plain_text(str(error), 200)}.")
    valid.sort(key=lambda pair: (pair[0] is not None, pair[0]), reverse=True)
    return [fields for _version_of, fields in valid], skipped


def _found(fields: JsonObject, texts: dict[str, str]) -> JsonObject:
    """The fields that a search returns.

    :param texts: those that were seen: most are the same in all versions, and are stored once.
    """
    found = {key: fields[key] for key in _FOUND if key in fields}
    for key, value in found.items():
        if isinstance(value, str):
            found[key] = texts.setdefault(value, value)
        elif isinstance(value, list):
            found[key] = [texts.setdefault(text, text) if isinstance(text, str) else text for text in value]
    return found


def _version(name: str, fields: JsonObject) -> ChartVersion:
    return ChartVersion(
        name=name,
        version=fields["version"],
        urls=tuple(url or "" for url in fields["urls"]),
        digest=fields.get("digest", "").lower().removeprefix("sha256:"),
        metadata=fields,
    )


def resolve_url(base: str, reference: str) -> str:
    """The URL of an archive (Helm: ``ResolveReferenceURL``).

    An absolute URL is not changed; others are resolved against the repository's URL with a slash at its end, whose query they inherit.

    :raises RepositoryError: one of them is not a valid URL.
    """
    if _SCHEME.match(reference):
        return reference
    parts = split_web(base)
    root = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/", "", ""))
    joined = urlsplit(join(root, reference))
    return urlunsplit((joined.scheme, joined.netloc, joined.path, parts.query, ""))


def _as_yaml(data: bytes, source: str) -> Json:
    """Parses text that begins like JSON as YAML: it may be a flow mapping."""
    try:
        return loads_typed(data)
    except YamlError as error:
        raise RepositoryError(
            f"The index of repository {source} is not YAML: {plain_text(error)}.", helm=error.go_message, url=source
        ) from error


def _some(names: list[str], most: int = 8) -> str:
    """A list that stays readable."""
    if not names:
        return "none"
    return ", ".join(plain_text(name, 100) for name in names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
