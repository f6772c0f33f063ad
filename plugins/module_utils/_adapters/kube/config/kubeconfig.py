# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds, reads and merges kubeconfig files as kubectl and helm do.

Of several files (client-go: ``tools/clientcmd/loader.go``) the first that names a cluster, a user or a context defines it, and the first
``current-context`` counts. Files named by ``KUBECONFIG`` may be missing as long as one exists; a file that the task names must exist.
Relative paths inside a file are taken from the file's folder; those of a kubeconfig given as a dictionary from the working directory.

A message names the file, the entry and the key, and never a value: any of them may be a misplaced credential.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from ...._engine.aliases import Json, JsonObject
from ...._engine.errors import ClusterConfigError
from ...._engine.plain_text import plain_text
from ...cache_home import home_folder
from .options import ENVIRONMENT, ConnectionOptions
from .regular_file import is_there, read_file

_LONGEST_PATH = 4096


@dataclass(frozen=True)
class Entry:
    """One named cluster, user or context of a kubeconfig.

    With the folder that its relative paths start from, and its name in messages.
    """

    body: Mapping[str, Json]
    folder: Path
    called: str = "The kubeconfig"

    def text(self, key: str) -> str:
        """A text, or a number or boolean as text; empty where there is none.

        Raises ``ClusterConfigError`` for a list or mapping.
        """
        value = self.body.get(key)
        if isinstance(value, (Mapping, list, tuple)):
            raise self.wrong(f"{key} must be a string, not a {'mapping' if isinstance(value, Mapping) else 'list'}")
        return str(value) if value not in (None, "") else ""

    def texts(self, key: str) -> list[str]:
        """A list of texts; empty where there is none. Raises ``ClusterConfigError`` for anything else."""
        value = self.body.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or any(isinstance(item, (Mapping, list)) or item is None for item in value):
            raise self.wrong(f"{key} must be a list of strings")
        return [str(item) for item in value]

    def path(self, key: str) -> Path | None:
        value = self.text(key)
        return (self.folder / value) if value else None

    def inner(self, key: str) -> Entry:
        """A mapping below this entry, as an entry. Raises ``ClusterConfigError``."""
        value = self.body.get(key)
        if not isinstance(value, Mapping):
            raise self.wrong(f"{key} must be a mapping")
        return Entry(value, self.folder, f"{self.called}, {key}")

    def wrong(self, what: str) -> ClusterConfigError:
        """The error for a value of this entry."""
        return ClusterConfigError(f"{self.called}: {what}; correct the entry.")


@dataclass
class KubeConfig:
    """The merged files. ``origin``: what to call them in a sentence."""

    origin: str
    clusters: dict[str, Entry] = field(default_factory=dict)
    users: dict[str, Entry] = field(default_factory=dict)
    contexts: dict[str, Entry] = field(default_factory=dict)
    current: str = ""
    documents: list[tuple[Path | None, Mapping[str, Json]]] = field(default_factory=list)

    def context(self, wanted: str) -> tuple[str, Entry]:
        """The context to use. Raises ``ClusterConfigError`` naming those that exist."""
        name = wanted or self.current
        known = plain_text(", ".join(sorted(self.contexts))) or "none"
        if not name:
            raise ClusterConfigError(
                f"{self.origin} has no current-context; select one with the option context (available: {known}).", kubeconfig=self.origin
            )
        if name not in self.contexts:
            called = "the context" if wanted else "its current-context"
            raise ClusterConfigError(
                f"{self.origin}: {called} {plain_text(name, 100)!r} does not exist; available: {known}.",
                helm=f"Kubernetes cluster unreachable: context {plain_text(name, 100)!r} does not exist".replace("'", '"'),
                kubeconfig=self.origin,
                context=name,
            )
        return name, self.contexts[name]

    def part(self, table: str, name: str, context: str) -> Entry:
        """The cluster or user that a context points to."""
        entries: dict[str, Entry] = getattr(self, table)
        if name in entries:
            return entries[name]
        kind = table[:-1]
        if kind == "user" and not name:
            return Entry({}, Path())
        known = plain_text(", ".join(sorted(entries))) or "none"
        raise ClusterConfigError(
            f"{self.origin}: the context {plain_text(context, 100)!r} refers to the {kind} {plain_text(name, 100)!r}, which does "
            f"not exist; available: {known}.",
            kubeconfig=self.origin,
            context=context,
        )


def expand(path: str, environ: Mapping[str, str]) -> Path:
    """``~`` is the home of the task's environment; ``$VARIABLES`` are taken from it too."""
    home = environ.get("HOME", "")
    if home and (path == "~" or path.startswith("~/")):
        path = home + path[1:]
    return Path(Template(path).safe_substitute(environ) if "$" in path else path)


