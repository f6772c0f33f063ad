# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_repository_index``: makes a folder of archives a chart repository.

Helm: ``pkg/cmd/repo_index.go``. ``changed`` means that entries of the index differ from those in the folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timezone

from ..._adapters.charts.repository.index_folder import Archive, IndexFolder, Known
from ..._adapters.clock import SystemClock
from ..._engine.aliases import JsonObject
from ..._engine.chart.index.entry import OWN
from ..._engine.chart.load import load_archive
from ..._engine.chart.metadata import metadata_tree
from ..._engine.errors import ChartLoadError, OptionError, RepositoryError
from ..._engine.publish.index import Entry, IndexText, archive_url, combine, fields_of, new_entry, write_index
from ..._engine.publish.package import moment_of
from ..._engine.web import without_secrets
from ..options.folders import file_of, folder_of
from ..results.command import helm_command
from ..results.rendered import printable
from ..task import Result, Task, notice_helm_binary

_COMMAND_OPTIONS = ("url", "merge", "json")


def chart_repository_index(task: Task) -> Result:
    notice_helm_binary(task)
    folder = folder_of(task, "path")
    url = _url(task)
    moment = _moment(task)
    place = IndexFolder(folder, task.environ, as_json=bool(task["json"]))
    if task.check_mode:
        return _index(task, place, url, moment)
    with place.locked() as fault:
        if fault:
            task.warn(f"path: {folder} cannot be locked ({fault}). Do not index it with several tasks at the same time.")
        return _index(task, place, url, moment)


def _index(task: Task, place: IndexFolder, url: str, moment: str) -> Result:
    as_json = bool(task["json"])
    known = place.known()
    data = place.text(place.index)
    before = _before(task, place, data, known)
    merged = _merged(task, place, data, before, known)
    archives, digests, skipped = _archives(task, place, url, moment, known, [before, merged])
    charts = combine(archives, merged.entries(), before)
    extra = before.extra or merged.extra
    changed = data is None or charts != before.charts or bool(before.skipped) or data.lstrip().startswith(b"{") != as_json
    learned = digests != known.archives
    known.archives = digests
    if changed and task.check_mode:
        place.check()
    elif changed:
        text = write_index(charts, extra, moment, as_json=as_json)
        place.write(text)
        known.index, known.text = hashlib.sha256(text).hexdigest(), IndexText(charts, extra)
    elif data is not None and known.text is not before:
        known.index, known.text = hashlib.sha256(data).hexdigest(), before
        learned = True
    if learned or changed:
        place.remember(known)
    result: Result = {
        "changed": changed,
        "path": str(place.index),
        "charts": len(charts),
        "versions": sum(map(len, charts.values())),
        "added": _names(charts, before.charts),
        "removed": _names(before.charts, charts),
        "skipped": [{"path": printable(path), "reason": printable(reason)} for path, reason in skipped],
        "stdout": "",
        "stderr": "",
        "command": helm_command(task, ["repo", "index", str(task["path"])], _COMMAND_OPTIONS),
    }
    if task.diff:
        result["diff"] = _diff(place, data, before, charts)
    return result


def _before(task: Task, place: IndexFolder, data: bytes | None, known: Known) -> IndexText:
    """The index in the folder. One that cannot be read is replaced, as in Helm."""
    if data is None:
        return IndexText()
    try:
        return place.entries(data, str(place.index), known)
    except RepositoryError as error:
        task.warn(f"The present index is replaced without regard to its entries: {error.message}")
        return IndexText()


def _merged(task: Task, place: IndexFolder, data: bytes | None, before: IndexText, known: Known) -> IndexText:
    """The index to merge. Raises ``RepositoryError``; a missing file is an empty index, as in Helm."""
    if task.get("merge") is None:
        return IndexText()
    path = file_of(task, "merge")
    if path == place.index and before.charts:
        return before
    other = data if path == place.index else place.text(path)
    if other is None:
        return IndexText()
    try:
        found = place.entries(other, str(path), known)
    except RepositoryError as error:
        raise RepositoryError(f"merge: {error.message}", helm=f"merge failed: {error.helm_message}", **error.fields) from None
    for entry in found.skipped:
        task.warn(f"An entry of {path} is not valid and is left out: {printable(entry)}")
    return found


