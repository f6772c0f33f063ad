# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``values_from``: values from files, templates, text, Secrets and ConfigMaps, and which source each key came from.

The order, each over those before: ``values_files``, ``values_from`` as listed, ``release_values``, ``set_values``.

A source without ``target_path`` is a values file. With one, its value is put there: of a Secret or a ConfigMap the text as it is, of
anything else what it says as YAML; ``literal`` says otherwise. ``optional`` passes over what is not there, and over nothing else.

Files and templates of the controller are read by the action plugin, which hands their text over as ``content`` (vault and Jinja are
Ansible's); here they are told from files of this host by that. What comes from a Secret, from a file that vault had encrypted, or from a
source with ``sensitive`` is hidden in all that the task says (``Task.hide``).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from .._adapters.files import SET_KINDS
from .._engine.chart.strvals import parse_into
from .._engine.chart.values import load_values, merge_values
from .._engine.errors import ClusterError, OptionError, ValuesError
from .._engine.ports import Cluster, ObjectRef
from .task import Task

KINDS = ("file", "template", "content", "secret", "config_map")

#: ``key`` of a Secret or ConfigMap, where nobody says
DEFAULT_KEY = "values.yaml"

Table = dict[str, Any]
Read = Callable[[str], bytes]


class Layers:
    """Values as they grow, source by source. ``origins``: path -> source of every leaf."""

    def __init__(self) -> None:
        self.values: Table = {}
        self.origins: dict[str, str] = {}

    def lay(self, source: str, tree: Table) -> None:
        """One more values file."""
        self.values = merge_values(self.values, tree)
        self._note(source, tree)

    def set(self, source: str, text: str, kind: str, read: Read) -> None:
        """One text of ``--set`` grammar. Raises ``ValuesError``."""
        alone: Table = {}
        for target in (self.values, alone):
            parse_into(text, target, kind=kind, read_file=lambda path: read(path).decode("utf-8", "surrogateescape"))
        self._note(source, alone)

    def _note(self, source: str, tree: Table) -> None:
        for path in leaves(tree):
            for known in [key for key in self.origins if _covers(key, path) or _covers(path, key)]:
                del self.origins[known]
            self.origins[path] = source


def layered(task: Task, files: list[str], texts: dict[str, list[str]], inline: Table, read: Read) -> Layers:
    """All sources of a task. Raises ``ValuesError``, ``OptionError``, ``ClusterError``."""
    from .._adapters.files import read_values_file

    layers = Layers()
    for path in files:
        layers.lay(f"values_files: {path}", read_values_file(path, read))
    cluster = _Late(task)
    for index, entry in enumerate(task.get("values_from", [])):
        _lay_source(task, layers, index, entry, cluster, read)
    layers.lay("release_values", inline)
    for kind in SET_KINDS:
        for text in texts.get(kind, ()):
            layers.set("set_values", text, kind, read)
    return layers


class _Late:
    """The cluster, reached only where a source lies there."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._cluster: Cluster | None = None

    def __call__(self) -> Cluster:
        if self._cluster is None:
            self._cluster = cluster_of(self._task)
        return self._cluster


def cluster_of(task: Task) -> Cluster:
    """The cluster of the task's options; nothing is sent. Raises ``ClusterConfigError``."""
    from .._adapters.kube.client import connect
    from .._adapters.kube.options import from_params

    return connect(from_params(task.params, task.environ))


def kind_of(index: int, entry: dict[str, Any]) -> str:
    """Which source an entry is. Raises ``OptionError``."""
    given = [kind for kind in KINDS if entry.get(kind) is not None]
    if "content" in given and given[0] in ("file", "template"):
        given.remove("content")  # as the action plugin has read it
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        raise OptionError(f"values_from[{index}] needs one of {', '.join(KINDS)}; it has {found}.", option="values_from")
    return given[0]


def _lay_source(task: Task, layers: Layers, index: int, entry: dict[str, Any], cluster: Callable[[], Cluster], read: Read) -> None:
    kind = kind_of(index, entry)
    source = f"values_from[{index}]: {_words(kind, entry, task)}"
    found = _read(task, source, kind, entry, cluster, read)
    if found is None:
        return
    path = entry.get("target_path")
    if path:
        literal = entry.get("literal")
        as_text = kind in ("secret", "config_map") if literal is None else bool(literal)
        value = found if as_text or not isinstance(found, str) else _yaml(source, found)
        _hide(task, entry, kind, value)
        _put(layers, source, str(path), value)
        return
    tree = _table(source, found) if isinstance(found, str) else found
    if not isinstance(tree, dict):
        raise ValuesError(f"{source} is no table of values; give it a target_path.", source=source, option="values_from")
    _hide(task, entry, kind, tree)
    layers.lay(source, tree)


def _words(kind: str, entry: dict[str, Any], task: Task) -> str:
    if kind == "content":
        return "content"
    if kind in ("file", "template"):
        return f"{kind} {entry[kind]}"
    of = entry[kind]
    name = "Secret" if kind == "secret" else "ConfigMap"
    return f"{name} {of.get('namespace') or task.get('release_namespace', '')}/{of['name']}, key {of.get('key') or DEFAULT_KEY}"


def _read(task: Task, source: str, kind: str, entry: dict[str, Any], cluster: Callable[[], Cluster], read: Read) -> Any:
    """Text, or a tree where ``content`` is one; ``None``: it is not there, and need not be."""
    optional = bool(entry.get("optional"))
    if kind in ("secret", "config_map"):
        return _from_cluster(task, source, kind, entry[kind], optional, cluster)
    if entry.get("content") is not None:
        content = entry["content"]
        return json.loads(json.dumps(content), parse_int=float) if isinstance(content, (dict, list)) else str(content)
    if not entry.get("remote_src"):
        if optional:
            return None  # the controller has looked
        raise OptionError(f"{source} is read by the controller's action plugin, which has not been run.", option="values_from")
    try:
        return read(str(entry["file"])).decode("utf-8", "surrogateescape")
    except ValuesError as error:
        if optional and isinstance(error.helm, str) and "no such file" in error.helm:
            return None
        raise


def _from_cluster(
    task: Task, source: str, kind: str, of: dict[str, Any], optional: bool, cluster: Callable[[], Cluster]
) -> str | None:
    namespace = str(of.get("namespace") or task.get("release_namespace", "") or "default")
    key = str(of.get("key") or DEFAULT_KEY)
    ref = ObjectRef("v1", "Secret" if kind == "secret" else "ConfigMap", namespace, str(of["name"]))
    try:
        found = cluster().read(ref)
    except ClusterError as error:
        error.fields["option"] = "values_from"
        raise
    data = (found or {}).get("data") or {}
    if key not in data:
        if optional:
            return None
        what = f"has no key {key}; it has {', '.join(sorted(data)) or 'none'}" if found else "is not there"
        raise ValuesError(f"{source}: the {ref} {what}.", source=source, option="values_from")
    text = str(data[key])
    if kind == "config_map":
        return text
    try:
        return base64.b64decode(text).decode("utf-8")
    except (binascii.Error, ValueError):
        raise ValuesError(f"{source}: its data is no text.", source=source, option="values_from") from None


def _table(source: str, text: str) -> Any:
    """A values file's text. The YAML reader's words may quote it, so only their place is told."""
    from .._engine.yamlio.errors import YamlError

    try:
        return load_values(text.encode("utf-8", "surrogateescape"))
    except YamlError as error:
        sentence = f"{source} is no table of values in YAML{_place(error.go_message)}."
        raise ValuesError(sentence, source=source, option="values_from") from None


def _yaml(source: str, text: str) -> Any:
    from .._engine.yamlio.errors import YamlError
    from .._engine.yamlio.load import loads

    try:
        return loads(text.encode("utf-8", "surrogateescape"))
    except YamlError as error:
        raise ValuesError(f"{source} is no YAML{_place(error.go_message)}.", source=source, option="values_from") from None


def _place(words: str) -> str:
    import re

    found = re.search(r"line (\d+)", words)
    return f" (line {found.group(1)})" if found else ""


def _hide(task: Task, entry: dict[str, Any], kind: str, value: Any) -> None:
    if kind == "secret" or entry.get("sensitive"):
        task.hide(value)


def _put(layers: Layers, source: str, path: str, value: Any) -> None:
    kind, text = "set-json", json.dumps(value)
    try:
        if "[" in path:
            layers.set(source, f"{path}={text}", kind, lambda _path: b"")
            return
        tree: Table = {}
        parse_into(f"{path}={text}", tree, kind=kind)
    except ValuesError:
        raise OptionError(f"{source}: its target_path {path!r} is no path; write it as in set_values.", option="values_from") from None
    layers.lay(source, tree)


# ------------------------------------------------------------------------------------------------------------------- trace


def leaves(value: Any, path: str = "") -> list[str]:
    """Paths of all that is no table; an empty table is a leaf. Keys with dots as in ``set_values``: ``a\\.b``."""
    if isinstance(value, dict) and (value or not path):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, f"{path}.{_key(key)}" if path else _key(key))]
    return [path]


def _key(key: Any) -> str:
    return str(key).replace(".", "\\.")


def _covers(upper: str, lower: str) -> bool:
    return lower == upper or lower.startswith((f"{upper}.", f"{upper}["))


def trace(origins: dict[str, str], config: Table | None) -> list[dict[str, str]]:
    """Which source set each key of a release's values: ``{key, source}``, sorted; no values.

    :param config: the values of the release. What none of the task's sources set, the revision before did.
    """
    told = {path: origins.get(path, "the revision before") for path in leaves(config or {})}
    return [{"key": path, "source": source} for path, source in sorted(told.items())]
