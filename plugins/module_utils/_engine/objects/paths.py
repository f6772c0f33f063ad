# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Paths of fields in an object: in notation of users, in differences, and in texts of the API server.

A path is a tuple of keys. Items of a list whose items all have a ``name`` are addressed by that name, others by position, as in ``diff``.
Users write ``spec.template.spec.containers[app].image``, ``metadata.annotations['a.b/c']`` or a JSON pointer (``/spec/replicas``); ``*``
matches any one step. A pattern means the field it names and all below it. The server (structured-merge-diff) writes
``.spec.template.spec.containers[name="app"].image`` and does not mark dots inside keys, so its text is parsed together with the object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Union

from ..aliases import Json
from ..errors import OptionError

Path = tuple[Union[str, int], ...]
Pattern = tuple[str, ...]

_STEP = re.compile(r"""\.?(?:\[(?:'([^']*)'|"([^"]*)"|(?:\w+=)?"?([^\]"]*)"?)\]|([^.\[\]]+))""")
_BRACKET = re.compile(r'\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\]')
_PAIR = re.compile(r'(\w*)=((?:"(?:[^"\\]|\\.)*")|[^,]*)')


def parse_pattern(text: str, option: str) -> Pattern:
    """A path that a user wrote. Raises ``OptionError``.

    >>> parse_pattern("/spec/replicas", "ignore_fields")
    ('spec', 'replicas')
    >>> parse_pattern("spec.containers[*].image", "ignore_fields")
    ('spec', 'containers', '*', 'image')
    """
    found: list[str] = []
    place = 0
    if text.startswith("/"):
        found = [part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/")]
        place = len(text) if all(found) else 0
    while place < len(text) and not text.startswith("/"):
        match = _STEP.match(text, place)
        if match is None or match.end() == place:
            break
        found.append(next(group for group in match.groups() if group is not None))
        place = match.end()
    if not found or place < len(text):
        raise OptionError(
            f"{option}: {text!r} is not a valid path; use the form spec.replicas, metadata.annotations['example.com/key'], "
            "spec.template.spec.containers[app].image or /spec/replicas",
            option=option,
        )
    return tuple(found)


def matches(pattern: Pattern, path: Path) -> bool:
    """Whether a path is what the pattern names, or is below it."""
    return len(pattern) <= len(path) and all(want in ("*", str(step)) for want, step in zip(pattern, path, strict=False))


def matches_any(patterns: Iterable[Pattern], path: Path) -> bool:
    return any(matches(pattern, path) for pattern in patterns)


def path_text(path: Path) -> str:
    """A path as text; a key that holds a dot or a slash is in brackets.

    >>> path_text(("spec", "containers", 0, "image"))
    'spec.containers[0].image'
    >>> path_text(("metadata", "labels", "app.kubernetes.io/name"))
    "metadata.labels['app.kubernetes.io/name']"
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z0-9_-]+", part):
            text += f".{part}" if text else part
        else:
            text += f"[{part!r}]"
    return text


def named(items: list[Json]) -> bool:
    """Whether the items of a list are addressed by their names."""
    names = [item.get("name") if isinstance(item, Mapping) else None for item in items]
    return bool(names) and all(isinstance(name, str) and name for name in names) and len(set(names)) == len(names)


def server_path(text: str, obj: Json) -> Path:
    """The path of the server's text in an object.

    A part that the object lacks stays text, as the last step.
    """
    here = obj
    path: list[Union[str, int]] = []
    while text:
        step = _list_step(text, here) if text.startswith("[") else _map_step(text, here)
        if step is None:
            return (*path, text.lstrip("."))
        key, here, text = step
        path.append(key)
    return tuple(path)


def _map_step(text: str, here: Json) -> tuple[Union[str, int], Json, str] | None:
    if not text.startswith(".") or not isinstance(here, Mapping):
        return None
    rest = text[1:]
    for key in sorted(here, key=len, reverse=True):
        if rest.startswith(key) and (len(rest) == len(key) or rest[len(key)] in ".["):
            return key, here[key], rest[len(key) :]
    return None


def _list_step(text: str, here: Json) -> tuple[Union[str, int], Json, str] | None:
    match = _BRACKET.match(text)
    if match is None or not isinstance(here, list):
        return None
    inner, rest = match[1], text[match.end() :]
    if inner.isdigit():
        index: int | None = int(inner) if int(inner) < len(here) else None
    else:
        wanted = {key: _scalar(value) for key, value in _PAIR.findall(inner)}
        index = next((place for place, item in enumerate(here) if _is_item(item, wanted)), None)
    if index is None:
        return None
    return (here[index]["name"] if named(here) else index), here[index], rest


def _scalar(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _is_item(item: Json, wanted: Mapping[str, Json]) -> bool:
    if set(wanted) == {""}:
        return bool(item == wanted[""])
    return isinstance(item, Mapping) and all(item.get(key) == value for key, value in wanted.items())


def value_at(obj: Json, path: Path) -> Json:
    """The value at a path; ``None`` where there is none."""
    for step in path:
        if isinstance(obj, Mapping):
            obj = obj.get(step)
        elif isinstance(obj, list):
            place = _place(obj, step)
            obj = obj[place] if place is not None else None
        else:
            return None
    return obj


def without(obj: Json, path: Path) -> Json:
    """A copy without the value at a path, and without maps that held nothing else."""
    if not path:
        return obj
    if isinstance(obj, Mapping) and path[0] in obj:
        inner = without(obj[path[0]], path[1:])
        rest = {key: value for key, value in obj.items() if key != path[0]}
        if len(path) == 1 or (inner == {} and obj[path[0]] != {}):
            return rest
        return {key: inner if key == path[0] else value for key, value in obj.items()}
    if isinstance(obj, list) and len(path) > 1:
        place = _place(obj, path[0])
        if place is not None:
            return [without(item, path[1:]) if index == place else item for index, item in enumerate(obj)]
    return obj


def with_value(obj: Json, path: Path, value: Json) -> Json:
    """A copy with the value at a path replaced, where the parents of the path exist."""
    if not path:
        return value
    if isinstance(obj, Mapping) and (path[0] in obj or len(path) == 1):
        return {**obj, path[0]: with_value(obj.get(path[0]), path[1:], value)}
    if isinstance(obj, list):
        place = _place(obj, path[0])
        if place is not None:
            return [with_value(item, path[1:], value) if index == place else item for index, item in enumerate(obj)]
    return obj


def _place(items: list[Json], step: Union[str, int]) -> int | None:
    if isinstance(step, int):
        return step if step < len(items) else None
    return next((place for place, item in enumerate(items) if isinstance(item, Mapping) and item.get("name") == step), None)
