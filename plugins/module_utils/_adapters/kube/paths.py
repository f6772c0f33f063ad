# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Paths of the API.

Every segment is escaped, and a name that is none is refused before a path is made of it. The rule is the API server's (apimachinery:
``pkg/api/validation/path``): a segment is not empty, not ``.`` or ``..``, and has no ``/`` and no ``%``. A namespace is a DNS label as
well. Without it, ``DELETE`` of an object without a name deletes a collection, and ``GET`` of one without a namespace lists all namespaces.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from ..._engine.errors import Rejected
from ..._engine.plain_text import plain_text
from ..._engine.ports import Resource

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\Z")
_LONGEST_NAME = 1024


def object_path(resource: Resource, namespace: str, name: str) -> str:
    """The path of one object. Raises ``Rejected`` for an empty or invalid namespace or name."""
    return f"{collection_path(resource, namespace)}/{_name(resource, name)}"


def collection_path(resource: Resource, namespace: str | None) -> str:
    """The path of a kind's objects.

    :param namespace: of a namespaced kind; ``None``: of all namespaces. Ignored for a kind of the cluster.
    :raises Rejected: the namespace is empty or invalid.
    """
    group, slash, version = resource.api_version.rpartition("/")
    root = f"/apis/{quote(group, safe='')}/{quote(version, safe='')}" if slash else f"/api/{quote(version, safe='')}"
    plural = quote(resource.plural, safe="")
    if not resource.namespaced or namespace is None:
        return f"{root}/{plural}"
    return f"{root}/namespaces/{_namespace(resource, namespace)}/{plural}"


def _namespace(resource: Resource, namespace: object) -> str:
    if not isinstance(namespace, str) or not _LABEL.match(namespace):
        raise _refused(resource, "namespace", namespace, "a lower-case DNS label of at most 63 characters")
    return namespace


def _name(resource: Resource, name: object) -> str:
    wrong = not isinstance(name, str) or not name or len(name) > _LONGEST_NAME or name in (".", "..") or "/" in name or "%" in name
    if wrong or any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in str(name)):
        raise _refused(resource, "name", name, "not empty, not '.' or '..', without '/', '%' and control characters")
    return quote(str(name), safe="")


def _refused(resource: Resource, field: str, value: object, rule: str) -> Rejected:
    shown = repr(plain_text(value, 80)) if value else "empty"
    return Rejected(
        f"The {field} of a {resource.kind} is {shown}; it must be {rule}. No request was sent.",
        api_version=resource.api_version,
        kind=resource.kind,
        causes=[{"field": f"metadata.{field}", "message": f"must be {rule}"}],
    )
