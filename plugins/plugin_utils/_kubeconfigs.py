# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private: finds and decrypts kubeconfig files on the controller, as ``kubernetes.core`` does.

On a local connection a relative path is searched for where Ansible's own modules search for files: ``files`` of the role and of the play,
then their folders. A file that Ansible Vault encrypted is decrypted, and its content is passed to the module as a dictionary, like a
kubeconfig that the task gives as one: no decrypted copy is written to a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.text.converters import to_text

from ..module_utils._engine.aliases import JsonObject
from ._plain import Variable

if TYPE_CHECKING:
    from ansible.plugins.action import ActionBase

_HEADER = b"$ANSIBLE_VAULT;"
_OPTIONS = ("kubeconfig", "kubeconfig_path")
#: paths in a kubeconfig that are relative to its folder (client-go: ``GetConfigFileReferences``)
_PATHS = {"clusters": ("certificate-authority",), "users": ("client-certificate", "client-key", "tokenFile")}


def with_kubeconfig(action: ActionBase, args: Mapping[str, Variable]) -> Mapping[str, Variable]:
    """A task's options with its kubeconfig located, or decrypted.

    The same object where there is nothing to do.

    :raises AnsibleActionFail: a file cannot be decrypted, or is no kubeconfig.
    """
    name = next((name for name in _OPTIONS if isinstance(args.get(name), str) and args[name]), "")
    if not name or action._connection.transport not in ("local", "ansible.builtin.local"):
        return args
    given = "".join([str(args[name])])
    places = [_located(action, part) for part in _parts(given)]
    if any(_is_encrypted(place) for place in places):
        return {**args, name: _merged(action, places)}
    found = os.pathsep.join(places)
    return args if found == given else {**args, name: found}


def _parts(given: str) -> list[str]:
    """Several files are separated as in ``KUBECONFIG``. A path that exists may hold the separator."""
    if os.pathsep not in given or os.path.exists(os.path.expanduser(given)):  # noqa: PTH110,PTH111  pathlib raises for long names and unknown users
        return [given]
    return [part for part in given.split(os.pathsep) if part]


def _located(action: ActionBase, path: str) -> str:
    """Where Ansible finds a file, or the path as it is, which the task then reports as missing."""
    if "\n" in path or Path(path).is_absolute():
        return path
    try:
        return str(action._find_needle("files", path))
    except (AnsibleError, OSError, ValueError):
        return path


def _is_encrypted(place: str) -> bool:
    try:
        with open(os.path.expanduser(place), "rb") as file:  # noqa: PTH111,PTH123  as above
            return file.read(len(_HEADER)) == _HEADER
    except (OSError, ValueError):
        return False  # the task says what is wrong with it


def _merged(action: ActionBase, places: list[str]) -> JsonObject:
    """The files as one kubeconfig. Of entries with one name the first applies, as kubectl merges files."""
    whole: JsonObject = {"apiVersion": "v1", "kind": "Config", "clusters": [], "users": [], "contexts": [], "current-context": ""}
    for place in places:
        document = _document(action, Path(os.path.expanduser(place)))  # noqa: PTH111  as above
        for table in ("clusters", "users", "contexts"):
            names = {entry.get("name") for entry in whole[table] if isinstance(entry, dict)}
            entries = document.get(table)
            for entry in entries if isinstance(entries, list) else []:
                if not isinstance(entry, dict) or entry.get("name") not in names:
                    whole[table].append(entry)
        whole["current-context"] = whole["current-context"] or document.get("current-context") or ""
    return whole


def _document(action: ActionBase, path: Path) -> JsonObject:
    from ..module_utils._engine.yamlio.errors import YamlError
    from ..module_utils._engine.yamlio.load import loads_object

    try:
        data, _plain = action._loader._get_file_contents(str(path))
    except AnsibleError as error:
        raise AnsibleActionFail(f"kubeconfig: {path} cannot be read or decrypted: {to_text(error)}") from None
    try:
        document = loads_object(to_text(data, errors="surrogateescape"))
    except YamlError as error:
        line = getattr(error, "line", None)
        where = f"line {line} is not valid YAML" if line else "it is not valid YAML"
        raise AnsibleActionFail(f"kubeconfig: {path}, decrypted with Ansible Vault, is not a kubeconfig: {where}.") from None
    if not isinstance(document, dict):
        raise AnsibleActionFail(f"kubeconfig: {path}, decrypted with Ansible Vault, is not a kubeconfig: it is not a mapping.")
    for entry, keys in _entries(document):
        for key in keys:
            if isinstance(entry.get(key), str) and entry[key]:
                entry[key] = str(path.absolute().parent / entry[key])
        run = entry.get("exec")
        if isinstance(run, dict) and isinstance(run.get("command"), str) and "/" in run["command"]:
            run["command"] = str(path.absolute().parent / run["command"])
    return document


def _entries(document: JsonObject) -> Iterator[tuple[JsonObject, tuple[str, ...]]]:
    for table, keys in _PATHS.items():
        items = document.get(table)
        for item in items if isinstance(items, list) else []:
            body = item.get(table[:-1]) if isinstance(item, dict) else None
            if isinstance(body, dict):
                yield body, keys
