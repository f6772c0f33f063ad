# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""ChartMuseum's API: where it is, and what its answers say (ChartMuseum: README.md; helm-push).

The API of a repository is at ``<context path>/api/<rest of the repository's path>/charts``. The context path is in the repository's index,
as ``serverInfo.contextPath``; without it, it is empty. Harbor (``/chartrepo/PROJECT``), Gitea and GitLab have the same API.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote, unquote

from ..aliases import JsonObject
from ..plain_text import plain_text
from ..web import split_web

_CONTEXT = re.compile(rb"""["']?serverInfo["']?[ \t]*:\s*\{?\s*["']?contextPath["']?[ \t]*:[ \t]*["']?([^"'\s},]{1,1000})""")


def context_path(index: bytes) -> str:
    """The context path that an index states; empty: none.

    The index is not parsed, as it may have tens of megabytes.
    """
    found = _CONTEXT.search(index)
    return found[1].decode("utf-8", "replace") if found else ""


def api_url(repository: str, context: str) -> str:
    """The URL of the API of a repository, without ``/charts`` at its end.

    A context path replaces the beginning of the repository's path, part by part: GitLab states the number of a project in place of its
    encoded name, and Gitea the name of an owner as it was created, while every spelling of it is accepted.
    """
    parts = split_web(repository)
    path = [part for part in parts.path.split("/") if part]
    prefix = [part for part in context.split("/") if part]
    if not all(_same(one, other) for one, other in zip(path, prefix, strict=False)) or len(prefix) > len(path):
        prefix = []
    rest = path[len(prefix) :]
    return parts._replace(path="/" + "/".join([*prefix, "api", *rest]), query="", fragment="").geturl()


def chart_url(api: str, name: str, version: str) -> str:
    return f"{api}/charts/{quote(name, safe='')}/{quote(version, safe='')}"


def archive_url(repository: str, stated: str) -> str:
    """The URL of an archive at the repository's own host, if the index names another host.

    Gitea states its public URL, also where it is reached by another name. Credentials are sent to the repository's own host only. A
    repository at the root of a host is left out, since every path is below it.
    """
    own, parts = split_web(repository), split_web(stated)
    folder = own.path.rstrip("/") + "/"
    if folder == "/" or not parts.path.lower().startswith(folder.lower()):
        return stated
    return parts._replace(scheme=own.scheme, netloc=own.netloc).geturl()


def stated_digest(body: bytes) -> str:
    """The digest in the answer about a version, in hex; empty: it has none.

    Harbor's answer has it below ``metadata``.
    """
    facts = _object(body)
    inner = facts.get("metadata")
    for source in (facts, inner if isinstance(inner, dict) else {}):
        digest = source.get("digest")
        if isinstance(digest, str) and digest:
            return digest.lower().removeprefix("sha256:")
    return ""


def reports_missing(body: bytes) -> bool:
    """Whether the answer with status 404 is about a chart, not about a path that the server does not know."""
    error = _object(body).get("error")
    return isinstance(error, str) and "chart" in error


def error_text(body: bytes) -> str:
    """The server's reason; empty: none that can be shown."""
    facts = _object(body)
    for key in ("error", "message"):
        if isinstance(facts.get(key), str):
            return plain_text(facts[key], 200)
    text = body[:300].decode("utf-8", "replace")
    return "" if "<" in text else plain_text(text, 200)


def _same(part: str, stated: str) -> bool:
    return unquote(part).lower() == unquote(stated).lower() or "%2f" in part.lower()


def _object(body: bytes) -> JsonObject:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
