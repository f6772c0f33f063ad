# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``values_from``: values from files, templates, text, Secrets and ConfigMaps, and their origins.

The order of precedence, lowest first: ``values_files``, ``values_from`` as listed, ``release_values``, ``set_values``.

A source without ``target_path`` is a values file. With one, its value is put there: of a Secret or a ConfigMap as text, of other sources
as parsed YAML; ``literal`` overrides that. ``optional`` skips a source that does not exist, and no other error.

Files and templates of the controller are read by the action plugin, which passes their text as ``content`` (vault and Jinja are
Ansible's); ``content`` distinguishes them from files of this host. Values from a Secret, from a file that vault had encrypted, or from a
source with ``sensitive`` are masked in all output of the task (``Task.hide``).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable

from ...._adapters.charts.files import SET_KINDS
from ...._engine.aliases import Json, JsonObject, Table
from ...._engine.chart.strvals import parse_into
from ...._engine.chart.values import copy_values, load_values
from ...._engine.errors import ClusterError, OptionError, ValuesError
from ...._engine.ports import ObjectRef, Reader
from ...results.sensitive import leaves as leaves_of
from ...task import Task

KINDS = ("file", "template", "content", "secret", "config_map")

#: the default of ``key``, for a Secret or ConfigMap
DEFAULT_KEY = "values.yaml"
Read = Callable[[str], bytes]


class Layers:
    """Values merged source by source, in time linear in the size of the sources.

    ``origins``: a tree like the values, with the name of the source in place of each leaf; empty without ``traced``.
    """

    def __init__(self, *, traced: bool) -> None:
        self.values: Table = {}
        self.origins: Table = {}
        self._traced = traced

    def lay(self, source: str, tree: Table) -> None:
        """Merges another values file over the values."""
        _merge(self.values, tree)
        if self._traced:
            _note(self.origins, tree, source)

    def set(self, source: str, text: str, kind: str, read: Read) -> None:
        """Sets the values of a text of ``--set`` grammar. Raises ``ValuesError``."""
        alone: Table = {}
        for target in (self.values, alone) if self._traced else (self.values,):
            parse_into(text, target, kind=kind, read_file=lambda path: read(path).decode("utf-8", "surrogateescape"))
        if self._traced:
            _note(self.origins, alone, source)


def _merge(into: Table, over: Table) -> None:
    """As ``merge_values``, in place: changes ``into``.

    Does not change ``over``, and shares no table with it afterwards.
    """
    for key, value in over.items():
        below = into.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            _merge(below, value)
        else:
            into[key] = copy_values(value)


def _note(origins: Table, tree: Table, source: str) -> None:
    """Writes ``source`` in place of each leaf of ``tree``.

    An empty table over a table with content sets nothing.
    """
    for key, value in tree.items():
        below = origins.get(key)
        if isinstance(value, dict) and (value or isinstance(below, dict)):
            if not isinstance(below, dict):
                below = origins[key] = {}
            _note(below, value, source)
        else:
            origins[key] = source


def layered(task: Task, files: list[str], texts: dict[str, list[str]], inline: Table, read: Read) -> Layers:
    """All sources of a task. Raises ``ValuesError``, ``OptionError``, ``ClusterError``."""
    from ...._adapters.charts.files import read_values_file

    layers = Layers(traced=task.traces_values)
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
    """The cluster, connected only when a source reads it."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._cluster: Reader | None = None

    def __call__(self) -> Reader:
        if self._cluster is None:
            self._cluster = cluster_of(self._task)
        return self._cluster


def cluster_of(task: Task) -> Reader:
    """The cluster of the task's options; nothing is sent. Raises ``ClusterConfigError``."""
    from ...._adapters.kube.client import connect
    from ...._adapters.kube.config.options import from_params

    return connect(from_params(task.params, task.environ))


def kind_of(index: int, entry: JsonObject) -> str:
    """Which source an entry is. Raises ``OptionError``."""
    given = [kind for kind in KINDS if entry.get(kind) is not None]
    if "content" in given and given[0] in ("file", "template"):
        given.remove("content")  # as the action plugin has read it
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        raise OptionError(f"values_from[{index}] requires exactly one of {', '.join(KINDS)}; it has {found}.", option="values_from")
    return given[0]


def _lay_source(task: Task, layers: Layers, index: int, entry: JsonObject, cluster: Callable[[], Reader], read: Read) -> None:
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
        _hide(task, entry, kind, value, tuple("*" if part.isdigit() else part for part in _parts(str(path))))
        _put(layers, source, str(path), value)
        return
    tree = _table(source, found) if isinstance(found, str) else found
    if not isinstance(tree, dict):
        raise ValuesError(f"{source} is not a dictionary of values; set target_path.", source=source, option="values_from")
    _hide(task, entry, kind, tree, ())
    layers.lay(source, tree)


def _words(kind: str, entry: JsonObject, task: Task) -> str:
    if kind == "content":
        return "content"
    if kind in ("file", "template"):
        return f"{kind} {entry[kind]}"
    of = entry[kind]
    name = "Secret" if kind == "secret" else "ConfigMap"
    return f"{name} {of.get('namespace') or task.get('release_namespace', '')}/{of['name']}, key {of.get('key') or DEFAULT_KEY}"


def _read(task: Task, source: str, kind: str, entry: JsonObject, cluster: Callable[[], Reader], read: Read) -> Json:
    """The text of a source, or a tree where ``content`` is one; ``None``: it is missing and optional."""
    optional = bool(entry.get("optional"))
    if kind in ("secret", "config_map"):
        return _from_cluster(task, source, kind, entry[kind], optional, cluster)
    if entry.get("content") is not None:
        content = entry["content"]
        return json.loads(json.dumps(content), parse_int=float) if isinstance(content, (dict, list)) else str(content)
    if not entry.get("remote_src"):
        if optional:
            return None  # the controller has looked
        raise OptionError(f"{source} can only be read by the action plugin on the controller, which was not run.", option="values_from")
    try:
        return read(str(entry["file"])).decode("utf-8", "surrogateescape")
    except ValuesError as error:
        if optional and isinstance(error.helm, str) and "no such file" in error.helm:
            return None
        raise


def _from_cluster(
    task: Task, source: str, kind: str, of: JsonObject, optional: bool, cluster: Callable[[], Reader]
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
        what = f"has no key {key}; it has {', '.join(sorted(data)) or 'none'}" if found else "does not exist"
        raise ValuesError(f"{source}: the {ref} {what}.", source=source, option="values_from")
    text = str(data[key])
    if kind == "config_map":
        return text
    try:
        return base64.b64decode(text).decode("utf-8")
    except (binascii.Error, ValueError):
        raise ValuesError(f"{source}: its data is not UTF-8 text.", source=source, option="values_from") from None


def _table(source: str, text: str) -> Json:
    """The content of a values file.

    An error names only the place: the YAML reader's words may quote the text.
    """
    from ...._engine.yamlio.errors import YamlError, foreign_encoding, unreadable

    data = text.encode("utf-8", "surrogateescape")
    try:
        return load_values(data)
    except YamlError as error:
        sentence = f"{source} is not a YAML dictionary of values{_place(error.go_message)}."
        if foreign_encoding(data):
            sentence = unreadable(source, data, "")
        raise ValuesError(sentence, source=source, option="values_from") from None


def _yaml(source: str, text: str) -> Json:
    from ...._engine.yamlio.errors import YamlError
    from ...._engine.yamlio.load import loads

    try:
        return loads(text.encode("utf-8", "surrogateescape"))
    except YamlError as error:
        raise ValuesError(f"{source} is not valid YAML{_place(error.go_message)}.", source=source, option="values_from") from None


def _place(words: str) -> str:
    import re

    found = re.search(r"line (\d+)", words)
    return f" (line {found.group(1)})" if found else ""


def _hide(task: Task, entry: JsonObject, kind: str, value: Json, path: tuple[str, ...]) -> None:
    """Marks the values of a secret source as secret.

    Their paths count even where a value is too short to be searched for.
    """
    if kind == "secret" or entry.get("sensitive"):
        task.hide(value)
        task.sensitive.own.update((*path, *inner) for inner, _leaf in leaves_of(value))


def _parts(path: str) -> list[str]:
    """``a.b[0]`` -> a, b, 0."""
    parts = path.replace("\\.", "\0").replace("[", ".").replace("]", "").split(".")
    return [part.replace("\0", ".") for part in parts if part]


def _put(layers: Layers, source: str, path: str, value: Json) -> None:
    kind, text = "set-json", json.dumps(value)
    try:
        if "[" in path:
            layers.set(source, f"{path}={text}", kind, lambda _path: b"")
            return
        tree: Table = {}
        parse_into(f"{path}={text}", tree, kind=kind)
    except ValuesError:
        raise OptionError(
            f"{source}: its target_path {path!r} is not a valid path; use the syntax of set_values.", option="values_from"
        ) from None
    layers.lay(source, tree)


# ------------------------------------------------------------------------------------------------------------------- trace


def trace(origins: Table, config: Table | None) -> list[dict[str, str]]:
    """The source of each key of a release's values: ``{key, source}``, sorted; no values.

    A dot in a key is ``\\.``.

    :param origins: as ``Layers`` records them.
    :param config: the values of the release. Keys that no source of the task set come from the last revision.
    """
    found: list[tuple[str, str]] = []
    _walk(config or {}, origins, "", found)
    return [{"key": path, "source": source} for path, source in sorted(found)]


def _walk(values: Table, origins: Json, above: str, found: list[tuple[str, str]]) -> None:
    for key, value in values.items():
        path = above + str(key).replace(".", "\\.")
        origin = origins.get(key) if isinstance(origins, dict) else None
        if isinstance(value, dict) and value:
            _walk(value, origin, f"{path}.", found)
        else:
            found.append((path, origin if isinstance(origin, str) else "the previous revision"))
