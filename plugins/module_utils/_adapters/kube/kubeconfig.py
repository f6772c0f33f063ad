# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Kubeconfig files: found, read and merged as kubectl and helm do it (client-go: ``tools/clientcmd/loader.go``).

Of several files the first that names a cluster, a user or a context is right about it, and the first ``current-context`` counts.
Files named by ``KUBECONFIG`` may be missing as long as one is there; a file that the task names must exist. Relative paths inside
a file are taken from the file's folder; those of a kubeconfig given as a dictionary from the working directory.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from ..._engine.errors import ClusterConfigError
from .options import ENVIRONMENT, ConnectionOptions


@dataclass(frozen=True)
class Entry:
    """One named cluster, user or context, and the folder that its relative paths start from."""

    body: Mapping[str, Any]
    folder: Path

    def text(self, key: str) -> str:
        value = self.body.get(key)
        return str(value) if value not in (None, "") else ""

    def path(self, key: str) -> Path | None:
        value = self.text(key)
        return (self.folder / value) if value else None


@dataclass
class KubeConfig:
    """The merged files. ``origin``: what to call them in a sentence."""

    origin: str
    clusters: dict[str, Entry] = field(default_factory=dict)
    users: dict[str, Entry] = field(default_factory=dict)
    contexts: dict[str, Entry] = field(default_factory=dict)
    current: str = ""
    documents: list[tuple[Path | None, Mapping[str, Any]]] = field(default_factory=list)

    def context(self, wanted: str) -> tuple[str, Entry]:
        """The context to use. Raises ``ClusterConfigError`` naming those that exist."""
        name = wanted or self.current
        known = ", ".join(sorted(self.contexts)) or "none"
        if not name:
            raise ClusterConfigError(
                f"{self.origin} has no current-context; say which with the option context (there are: {known}).", kubeconfig=self.origin
            )
        if name not in self.contexts:
            called = "the context" if wanted else "its current-context"
            raise ClusterConfigError(
                f"{self.origin}: {called} {name!r} does not exist; there are: {known}.",
                helm=f"Kubernetes cluster unreachable: context {name!r} does not exist".replace("'", '"'),
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
        known = ", ".join(sorted(entries)) or "none"
        raise ClusterConfigError(
            f"{self.origin}: the context {context!r} points to the {kind} {name!r}, which does not exist; there are: {known}.",
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
        config = KubeConfig("the kubeconfig given as a dictionary")
        _merge(config, given, None)
        return config
    if given:
        called = "K8S_AUTH_KUBECONFIG" if options.origins.get("kubeconfig") == ENVIRONMENT else "kubeconfig"
        whole = expand(given, options.environ)
        parts = [whole] if os.pathsep not in given or whole.exists() else _listed(given, options.environ)
        return _read(parts, called, required=len(parts) == 1)
    if options.environ.get("KUBECONFIG"):
        return _read(_listed(options.environ["KUBECONFIG"], options.environ), "KUBECONFIG", required=False)
    standard = expand("~/.kube/config", options.environ)
    return _read([standard], "kubeconfig", required=True) if standard.exists() else None


def _listed(text: str, environ: Mapping[str, str]) -> list[Path]:
    return [expand(part, environ) for part in text.split(os.pathsep) if part]


def _read(paths: list[Path], called: str, *, required: bool) -> KubeConfig:
    names = ", ".join(str(path) for path in paths)
    config = KubeConfig(f"{'kubeconfig' if called == 'kubeconfig' else f'kubeconfig ({called})'} {names}")
    there = [path for path in paths if path.exists()]
    if not there or (required and len(there) < len(paths)):
        raise ClusterConfigError(
            f"{called}: {names} does not exist; give the path of a kubeconfig that does.",
            helm=f"Kubernetes cluster unreachable: stat {names}: no such file or directory",
            kubeconfig=names,
        )
    for path in there:
        _merge(config, _document(path), path)
    return config


def _document(path: Path) -> Mapping[str, Any]:
    from ..._engine.yamlio.load import YamlError, loads_object

    try:
        data = path.read_bytes()
    except OSError as error:
        raise ClusterConfigError(f"kubeconfig: {path} cannot be read: {error.strerror or error}.", kubeconfig=str(path)) from error
    try:
        document = _json(data) or loads_object(data)
    except YamlError as error:
        raise ClusterConfigError(
            f"kubeconfig: {path} is not a kubeconfig: {_fault(error)}; repair the file.", kubeconfig=str(path)
        ) from error
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise ClusterConfigError(
            f"kubeconfig: {path} is not a kubeconfig: it holds a {type(document).__name__}, not a mapping.", kubeconfig=str(path)
        )
    return document


def _json(data: bytes) -> Any:
    """What a program wrote as JSON, without a reader of YAML; ``None``: that one shall read it, and say what is wrong."""
    if not data.startswith(b"{"):
        return None
    try:
        return json.loads(data, object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        return None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _fault(error: Any) -> str:
    """What and where, and nothing of the file's text: it holds credentials."""
    line = getattr(error, "line", None)
    return f"line {line} is not valid YAML" if line else "it is not valid YAML"


def _merge(config: KubeConfig, document: Mapping[str, Any], path: Path | None) -> None:
    folder = (path.parent if path else Path()).absolute()
    config.documents.append((path, document))
    for table, kind in (("clusters", "cluster"), ("users", "user"), ("contexts", "context")):
        entries: dict[str, Entry] = getattr(config, table)
        for number, item in enumerate(_items(config, document, table)):
            body = item.get(kind) if isinstance(item, Mapping) else None
            if not isinstance(item, Mapping) or not item.get("name") or not isinstance(body or {}, Mapping):
                raise ClusterConfigError(
                    f"{config.origin}: {table}[{number}] must have a name and a mapping {kind!r}; repair the entry.",
                    kubeconfig=config.origin,
                )
            entries.setdefault(str(item["name"]), Entry(body or {}, folder))
    config.current = config.current or str(document.get("current-context") or "")


def _items(config: KubeConfig, document: Mapping[str, Any], table: str) -> list[Any]:
    items = document.get(table)
    if items is None:
        return []
    if not isinstance(items, list):
        raise ClusterConfigError(f"{config.origin}: {table} must be a list; repair the file.", kubeconfig=config.origin)
    return items
