# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Label and field selectors as an API server reads them, for the cluster in memory.

apimachinery: ``pkg/labels``, ``pkg/fields``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import Rejected

_KEY = r"[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_REQUIREMENT = re.compile(
    rf"\s*(?:(?P<key>{_KEY})\s*(?:(?P<op>==|=|!=)\s*(?P<value>{_VALUE})|\s+(?P<set>in|notin)\s*\((?P<values>[^()]*)\))?|!\s*(?P<without>{_KEY}))\s*\Z"
)
#: fields that a server can select by, in addition to the name and the namespace
FIELDS = {
    "Pod": {"spec.nodeName", "spec.restartPolicy", "status.phase", "status.podIP"},
    "Event": {"type", "reason", "reportingComponent", "involvedObject.kind", "involvedObject.name", "involvedObject.uid"},
    "Secret": {"type"},
    "Namespace": {"status.phase"},
}


def _parts(selector: str) -> list[str]:
    """Requirements, separated by commas outside of brackets."""
    return [part for part in re.split(r",(?![^()]*\))", selector) if part.strip()]


def has_labels(selector: str, labels: Mapping[str, str]) -> bool:
    """Whether labels fulfil a selector. Raises ``Rejected`` for one that is malformed."""
    fulfilled = [_fulfils(part, labels) for part in _parts(selector)]  # each is read, so that each is checked
    return all(fulfilled)


def _fulfils(text: str, labels: Mapping[str, str]) -> bool:
    found = _REQUIREMENT.match(text)
    if found is None:
        raise Rejected(f"unable to parse requirement: {text}", status=400, causes=[{"field": "", "message": text}])
    if found["without"]:
        return found["without"] not in labels
    value = labels.get(found["key"])
    if found["op"]:
        return value != found["value"] if found["op"] == "!=" else value == found["value"]
    if found["set"]:
        values = {item.strip() for item in found["values"].split(",")}
        return value not in values if found["set"] == "notin" else value in values
    return value is not None


def has_fields(selector: str, obj: Mapping[str, Any]) -> bool:
    """Whether an object has the fields of a selector.

    Raises ``Rejected`` for a field that no server selects by.
    """
    fulfilled = []
    for part in _parts(selector):
        path, operator, value = re.match(r"\s*([^=!]*?)\s*(==|=|!=)\s*(.*?)\s*\Z", part).groups()  # type: ignore[union-attr]
        if path not in {"metadata.name", "metadata.namespace"} | FIELDS.get(str(obj.get("kind")), set()):
            raise Rejected(f"field label not supported: {path}", status=400, causes=[{"field": path, "message": "not supported"}])
        found: Any = obj
        for key in path.split("."):
            found = (found or {}).get(key) if isinstance(found, Mapping) or found is None else None
        fulfilled.append((str(found or "") == value) is (operator != "!="))
    return all(fulfilled)
