# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The kinds that a server serves, from a table of built-in kinds and from its discovery.

Discovery is cached on disk for ten minutes. Aggregated discovery (Kubernetes 1.26 and later) takes two requests; for a server that answers
with the old lists, each group takes one. A kind that is in neither is unknown only after fresh discovery.

Discovery may be partial: an aggregated API whose own server is down is ``Stale``, or its group answers with an error. Its kinds are left
out of ``api_versions``, as in client-go, but they are not unknown: ``resource`` raises ``KindUnavailable`` for them. Partial discovery
is not cached on disk, and in memory for a minute only.

The file: ``$XDG_CACHE_HOME/windlass-charts/discovery/KEY.json``, mode 0600, written in one step. KEY is a digest over the server, its
authority and the identity (RBAC does not change discovery, but a proxy in between may). A file that is too old, truncated, of another form
or of another owner is ignored. Each write removes files that are too old and all but the newest 100, since a short-lived token is a new
identity.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..._engine.aliases import Json
from ..._engine.errors import Forbidden, NotFound, Rejected, ServerBusy
from ..._engine.ports import Resource
from ..cache_home import cache_folder
from .builtin_kinds import BUILTIN
from .config.config import Connection
from .status import kind_unavailable, unknown_kind

LIFE_SECONDS = 600.0
PARTIAL_SECONDS = 60.0
MAX_FILES = 100
MAX_BYTES = 1 << 26
FORM = 1
_ACCEPT = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
ACCEPT = ",".join([_ACCEPT.format("v2"), _ACCEPT.format("v2beta1"), "application/json"])

Fetch = Callable[[str, str], Json]
Found = list[tuple[str, str, bool]]  # kind, plural (of a subresource: with a slash), namespaced


@dataclass
class Served:
    """``versions``: Helm's set, ``group/version`` and ``group/version/Kind``.

    ``resources``: (apiVersion, kind) -> (plural, namespaced). ``written``: seconds since 1970. ``unavailable``: apiVersions whose kinds are
    not known, since their API is down.
    """

    versions: frozenset[str]
    resources: dict[tuple[str, str], tuple[str, bool]]
    written: float
    unavailable: frozenset[str] = frozenset()


class Discovery:
    """One server's kinds.

    :param fetch: GET of a path with an Accept header; raises ``ClusterError``.
    """

    def __init__(self, connection: Connection, fetch: Fetch) -> None:
        self._fetch = fetch
        self._host = connection.host
        self._file = cache_file(connection)
        self._served: Served | None = None
        self._requests_sent = 0

    def api_versions(self) -> frozenset[str]:
        return self._known().versions

    def unavailable_versions(self) -> frozenset[str]:
        return self._known().unavailable

    def resource(self, api_version: str, kind: str) -> Resource:
        """Raises ``UnknownKind``, ``KindUnavailable``."""
        for name, plural, namespaced in BUILTIN.get(api_version, ()):
            if name == kind:
                return Resource(api_version, kind, plural, namespaced)
        return self.listed(api_version, kind)

    def listed(self, api_version: str, kind: str) -> Resource:
        """The kind as discovery lists it, without the table of built-in kinds.

        Raises ``UnknownKind``, ``KindUnavailable``.
        """
        requests_sent = self._requests_sent
        found = self._known().resources.get((api_version, kind))
        if found is None and self._requests_sent == requests_sent:  # what is known is older than this question
            self.invalidate()
            found = self._known().resources.get((api_version, kind))
        if found is None:
            if api_version in self._known().unavailable:
                raise kind_unavailable(api_version, kind, self._host)
            raise unknown_kind(api_version, kind, self._host)
        return Resource(api_version, kind, found[0], found[1])

    def invalidate(self) -> None:
        """Drops the result, so that the next use sends a request."""
        self._served = None
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink()

    def _known(self) -> Served:
        if self._served is None or not 0 <= time.time() - self._served.written < _life(self._served):
            self._served = read_cache(self._file)
        if self._served is None:
            self._served = self._request_all()
            self._requests_sent += 1
            if not self._served.unavailable:
                write_cache(self._file, self._served)
        return self._served

    def _request_all(self) -> Served:
        versions: set[str] = set()
        unavailable: set[str] = set()
        resources: dict[tuple[str, str], tuple[str, bool]] = {}
        for root in ("/api", "/apis"):
            answer = self._fetch(root, ACCEPT)
            lists = _aggregated(answer) if answer.get("kind") == "APIGroupDiscoveryList" else self._one_by_one(root, answer)
            for group_version, found in lists:
                if found is None:
                    unavailable.add(group_version)
                    continue
                versions.add(group_version)
                for kind, plural, namespaced in found:
                    versions.add(f"{group_version}/{kind}")
                    if "/" not in plural:
                        resources.setdefault((group_version, kind), (plural, namespaced))
        return Served(frozenset(versions), resources, time.time(), frozenset(unavailable))

    def _one_by_one(self, root: str, answer: Mapping[str, Json]) -> Iterator[tuple[str, Found | None]]:
        """The kinds of each group version, by one request each.

        ``None``: its API is down or refuses the question.
        """
        if root == "/api":
            names = [str(version) for version in _items(answer, "versions")]
        else:
            versions = [version for group in _mappings(answer, "groups") for version in _mappings(group, "versions")]
            names = [str(version["groupVersion"]) for version in versions if version.get("groupVersion")]
        for name in names:
            try:
                listed = _mappings(self._fetch(f"{root}/{name}", "application/json"), "resources")
            except NotFound:
                yield name, []
            except (ServerBusy, Forbidden, Rejected):
                yield name, None
            else:
                named = [resource for resource in listed if resource.get("kind") and resource.get("name")]
                yield name, [(str(r["kind"]), str(r["name"]), bool(r.get("namespaced"))) for r in named]