def load(options: ConnectionOptions) -> KubeConfig | None:
    """The kubeconfig that the options or the environment lead to; ``None``: there is none.

    :raises ClusterConfigError: a file is missing, unreadable or malformed.
    """
    given = options.kubeconfig
    if isinstance(given, Mapping):
        config = KubeConfig("The kubeconfig given as a dictionary")
        _merge(config, given, None)
        return config
    if given:
        called = "K8S_AUTH_KUBECONFIG" if options.origins.get("kubeconfig") == ENVIRONMENT else "kubeconfig"
        _check_path(given, called)
        whole = expand(given, options.environ)
        parts = [whole] if os.pathsep not in given or is_there(whole) else _listed(given, options.environ)
        return _read(parts, called, required=len(parts) == 1)
    if options.environ.get("KUBECONFIG"):
        _check_path(options.environ["KUBECONFIG"], "KUBECONFIG")
        return _read(_listed(options.environ["KUBECONFIG"], options.environ), "KUBECONFIG", required=False)
    home = home_folder(options.environ)
    standard = Path(home, ".kube", "config") if home else None
    return _read([standard], "kubeconfig", required=True) if standard is not None and is_there(standard) else None


def _check_path(given: str, called: str) -> None:
    """Refuse the content of a kubeconfig where a path is expected. The message has nothing of it."""
    longest = max(len(part) for part in given.split(os.pathsep))
    if "\n" in given.strip() or given.lstrip().startswith(("{", "apiVersion:", "kind:")) or longest > _LONGEST_PATH:
        raise ClusterConfigError(
            f"{called} contains the content of a kubeconfig instead of a path; pass the content as a dictionary, such as "
            f'kubeconfig: "{{{{ content | from_yaml }}}}".',
            kubeconfig=called,
        )


def _listed(text: str, environ: Mapping[str, str]) -> list[Path]:
    return [expand(part, environ) for part in text.split(os.pathsep) if part]


def _read(paths: list[Path], called: str, *, required: bool) -> KubeConfig:
    names = plain_text(", ".join(str(path) for path in paths))
    config = KubeConfig(f"{'kubeconfig' if called == 'kubeconfig' else f'kubeconfig ({called})'} {names}")
    there = [path for path in paths if is_there(path)]
    if not there or (required and len(there) < len(paths)):
        raise ClusterConfigError(
            f"{called}: {names} does not exist; specify the path of an existing kubeconfig.",
            helm=f"Kubernetes cluster unreachable: stat {names}: no such file or directory",
            kubeconfig=names,
        )
    for path in there:
        _merge(config, _document(path), path)
    return config


def _document(path: Path) -> Mapping[str, Json]:
    from ...._engine.yamlio.load import YamlError, loads_object

    data = read_file(path, "kubeconfig:")
    if data.startswith(b"$ANSIBLE_VAULT;"):
        raise ClusterConfigError(
            f"kubeconfig: {path} is encrypted with Ansible Vault; it is only decrypted if the option kubeconfig of a task with a "
            "local connection specifies it.",
            kubeconfig=str(path),
        )
    try:
        document = _json(data) or loads_object(data)
    except (YamlError, RecursionError) as error:
        raise ClusterConfigError(
            f"kubeconfig: {path} is not a kubeconfig: {_fault(error)}; correct the file.", kubeconfig=str(path)
        ) from error
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise ClusterConfigError(
            f"kubeconfig: {path} is not a kubeconfig: it contains a {type(document).__name__} instead of a mapping.", kubeconfig=str(path)
        )
    return document


def _json(data: bytes) -> Json:
    """The JSON output of a program.

    ``None`` where it is not JSON, which the YAML reader then reads or reports.
    """
    if not data.startswith(b"{"):
        return None
    try:
        return json.loads(data, object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        return None


def _distinct(pairs: list[tuple[str, Json]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("it contains a duplicate key")
    return found


def _fault(error: object) -> str:
    """The position and kind of a fault, without the file's text, which holds credentials."""
    line = getattr(error, "line", None)
    return f"line {line} is not valid YAML" if line else "it is not valid YAML"


def _merge(config: KubeConfig, document: Mapping[str, Json], path: Path | None) -> None:
    folder = _absolute(path.parent if path else Path())
    config.documents.append((path, document))
    for table, kind in (("clusters", "cluster"), ("users", "user"), ("contexts", "context")):
        entries: dict[str, Entry] = getattr(config, table)
        for number, item in enumerate(_items(config, document, table)):
            body = item.get(kind) if isinstance(item, Mapping) else None
            name = item.get("name") if isinstance(item, Mapping) else None
            if not name or isinstance(name, (Mapping, list)) or not isinstance(body if body is not None else {}, Mapping):
                raise ClusterConfigError(
                    f"{config.origin}: {table}[{number}] must have a name and a mapping {kind!r}; correct the entry.",
                    kubeconfig=config.origin,
                )
            called = f"{config.origin}, the {kind} {plain_text(name, 100)!r}"
            entries.setdefault(str(name), Entry(body or {}, folder, f"{called[0].upper()}{called[1:]}"))
    current = document.get("current-context")
    if isinstance(current, (Mapping, list)):
        raise ClusterConfigError(f"{config.origin}: current-context must be a string; correct the file.", kubeconfig=config.origin)
    config.current = config.current or str(current or "")


def _absolute(folder: Path) -> Path:
    try:
        return folder.absolute()
    except OSError:  # the working directory is deleted; absolute paths still work
        return folder


def _items(config: KubeConfig, document: Mapping[str, Json], table: str) -> list[Json]:
    items = document.get(table)
    if items is None:
        return []
    if not isinstance(items, list):
        raise ClusterConfigError(f"{config.origin}: {table} must be a list; correct the file.", kubeconfig=config.origin)
    return items
