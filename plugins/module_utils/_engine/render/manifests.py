# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Splits rendered text into manifests and hooks.

Helm 4: ``pkg/release/v1/util``, ``pkg/action`` ``renderResources``.

A file is split at every line that begins with ``---`` (the rest of that line belongs to the document below). Only white space in front of
a document is removed, and empty documents are dropped. The kind is read from a document's first keys; the annotation ``helm.sh/hook``
makes it a hook and not a part of the manifest. A hook with an unknown event is dropped altogether, with a warning. What is stored and
printed is each document after ``---`` and its ``# Source:``, in install order.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from ..aliases import JsonObject
from ..chart.model import Chart
from ..chart.typed import MapOf, RecordOf, WrongType, decode
from ..errors import ManifestError
from ..objects.kinds import install_key
from .model import Hook, Manifest

_SEPARATOR = re.compile(r"^---[ \t]*", re.MULTILINE)
#: what Go's unicode.IsSpace calls space; Python's strip() takes four control characters more
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_HEAD = RecordOf(
    "SimpleHead",
    "util.SimpleHead",
    {
        "apiVersion": "string",
        "kind": "string",
        "metadata": RecordOf(
            "",
            'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }',
            {"name": "string", "annotations": MapOf("string")},
        ),
    },
)

HOOK = "helm.sh/hook"
HOOK_WEIGHT = "helm.sh/hook-weight"
HOOK_DELETE_POLICY = "helm.sh/hook-delete-policy"
HOOK_OUTPUT_LOG_POLICY = "helm.sh/hook-output-log-policy"
EVENTS = {
    event: event
    for event in (
        "pre-install",
        "post-install",
        "pre-delete",
        "post-delete",
        "pre-upgrade",
        "post-upgrade",
        "pre-rollback",
        "post-rollback",
        "test",
    )
}
#: Helm 2's name of a test
EVENTS["test-success"] = "test"

_NOTES = "NOTES.txt"
_CRD_SUFFIXES = (".yaml", ".yml", ".json")


def strip_space(text: str) -> str:
    """Go's ``strings.TrimSpace``."""
    return text.strip(_SPACE)


def split(text: str) -> list[str]:
    """The documents of a file, in order, each from its first character that is not space to its own end."""
    documents = _SEPARATOR.split(text.lstrip(_SPACE))
    return [document.lstrip(_SPACE) for document in documents if strip_space(document)]


def take_notes(chart: Chart, files: dict[str, str], subcharts_too: bool = False) -> str:
    """The notes of a release. Removes every ``NOTES.txt`` from ``files`` and uses the root's alone.

    Notes written in Jinja2 may have the suffix ``.j2``; they follow those of a Go template.
    """
    own = [f"{chart.name}/templates/{_NOTES}", *(f"{chart.name}/jinja/{_NOTES}{suffix}" for suffix in ("", ".j2"))]
    notes: list[str] = []
    for path in [path for path in files if path.endswith((_NOTES, f"{_NOTES}.j2") if "/jinja/" in path else _NOTES)]:
        text = files.pop(path)
        if subcharts_too or path in own:
            notes.append(text)
    out = ""
    for text in notes:
        out += ("\n" if out else "") + text
    return out


def sort_manifests(files: Mapping[str, str], warnings: list[str]) -> tuple[list[Hook], list[Manifest]]:
    """Hooks and manifests of all files, each in install order.

    :raises ManifestError: a document that is not YAML or not shaped like an object; the first in the files' order.
    """
    hooks: list[Hook] = []
    manifests: list[Manifest] = []
    for path in sorted(files, key=lambda name: name.encode("utf-8", "surrogateescape")):
        if posixpath.basename(path).startswith("_") or not strip_space(files[path]):
            continue
        for text in split(files[path]):
            _sort_in(path, text, hooks, manifests, warnings)
    hooks.sort(key=lambda hook: install_key(hook.kind))
    manifests.sort(key=lambda manifest: install_key(manifest.kind))
    return hooks, manifests


def _sort_in(path: str, text: str, hooks: list[Hook], manifests: list[Manifest], warnings: list[str]) -> None:
    head = read_head(path, text)
    metadata = head.get("metadata", {})
    annotations = {key: value or "" for key, value in metadata.get("annotations", {}).items()}
    if HOOK not in annotations:
        manifests.append(Manifest(path, text, head.get("apiVersion", ""), head.get("kind", ""), metadata.get("name", "")))
        return
    events = [EVENTS.get(event) for event in _items(annotations[HOOK])]
    known = [event for event in events if event is not None]
    if len(known) < len(events):
        warnings.append(f"{path}: an object with the unknown hook {annotations[HOOK]!r} is ignored")
        return
    hooks.append(
        Hook(
            name=metadata.get("name", ""),
            kind=head.get("kind", ""),
            path=path,
            manifest=text,
            events=known,
            weight=_weight(annotations.get(HOOK_WEIGHT, "")),
            delete_policies=_items(annotations.get(HOOK_DELETE_POLICY)),
            output_log_policies=_items(annotations.get(HOOK_OUTPUT_LOG_POLICY)),
        )
    )


def read_head(path: str, text: str) -> JsonObject:
    """apiVersion, kind and metadata (name, annotations) of a document; missing fields are absent.

    Raises ``ManifestError``.
    """
    from ..yamlio.errors import YamlError
    from ..yamlio.load import loads_typed

    try:
        found = decode(loads_typed(text), _HEAD)
    except (YamlError, WrongType) as error:
        reason = error.go_message if isinstance(error, YamlError) else str(error)
        plain = error.message if isinstance(error, YamlError) else str(error).rpartition("json: ")[2]
        line = getattr(error, "line", None)
        raise ManifestError(
            f"The output of {path} is not a Kubernetes object: {plain}.",
            helm=f"YAML parse error on {path}: {reason}",
            template=path,
            line=line,
        ) from None
    return found if isinstance(found, dict) else {}


def _items(text: str | None) -> list[str]:
    return [] if text is None else [strip_space(item).lower() for item in text.split(",")]


def _weight(text: str) -> int:
    """Go's ``strconv.Atoi``, 0 for what it refuses."""
    if not re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII):
        return 0
    weight = int(text)
    return weight if -(2**63) <= weight < 2**63 else 0


def crds(chart: Chart) -> list[tuple[str, str]]:
    """Path and text of what is below ``crds/``: the chart's own first, then its subcharts'.

    Never templated.
    """
    found = [
        (posixpath.normpath(f"{chart.full_path}/{file.name}"), file.data.decode("utf-8", "surrogateescape"))
        for file in chart.files
        if file.name.startswith("crds/") and posixpath.splitext(file.name)[1].lower() in _CRD_SUFFIXES
    ]
    for subchart in chart.dependencies:
        found += crds(subchart)
    return found


def document(path: str, text: str) -> str:
    """One document as Helm stores and prints it."""
    return f"---\n# Source: {path}\n{text}\n"


def joined(documents: Iterable[tuple[str, str]]) -> str:
    """The text that a release stores, of (path, text) in order."""
    return "".join(document(path, text) for path, text in documents)
