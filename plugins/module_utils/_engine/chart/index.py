# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A repository's index: charts, versions and URLs of their archives (Helm: ``pkg/repo/v1/index.go``).

Pure: text in, entries out. Versions of one chart are sorted by semver, newest first, only when they are requested: an index may hold
tens of thousands of entries, and a task needs one chart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from ..aliases import Json, JsonObject, SortKey
from ..errors import ChartNotFound, RepositoryError
from ..plain_text import plain_text
from ..web import join, split_web
from ..yamlio.errors import YamlError
from ..yamlio.gojson import json_loads
from ..yamlio.load import loads
from .versions import constraint, parsed

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


@dataclass(frozen=True)
class ChartVersion:
    """One entry of an index: Chart.yaml's fields as written, the URLs of the archive, its sha256 in hex.

    The digest is empty if the index has none; anything but 64 hexadecimal digits is an error in the index.
    """

    name: str
    version: str
    urls: tuple[str, ...]
    digest: str
    metadata: JsonObject = field(compare=False, repr=False)


class Index:
    """A parsed index.

    :param entries: the index's ``entries``: chart name -> list of entries as written.
    :param source: the repository's URL, for sentences.
    """

    def __init__(self, entries: JsonObject, source: str) -> None:
        self._entries = entries
        self._source = source

    @property
    def names(self) -> list[str]:
        """The names of all charts, sorted."""
        return sorted(self._entries)

    def search(self, keyword: str) -> list[ChartVersion]:
        """The newest stable version of each chart that matches a word, sorted by name.

        Name, description and keywords are searched, regardless of case. ``""`` finds every chart. A chart that has only prereleases is not
        returned.

        Helm: ``helm search repo``.
        """
        found = []
        for name in self.names:
            stable = [e for e in self.versions(name) if (v := parsed(e.version)) is not None and not v.prerelease]
            if stable and keyword.lower() in _searched(stable[0]):
                found.append(stable[0])
        return found

    def versions(self, name: str) -> list[ChartVersion]:
        """All valid versions of a chart, newest first; versions that are not semver come last.

        :raises ChartNotFound: the index has no such chart.
        """
        if name not in self._entries:
            raise ChartNotFound(
                f"Repository {self._source} has no chart named {name!r}; it has {_some(self.names)}.",
                helm=f'chart "{name}" not found in {self._source} repository',
                chart=name,
                repository=self._source,
            )
        found = [_entry(name, e) for e in self._entries[name] or [] if isinstance(e, dict) and e.get("version")]
        return sorted(found, key=_newest_first, reverse=True)

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


def load_index(data: bytes, source: str) -> Index:
    """Parse ``index.yaml``, or JSON, which is recognized by its first character.

    Text that begins like JSON and is not valid JSON is parsed as YAML.

    :raises RepositoryError: empty, malformed, or not an index (no ``apiVersion``).
    """
    if not data.strip():
        raise RepositoryError(f"The index of repository {source} is empty.", helm="empty index.yaml file", url=source)
    try:
        document = json_loads(data.decode("utf-8", "replace")) if data.lstrip()[:1] == b"{" else loads(data)
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
    return Index({str(k): v if isinstance(v, list) else [] for k, v in entries.items()}, source)


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
        return loads(data)
    except YamlError as error:
        raise RepositoryError(
            f"The index of repository {source} is not YAML: {plain_text(error)}.", helm=error.go_message, url=source
        ) from error


def _entry(name: str, raw: JsonObject) -> ChartVersion:
    urls = raw.get("urls")
    return ChartVersion(
        name=name,
        version=_text(raw["version"]),
        urls=tuple(str(u) for u in urls) if isinstance(urls, list) else (),
        digest=str(raw.get("digest") or "").lower().removeprefix("sha256:"),
        metadata=raw,
    )


def _searched(entry: ChartVersion) -> str:
    keywords = entry.metadata.get("keywords")
    words = [entry.name, str(entry.metadata.get("description") or ""), *(keywords if isinstance(keywords, list) else [])]
    return "\v".join(map(str, words)).lower()


def _text(value: Json) -> str:
    """A version as text: in YAML a version without quotes is a number."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _newest_first(entry: ChartVersion) -> tuple[bool, SortKey]:
    found = parsed(entry.version)
    return (found is not None, found if found is not None else entry.version)


def _some(names: list[str], most: int = 8) -> str:
    """A list that stays readable."""
    if not names:
        return "none"
    return ", ".join(plain_text(name, 100) for name in names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
