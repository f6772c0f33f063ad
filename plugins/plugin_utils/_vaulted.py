# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private: finds the texts encrypted by Ansible Vault that a task can depend on.

It works with every supported ansible-core.

A template makes ordinary text of an encrypted one as soon as anything is added to it, and a fact that was made from it has no trace of it.
So the options do not show what they depend on. Instead all encrypted texts that the task can reach count as secret:

* each encrypted text among the task's variables, its defaults and its own text, whether the task names it or not;
* each value of a variables file that is encrypted as a whole: every value knows the file that it was read from;
* with ``hostvars`` in the task or in what it refers to, the same for the variables of all other hosts;
* each encrypted file that is named in a ``lookup`` of the task, of its variables or of a template that these read.

A text without a key to decrypt it is left out: a task that needs it fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_text

from ..module_utils._engine.aliases import Json, PyYaml
from ._plain import Variable

if TYPE_CHECKING:
    from ansible.parsing.dataloader import DataLoader
    from ansible.plugins.action import ActionBase

_HEADER = b"$ANSIBLE_VAULT"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r"""'([^'\n]{1,255})'|"([^"\n]{1,255})\"""")
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
#: variables that repeat others, or that hold what was found out about the host
_NOT_SEARCHED = frozenset(("hostvars", "vars", "groups", "ansible_facts"))
_MOST_FILES = 200
_SHORTEST_PIECE = 6
_FOLDERS = ("files", "templates", "vars")

#: ciphertext -> text, path -> texts of an encrypted file: a loop's items share the process
_decrypted: dict[Variable, str | None] = {}
_of_files: dict[str, list[str]] = {}


def vaulted_texts(action: ActionBase, args: Variable, task_vars: Mapping[str, Variable]) -> list[str]:
    """All texts that vault had encrypted and that the task can reach.

    :param action: the action plugin. :param args: the task's options, templates filled in.
    """
    task = action._task
    written = [getattr(task, "_ds", None), getattr(task, "module_defaults", None), getattr(task, "environment", None), args]
    variables = {name: value for name, value in task_vars.items() if name not in _NOT_SEARCHED}
    search = _Search()
    for value in (*written, variables):
        search.walk(value)
    for value in _referred(action, written, task_vars, search):
        search.walk(value)
    for path in sorted(search.origins):
        search.texts += file_texts(action._loader, path)
    return [part for text in search.texts for part in _parts(text)]


