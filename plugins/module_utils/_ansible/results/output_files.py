# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Writes rendered documents to files below a folder, as ``helm template --output-dir`` does.

Only files that differ are written. A file of an earlier render is removed only on request, and only if its first lines say that it was
rendered to its place (``# Source:``): files that users put into the folder stay.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from ..._adapters.charts.files import in_utf8, on_disk
from ..._adapters.private_files import write_private
from ..._engine.errors import ManifestError, OperatorError
from ..._engine.render.manifests import document
from ..._engine.yamlio.dump import dumps
from ..._engine.yamlio.load import loads
from ..task import Result, Task
from .redact import mask_manifest

_HEAD_BYTES = 4096


def write_documents(
    task: Task,
    folder: Path,
    documents: list[tuple[str, str]],
    *,
    chart: str,
    prune: bool,
    release: str = "",
    crds: Container[str] = (),
) -> Result:
    """Writes documents to files.

    :param documents: path and text. :param chart: name of the chart, the folder that pruning searches.
    :param release: write into a folder of this name, except ``crds``, as ``helm template --release-name`` does.
    :param crds: paths of the files below ``crds/`` among the documents.
    :raises OperatorError: a file cannot be read, written or removed.
    """
    texts: dict[str, str] = {}
    for path, body in documents:
        if path.startswith("/") or ".." in path.split("/"):
            raise ManifestError(
                f"{path} would be written outside of output_dir; the name of the chart or of a file is unsafe.", template=path
            )
        texts[path] = texts.get(path, "") + document(path, body)
    places = {path: folder / path if path in crds else folder / release / path for path in texts}
    changed: list[str] = []
    removed: list[str] = []
    diff: list[Result] = []
    for path, text in texts.items():
        target = places[path]
        before = _present(target)
        if before != text:
            changed.append(str(target))
            diff.append(_file_diff(target, before, text))
            if not task.check_mode:
                _write(target, text)
    if prune:
        for target in _left_behind(folder / release, chart, set(places.values())):
            removed.append(str(target))
            diff.append(_file_diff(target, _present(target), None))
            if not task.check_mode:
                _remove(target)
    result: Result = {
        "changed": bool(changed or removed),
        "files": [str(target) for target in places.values()],
        "files_changed": changed,
        "files_removed": removed,
    }
    if task.diff:
        result["diff"] = diff
    return result


def _left_behind(folder: Path, chart: str, written: set[Path]) -> list[Path]:
    """Files of earlier renders of this chart into ``folder`` that the current one does not write."""
    found = []
    top = folder / chart
    for listed in sorted(top.rglob("*")) if top.is_dir() else ():
        target = Path(in_utf8(str(listed)))
        path = target.relative_to(folder).as_posix()
        if target not in written and listed.is_file() and not listed.is_symlink() and _names_template(listed, path):
            found.append(target)
    return found


def _names_template(target: Path, path: str) -> bool:
    try:
        with target.open("rb") as file:
            head = file.read(_HEAD_BYTES).decode("utf-8", "replace")
    except OSError:  # what cannot be read was not written by a render of this user
        return False
    return head.startswith(f"---\n# Source: {path}\n")


def _write(target: Path, text: str) -> None:
    try:
        place = Path(on_disk(str(target)))
        place.parent.mkdir(parents=True, exist_ok=True)  # not private: so are the files not
        write_private(place, text.encode("utf-8", "surrogateescape"), 0o644)
    except OSError as error:
        raise OperatorError(f"output_dir: {target} cannot be written: {error.strerror or error}.", file=str(target)) from error


def _remove(target: Path) -> None:
    try:
        Path(on_disk(str(target))).unlink()
    except OSError as error:
        raise OperatorError(f"output_dir: {target} cannot be deleted: {error.strerror or error}.", file=str(target)) from error


def _present(target: Path) -> str | None:
    try:
        return Path(on_disk(str(target))).read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OperatorError(f"output_dir: {target} cannot be read: {error.strerror or error}.", file=str(target)) from error


def _file_diff(target: Path, before: str | None, after: str | None) -> Result:
    return {
        "before_header": str(target) if before is not None else "absent",
        "after_header": str(target) if after is not None else "absent",
        "before": mask_manifest(before or "", loads, dumps),
        "after": mask_manifest(after or "", loads, dumps),
    }
