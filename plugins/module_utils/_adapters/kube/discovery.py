# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What the server serves: from a table for built-in kinds, else from its discovery, kept on disk for ten minutes.

Aggregated discovery (Kubernetes 1.26 and later) takes two requests; a server that answers with the old lists is asked group by group.
Groups whose own server is down (``Stale``) are left out, as client-go does. A kind that is in neither is looked for once more with
fresh discovery before it is unknown.

The file: ``$XDG_CACHE_HOME/windlass-charts/discovery/KEY.json``, mode 0600, written in one step. KEY is a digest over the server, its
authority and who asks (RBAC does not shape discovery, but a proxy in between may). A file that is too old, cut off, of another form
or of another owner is not believed.
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
from typing import Any

from ..._engine.errors import ClusterError, NotFound
from ..._engine.ports import Resource
from .builtin_kinds import BUILTIN
from .config import Connection
from .status import unknown_kind

LIFE_SECONDS = 600.0
FORM = 1
_ACCEPT = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
ACCEPT = ",".join([_ACCEPT.format("v2"), _ACCEPT.format("v2beta1"), "application/json"])

Fetch = Callable[[str, str], Any]


@dataclass
class Served:
    """``versions``: Helm's set, ``group/version`` and ``group/version/Kind``. ``resources``: (apiVersion, kind) -> (plural, namespaced)."""

    versions: frozenset[str]
    resources: dict[tuple[str, str], tuple[str, bool]]
    written: float


class Discovery:
    """One server's kinds.

    :param fetch: GET of a path with an Accept header; raises ``ClusterError``.
    """

    def __init__(self, connection: Connection, fetch: Fetch) -> None:
        self._fetch = fetch
        self._host = connection.host
        self._file = cache_file(connection)
        self._served: Served | None = None
        self._asked = 0

    def api_versions(self) -> frozenset[str]:
        return self._known().versions

    def resource(self, api_version: str, kind: str) -> Resource:
        """Raises ``UnknownKind``."""
        for name, plural, namespaced in BUILTIN.get(api_version, ()):
            if name == kind:
                return Resource(api_version, kind, plural, namespaced)
        asked = self._asked
        found = self._known().resources.get((api_version, kind))
        if found is None and self._asked == asked:  # what we know is older than this question
            self.forget()
            found = self._known().resources.get((api_version, kind))
        if found is None:
            raise unknown_kind(api_version, kind, self._host)
        return Resource(api_version, kind, found[0], found[1])

    def forget(self) -> None:
        """The next question goes to the server."""
        self._served = None
        with suppress(OSError):
            self._file.unlink()

    def _known(self) -> Served:
        if self._served is None or not 0 <= time.time() - self._served.written < LIFE_SECONDS:
            self._served = read_cache(self._file)
        if self._served is None:
            self._served = self._ask()
            self._asked += 1
            write_cache(self._file, self._served)
        return self._served

    def _ask(self) -> Served:
        versions: set[str] = set()
        resources: dict[tuple[str, str], tuple[str, bool]] = {}
        for root in ("/api", "/apis"):
            answer = self._fetch(root, ACCEPT)
            lists = _aggregated(answer) if answer.get("kind") == "APIGroupDiscoveryList" else self._one_by_one(root, answer)
            for group_version, found in lists:
                versions.add(group_version)
                for kind, plural, namespaced in found:
                    versions.add(f"{group_version}/{kind}")
                    if "/" not in plural:
                        resources.setdefault((group_version, kind), (plural, namespaced))
        return Served(frozenset(versions), resources, time.time())

    def _one_by_one(self, root: str, answer: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, str, bool]]]]:
        if root == "/api":
            names = [str(version) for version in answer.get("versions") or ()]
        else:
            names = [str(v["groupVersion"]) for group in answer.get("groups") or () for v in group.get("versions") or ()]
        for name in names:
            try:
                listed = self._fetch(f"{root}/{name}", "application/json")
            except NotFound:
                listed = {}
            except ClusterError as error:
                if error.fields.get("status") != 503:
                    raise
                listed = {}  # an aggregated API whose own server is down: it serves nothing now
            yield name, [(str(r["kind"]), str(r["name"]), bool(r.get("namespaced"))) for r in listed.get("resources") or ()]


def _aggregated(answer: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, str, bool]]]]:
    for group in answer.get("items") or ():
        name = str((group.get("metadata") or {}).get("name") or "")
        for version in group.get("versions") or ():
            if version.get("freshness") == "Stale":
                continue
            found = []
            for resource in version.get("resources") or ():
                namespaced, plural = resource.get("scope") == "Namespaced", str(resource.get("resource") or "")
                for each, path in [(resource, plural), *((sub, f"{plural}/") for sub in resource.get("subresources") or ())]:
                    kind = str((each.get("responseKind") or {}).get("kind") or "")
                    if kind:
                        found.append((kind, path, namespaced))
            yield f"{name}/{version['version']}" if name else str(version["version"]), found


def cache_file(connection: Connection) -> Path:
    """Where the answer of this server to this identity is kept."""
    who = connection.credentials
    plugin = repr((who.plugin.command, who.plugin.arguments)) if who.plugin else ""
    parts: list[bytes] = [connection.server.encode(), connection.ca, who.token.encode(), who.certificate, who.username.encode()]
    parts += [str(who.token_file or "").encode(), plugin.encode(), repr(connection.impersonate).encode()]
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    environ = connection.environ
    home = environ.get("XDG_CACHE_HOME") or str(Path(environ.get("HOME") or "~").expanduser() / ".cache")
    return Path(home, "windlass-charts", "discovery", f"{digest[:40]}.json")


def read_cache(path: Path) -> Served | None:
    """``None``: nothing that may be believed."""
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
                return None
            body = json.loads(file.read())
        if body["form"] != FORM or not 0 <= time.time() - float(body["written"]) < LIFE_SECONDS:
            return None
        resources = {(str(version), str(kind)): (str(plural), bool(namespaced)) for version, kind, plural, namespaced in body["resources"]}
        return Served(frozenset(str(v) for v in body["versions"]), resources, float(body["written"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_cache(path: Path, served: Served) -> None:
    """Keeping it is a favour: a home that cannot be written costs the next task two requests, no more."""
    from ..private_files import write_private

    body = {
        "form": FORM,
        "written": served.written,
        "versions": sorted(served.versions),
        "resources": [[version, kind, plural, namespaced] for (version, kind), (plural, namespaced) in sorted(served.resources.items())],
    }
    with suppress(OSError):
        write_private(path, json.dumps(body, separators=(",", ":")).encode())