def _life(served: Served) -> float:
    return PARTIAL_SECONDS if served.unavailable else LIFE_SECONDS


def _items(body: Mapping[str, Json], key: str) -> list[Json]:
    found = body.get(key)
    return found if isinstance(found, list) else []


def _mappings(body: Mapping[str, Json], key: str) -> list[Mapping[str, Json]]:
    """A list of objects; anything else that a faulty API may have put there is left out."""
    return [item for item in _items(body, key) if isinstance(item, Mapping)]


def _mapping(body: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    found = body.get(key)
    return found if isinstance(found, Mapping) else {}


def _aggregated(answer: Mapping[str, Json]) -> Iterator[tuple[str, Found | None]]:
    """The kinds of each group version; ``None``: its API is down."""
    for group in _mappings(answer, "items"):
        name = str(_mapping(group, "metadata").get("name") or "")
        for version in _mappings(group, "versions"):
            number = str(version.get("version") or "")
            api_version = f"{name}/{number}" if name else number
            if version.get("freshness") == "Stale":
                yield api_version, None
                continue
            found = []
            for resource in _mappings(version, "resources"):
                namespaced, plural = resource.get("scope") == "Namespaced", str(resource.get("resource") or "")
                for each, path in [(resource, plural), *((sub, f"{plural}/") for sub in _mappings(resource, "subresources"))]:
                    kind = str(_mapping(each, "responseKind").get("kind") or "")
                    if kind and plural:
                        found.append((kind, path, namespaced))
            yield api_version, found


def cache_file(connection: Connection) -> Path | None:
    """The file for the answer of this server to this identity; ``None`` where nothing can be cached."""
    who = connection.credentials
    plugin = repr((who.plugin.command, who.plugin.arguments)) if who.plugin else ""
    parts: list[bytes] = [_bytes(connection.server), connection.ca, _bytes(who.token), who.certificate, _bytes(who.username)]
    parts += [_bytes(str(who.token_file or "")), _bytes(plugin), _bytes(repr(connection.impersonate))]
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    folder = cache_folder(connection.environ, "discovery")
    return folder / f"{digest[:40]}.json" if folder is not None else None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogatepass")


def read_cache(path: Path | None) -> Served | None:
    """``None``: there is no file, or none that can be trusted."""
    if path is None:
        return None
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # a pipe must not be waited for
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o022 or facts.st_size > MAX_BYTES:
                return None
            body = json.loads(file.read())
        if body["form"] != FORM or not 0 <= time.time() - float(body["written"]) < LIFE_SECONDS:
            return None
        resources = {(str(version), str(kind)): (str(plural), bool(namespaced)) for version, kind, plural, namespaced in body["resources"]}
        return Served(frozenset(str(v) for v in body["versions"]), resources, float(body["written"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def write_cache(path: Path | None, served: Served) -> None:
    """Write the file and remove old ones.

    A home that cannot be written costs the next task two requests, no more.
    """
    if path is None:
        return
    from ..cache_home import prune, store

    body = {
        "form": FORM,
        "written": served.written,
        "versions": sorted(served.versions),
        "resources": [[version, kind, plural, namespaced] for (version, kind), (plural, namespaced) in sorted(served.resources.items())],
    }
    if store(path, json.dumps(body, separators=(",", ":")).encode()):
        prune(path.parent, seconds=LIFE_SECONDS, files=MAX_FILES, limit=MAX_BYTES)
