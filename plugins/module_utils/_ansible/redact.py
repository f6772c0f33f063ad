# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What is taken out of results, diffs and logs. Structure stays, so that a reader sees which keys exist; leaves go.

Values of a release are secret until a task says otherwise (``return_values``); the data of a Secret object always is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MASK = "********"


def mask_leaves(value: Any) -> Any:
    """The same shape with every scalar but ``None`` masked; empty maps and lists hold nothing and stay."""
    if isinstance(value, dict):
        return {key: mask_leaves(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [mask_leaves(inner) for inner in value]
    return None if value is None else MASK


def mask_object(obj: Any) -> Any:
    """A Kubernetes object without the data of a Secret (also inside a List)."""
    if not isinstance(obj, dict):
        return obj
    if obj.get("kind") == "Secret":
        return {key: mask_leaves(inner) if key in ("data", "stringData") else inner for key, inner in obj.items()}
    if isinstance(obj.get("items"), list) and str(obj.get("kind", "")).endswith("List"):
        return {**obj, "items": [mask_object(item) for item in obj["items"]]}
    return obj


def mask_manifest(text: str, loads: Callable[[str], Any], dumps: Callable[[Any], str]) -> str:
    """A manifest's text with the data of its Secrets masked; other documents stay as they were written.

    A document that names ``Secret`` and does not parse is left out whole: what cannot be read cannot be masked.
    """
    if "Secret" not in text:
        return text
    return "\n".join(_mask_document(part, loads, dumps) for part in _documents(text))


def _documents(text: str) -> list[str]:
    """The text cut in front of each ``---`` line; joined with newlines it is the text again."""
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.startswith("---") and parts[-1]:
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(part) for part in parts]


def _mask_document(text: str, loads: Callable[[str], Any], dumps: Callable[[Any], str]) -> str:
    if "Secret" not in text:
        return text
    head = [line for line in text.split("\n")[:2] if line.startswith(("---", "# Source:"))]
    try:
        obj = loads(text)
    except ValueError:
        return "\n".join([*head, "# left out: this document names a Secret and is not YAML"])
    masked = mask_object(obj)
    if masked is obj or masked == obj:
        return text
    return "\n".join([*head, dumps(masked).rstrip("\n")])


def mask_set_value(text: str) -> str:
    """``a.b=secret,c=d`` -> ``a.b=********``: a comma may stand inside a value, so everything after the first ``=`` goes."""
    key = text.partition("=")[0]
    return f"{key}={MASK}" if "=" in text else MASK


def mask_params(params: dict[str, Any]) -> dict[str, Any]:
    """A task's options for ``invocation`` and the system log. ``no_log`` options are Ansible's own business."""
    masked = dict(params)
    if not masked.get("return_values"):
        if masked.get("release_values"):
            masked["release_values"] = mask_leaves(masked["release_values"])
        if masked.get("set_values"):
            masked["set_values"] = [{**entry, "value": mask_set_value(str(entry.get("value", "")))} for entry in masked["set_values"]]
    if isinstance(masked.get("kubeconfig"), dict):
        masked["kubeconfig"] = MASK
    if "values" in masked and "release_values" in params:
        masked["values"] = masked["release_values"]  # the alias is listed too
    return masked
