# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What is taken out of results, diffs and logs. Structure stays, so that a reader sees which keys exist; leaves go.

Values of a release are secret until a task says otherwise (``return_values``); the data of a Secret object always is.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
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


#: shorter ones are in every text by chance; as values of a release they are masked where they stand
SHORTEST = 4


def texts_of(value: Any) -> set[str]:
    """What to look for in results so that a secret is in none of them: its texts, their lines, their base64 and JSON forms.

    Truth values and what is shorter than four characters are left out: masked everywhere they would leave nothing to read.
    """
    return {form for text in _leaves(value) for form in _forms(text) if len(form) >= SHORTEST}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, float) and value.is_integer():
        yield str(int(value))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)


def _forms(text: str) -> Iterator[str]:
    if len(text.strip()) < SHORTEST or text in ("true", "false", "null"):
        return
    yield text
    yield text.strip()
    data = text.encode("utf-8", "surrogateescape")
    yield base64.b64encode(data).decode()
    yield base64.b64encode(data.strip()).decode()
    yield json.dumps(text)[1:-1]
    if "\n" in text.strip():
        yield from (line.strip() for line in text.splitlines() if len(line.strip()) >= 2 * SHORTEST)


def at_paths(values: Any, paths: list[str]) -> Iterator[Any]:
    """What stands at paths such as ``auth.password``, ``users[*].token``, ``tls``, ``a\\.b.c``; ``*`` is any key or item."""
    for path in paths:
        parts = [part.replace("\0", ".") for part in re.split(r"\.|(?=\[)", path.replace("\\.", "\0")) if part]
        yield from _at(values, parts)


def _at(value: Any, parts: list[str]) -> Iterator[Any]:
    if not parts:
        yield value
        return
    head, rest = parts[0], parts[1:]
    index = head[1:-1] if head.startswith("[") and head.endswith("]") else head
    if isinstance(value, dict):
        inners = list(value.values()) if index == "*" else [value[index]] if index in value else []
    elif isinstance(value, list):
        inners = value if index == "*" else value[int(index) : int(index) + 1] if index.isdigit() else []
    else:
        inners = []
    for inner in inners:
        yield from _at(inner, rest)


def without_secrets(value: Any, secrets: set[str]) -> Any:
    """A result in which none of these texts stands; longer ones go first. Keys stay, as playbooks read by them."""
    if not secrets:
        return value
    pattern = re.compile("|".join(re.escape(text) for text in sorted(secrets, key=len, reverse=True)))
    return _without(value, pattern)


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner, pattern) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(inner, pattern) for inner in value]
    if isinstance(value, str):
        return pattern.sub(MASK, value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and pattern.fullmatch(str(value)):
        return MASK
    return value


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
    if masked.get("values_from"):
        masked["values_from"] = [_source(entry, show=bool(masked.get("return_values"))) for entry in masked["values_from"]]
    if isinstance(masked.get("kubeconfig"), dict):
        masked["kubeconfig"] = MASK
    if isinstance(masked.get("releases"), list):  # entries of chart_releases, as they were written
        masked["releases"] = [_entry(entry) for entry in masked["releases"]]
        masked["defaults"] = _entry(masked.get("defaults"))
    if "values" in masked and "release_values" in params:
        masked["values"] = masked["release_values"]  # the alias is listed too
    return masked


def _source(entry: dict[str, Any], *, show: bool) -> dict[str, Any]:
    """An entry of ``values_from``: a text says nothing about its shape, so it goes as a whole."""
    content = entry.get("content")
    if content is None or (show and not entry.get("sensitive")):
        return entry
    return {**entry, "content": mask_leaves(content)}


def _entry(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    shown = {**entry}
    for name in ("values", "release_values"):
        if isinstance(shown.get(name), dict):
            shown[name] = mask_leaves(shown[name])
    sets = shown.get("set_values")
    if isinstance(sets, list):
        shown["set_values"] = [
            {**one, "value": mask_set_value(str(one.get("value", "")))} if isinstance(one, dict) else MASK for one in sets
        ]
    sources = shown.get("values_from")
    if isinstance(sources, list):
        shown["values_from"] = [_source(one, show=False) if isinstance(one, dict) else MASK for one in sources]
    return shown