Digests = dict[str, tuple[tuple[int, int, int], str]]


def _archives(
    task: Task, place: IndexFolder, url: str, moment: str, known: Known, indexes: list[IndexText]
) -> tuple[list[Entry], Digests, list[tuple[str, str]]]:
    """An entry for each archive, the digests of all files, and why other files are not charts."""
    as_json = bool(task["json"])
    entries: list[Entry] = []
    digests: Digests = {}
    skipped: list[tuple[str, str]] = []
    present: dict[tuple[str, str], Entry] = {}
    for index in reversed(indexes):
        for entry in index.entries():
            present[entry.digest, entry.url] = present[entry.digest, ""] = entry
    for archive in place.archives():
        data: bytes | None = None
        facts, digest = known.archives.get(archive.path, ((0, 0, 0), ""))
        if task["rebuild"] or facts != archive.facts:
            data = place.read(archive)
            if data is None:
                continue
            digest = hashlib.sha256(data).hexdigest()
        digests[archive.path] = (archive.facts, digest)
        address = archive_url(url, archive.path)
        same = present.get((digest, address))
        if same is not None and not task["rebuild"]:
            entries.append(same)
            continue
        like = present.get((digest, ""))
        if digest in known.refused and not task["rebuild"]:
            skipped.append((archive.path, known.refused[digest]))
            continue
        created = like.created if like is not None else moment
        if like is not None and not task["rebuild"]:
            metadata = {key: value for key, value in fields_of(like, as_json=as_json).items() if key not in OWN}
        else:
            try:
                metadata = _metadata(place, archive, data)
            except ChartLoadError as error:
                known.refused[digest] = error.message
                skipped.append((archive.path, error.message))
                continue
        entries.append(new_entry(metadata, digest, address, created, as_json=as_json))
    for path, why in skipped:
        task.warn(f"{place.folder / path} is not a chart and is left out: {printable(why)}")
    return entries, digests, skipped


def _metadata(place: IndexFolder, archive: Archive, data: bytes | None) -> JsonObject:
    if data is None:
        data = place.read(archive) or b""
    return metadata_tree(load_archive(data, archive.path).metadata)


def _names(charts: dict[str, list[Entry]], others: dict[str, list[Entry]]) -> list[str]:
    """``name-version`` of the entries that are not in the other index."""
    found = []
    for name, entries in charts.items():
        known = {(entry.version, entry.digest) for entry in others.get(name, ())}
        found += [f"{name}-{entry.version}" for entry in entries if (entry.version, entry.digest) not in known]
    return [str(printable(text)) for text in found]


def _diff(place: IndexFolder, data: bytes | None, before: IndexText, charts: dict[str, list[Entry]]) -> Result:
    """The entries that differ, without the time of a new entry, which check mode cannot predict.

    A whole index may have tens of megabytes.
    """
    old = {entry.text for entry in before.entries()}
    new = {entry.text for entries in charts.values() for entry in entries}
    return {
        "before_header": str(place.index) if data is not None else "absent",
        "after_header": str(place.index),
        "before": _shown(entry.text for entry in before.entries() if entry.text not in new),
        "after": _shown(entry.text for entries in charts.values() for entry in entries if entry.text not in old),
    }


def _shown(texts: Iterable[str]) -> str:
    """Texts of entries without the lines of their times."""
    lines = "\n".join(text.strip("\n") for text in texts).splitlines(keepends=True)
    return str(printable("".join(line for line in lines if not line.lstrip().startswith(("created:", '"created":')))))


def _url(task: Task) -> str:
    """The URL of the repository. Raises ``OptionError`` for one with secrets, which would be published."""
    url = str(task.get("url", "")).strip()
    if url and without_secrets(url) != url:
        raise OptionError(
            f"url is {without_secrets(url)} and more; it must not contain credentials or a query, which would be in the index.",
            option="url",
        )
    return url


def _moment(task: Task) -> str:
    """The time of new entries, in UTC."""
    epoch = moment_of(str(task.environ.get("SOURCE_DATE_EPOCH", "")))
    now = SystemClock().now() if epoch is None else datetime.fromtimestamp(epoch, timezone.utc)
    text = now.astimezone(timezone.utc).isoformat().removesuffix("+00:00")
    return (text.rstrip("0") if "." in text else text) + "Z"