class _Search:
    """The result of a walk through values.

    Decrypted ``texts``, and ``origins``, the files that values were read from.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.origins: set[str] = set()
        self._visited: dict[int, Variable] = {}  # the values themselves: the id of a deleted value can be used again

    def walk(self, value: Variable) -> None:
        left = [value]
        while left:
            value = left.pop()
            if type(value) in (str, int, bool, float, type(None)):
                continue
            self._inspect(value)
            if isinstance(value, (Mapping, list, tuple)):
                if id(value) in self._visited:
                    continue
                self._visited[id(value)] = value
                try:
                    left += list(value.values()) if isinstance(value, Mapping) else list(value)
                except AnsibleError:
                    continue  # a template that fails: a task that needs it fails, too

    def _inspect(self, value: Variable) -> None:
        if hasattr(value, "_ciphertext"):
            self._add(value, value._ciphertext)
            return
        tags = getattr(value, "_ansible_tags_mapping", None)  # ansible-core 2.19 and newer
        if tags:
            for tag in tags.values():
                kind = type(tag).__name__
                if kind == "VaultedValue":
                    self._add(value, tag.ciphertext)
                elif kind == "SourceWasEncrypted" and isinstance(value, str):
                    self.texts.append(_text(value))
                elif kind == "Origin" and tag.path:
                    self.origins.add(_text(tag.path))
        source = getattr(value, "_data_source", None)  # before
        if isinstance(source, str):
            self.origins.add(_text(source))

    def _add(self, value: Variable, ciphertext: Variable) -> None:
        if ciphertext not in _decrypted:
            try:
                _decrypted[ciphertext] = _text(value)
            except AnsibleError:
                _decrypted[ciphertext] = None
        text = _decrypted[ciphertext]
        if text is not None:
            self.texts.append(text)


def _text(value: Variable) -> str:
    return "".join([str(value)])  # str() of a tagged text may be tagged, a joined one is not


def _referred(action: ActionBase, written: list[Variable], task_vars: Mapping[str, Variable], search: _Search) -> Iterator[Variable]:
    """Values that only the names and the quoted paths in templates lead to.

    Variables of other hosts, and texts of encrypted files.
    """
    seen: set[str] = set()
    paths: set[str] = set()
    left: list[Variable] = list(written)
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            left += list(value.values())
            paths.update(str(value[key]) for key in ("template", "src") if isinstance(value.get(key), str))
        elif isinstance(value, (list, tuple)):
            left += list(value)
        elif isinstance(value, str) and not hasattr(value, "_ciphertext") and ("{{" in value or "{%" in value):
            text = _text(value)
            names = set(_NAME.findall(text)) - seen
            seen |= names
            left += [task_vars[name] for name in names if name in task_vars and name not in _NOT_SEARCHED]
            paths.update(one or other for one, other in _QUOTED.findall(text))
        if not left and paths and len(seen) < 100_000:
            found = [_read(action, path, search) for path in sorted(paths)[:_MOST_FILES]]
            left += [text for text in found if text is not None]
            paths = set()
    hosts = task_vars.get("hostvars")
    if "hostvars" in seen and hosts is not None:
        for host in list(hosts):
            yield hosts.raw_get(host) if hasattr(hosts, "raw_get") else hosts[host]


def _read(action: ActionBase, path: str, search: _Search) -> str | None:
    """The text of a template; of an encrypted file nothing, its values are added to the search.

    ``None``: nothing more to follow.
    """
    place = ""
    for folder in _FOLDERS:
        try:
            place = action._find_needle(folder, path)
            break
        except AnsibleError:
            continue
    if not place or place in search.origins:
        return None
    search.origins.add(_text(place))
    try:
        data = action._loader._get_file_contents(place)[0] if not _is_encrypted(place) else b""
    except AnsibleError:
        return None
    text = to_text(data, errors="surrogate_or_replace")
    return _text(text) if "{{" in text or "{%" in text else None


def _is_encrypted(path: str) -> bool:
    try:
        with Path(path).open("rb") as handle:
            return handle.read(len(_HEADER)) == _HEADER
    except (OSError, ValueError):
        return False


def file_texts(loader: DataLoader, path: str) -> list[str]:
    """The text of a file that is encrypted as a whole, and every value in it.

    Empty for other files and where there is no key.
    """
    if path not in _of_files:
        _of_files[path] = []
        if _is_encrypted(path):
            try:
                _of_files[path] = [_text(to_text(loader._get_file_contents(path)[0], errors="surrogate_or_replace"))]
            except AnsibleError:
                pass  # there is no key for it: a task that uses it fails
    return _of_files[path]


def _parts(text: str) -> Iterator[str]:
    """The parts of a text that are secret: the text, or each value of YAML or JSON.

    Keys and lines such as ``replicas: 3`` are not secret.
    """
    found = _parsed(text) if "\n" in text.strip() or ":" in text or text.lstrip()[:1] in ("{", "[") else None
    yield from _leaves(found if isinstance(found, (dict, list)) else text)


def _parsed(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        pass
    import yaml  # late: few texts are read; Ansible itself needs the library

    try:
        return yaml.load(text, Loader=_loader(yaml))  # noqa: S506  a safe loader
    except (yaml.YAMLError, ValueError):
        return None


def _loader(yaml: PyYaml) -> PyYaml:
    """A safe loader that reads values under unknown tags (``!vault``, ``!unsafe``) as their text."""

    tolerant: PyYaml = type("Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})

    def untagged(loader: PyYaml, _suffix: str, node: PyYaml) -> Json:
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_mapping(node, deep=True)

    tolerant.add_multi_constructor("!", untagged)
    return tolerant


def _leaves(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None and not isinstance(value, bool):
        text = str(value)
        yield text
        if "{{" in text or "{%" in text:  # the text between its expressions is part of the result
            yield from (piece for piece in _EXPRESSION.split(text) if len(piece.strip()) >= _SHORTEST_PIECE)
