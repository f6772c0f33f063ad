# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads the files of a chart's archive, a gzipped tar of one directory.

Helm 4: ``pkg/chart/loader/archive``. The first part of every path is dropped, with any name. Nothing is written to disk, and no entry can
leave the archive's directory: absolute paths, parents, drive letters and files without a directory are refused, links become empty files
(as in Helm). Unpacking stops at 100 MiB, and at the limits of ``bounds``, counted during the read, so that a small archive can exhaust
neither memory nor time. Data after the archive's end is not read, as in Helm.
"""

from __future__ import annotations

import posixpath
import re
from datetime import timezone

from ...errors import ChartLoadError
from ..model import File, file_time
from .bounds import MAX_DECOMPRESSED, Bounds, Refused, too_large

_BOM = b"\xef\xbb\xbf"
_DRIVE = re.compile(r"[a-zA-Z]:/")


def read_archive(data: bytes, name: str = "", nested: bool = False, bounds: Bounds | None = None) -> list[File]:
    """Every file, in the archive's order, paths relative to the chart.

    :param data: the bytes of the ``.tgz``.
    :param name: a path or URL, for sentences.
    :param nested: a subchart's archive: Helm prints its errors as they are; for the chart itself it prints one sentence.
    :param bounds: counts that go on from one subchart's archive to the next.
    :raises ChartLoadError: not gzip, not a tar, too large, or a path that leads out of the chart.
    """
    _sniff(data, name, nested)
    try:
        return _read(data, bounds or Bounds())
    except Refused as error:
        helm = error.helm if nested else "unable to load chart archive"
        if error.helm == "gzip: invalid header" and not nested:
            helm = f"file '{name}' does not appear to be a valid chart file (details: {error.helm})"
        raise ChartLoadError(f"The archive {name or 'of the chart'} {error}.", helm=helm, chart=name, detail=error.helm) from None


def _sniff(data: bytes, name: str, nested: bool) -> None:
    """The error for data that is not gzip: a values file in place of the chart is a common mistake."""
    if data[:3] == b"\x1f\x8b\x08":
        return
    if nested:
        helm = "gzip: invalid header" if len(data) >= 10 else ("EOF" if not data else "unexpected EOF")
    elif name.endswith((".yml", ".yaml")):
        helm = f"file '{name}' seems to be a YAML file, but expected a gzipped archive"
    else:
        helm = f"file '{name}' does not appear to be a gzipped archive; got '{_content_type(data[:512])}'"
    hint = (
        "it looks like a YAML file; check that it is not a values file."
        if name.endswith((".yml", ".yaml"))
        else "a packaged chart is a .tgz."
    )
    raise ChartLoadError(f"{name or 'The file'} is not a gzipped archive: {hint}", helm=helm, chart=name)


def _content_type(head: bytes) -> str:
    """The results of Go's ``http.DetectContentType`` that are likely for a file that is not a chart."""
    text = head.lstrip(b"\t\n\x0c\r ")
    lowered = text[:20].lower()
    for mark in (b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<!--"):
        if lowered.startswith(mark) and text[len(mark) : len(mark) + 1] in (b" ", b">"):
            return "text/html; charset=utf-8"
    known = (
        (b"<?xml", text, "text/xml; charset=utf-8"),
        (b"%PDF-", head, "application/pdf"),
        (b"PK\x03\x04", head, "application/zip"),
        (b"\x89PNG\r\n\x1a\n", head, "image/png"),
        (b"\xff\xd8\xff", head, "image/jpeg"),
        (b"Rar!\x1a\x07", head, "application/x-rar-compressed"),
        (b"\xef\xbb\xbf", head, "text/plain; charset=utf-8"),
    )
    for mark, where, kind in known:
        if where.startswith(mark):
            return kind
    # Go sniffs a buffer of 512 bytes that it does not cut to the file's length, so a shorter file ends in zeros
    padded = head if len(head) == 512 else head + b"\0"
    binary = any(byte <= 0x08 or byte == 0x0B or 0x0E <= byte <= 0x1A or 0x1C <= byte <= 0x1F for byte in padded)
    return "application/octet-stream" if binary else "text/plain; charset=utf-8"


def _read(data: bytes, bounds: Bounds) -> list[File]:
    from .gunzip import Gunzip  # late: most charts are folders
    from .tar import GLOBAL, TarReader

    bounds.start(MAX_DECOMPRESSED)
    stream = Gunzip(data, bounds)
    reader = TarReader(stream, bounds)
    files: list[File] = []
    left = MAX_DECOMPRESSED
    while (entry := reader.next()) is not None:
        if entry.is_folder or entry.kind == GLOBAL:
            continue
        path = _path_of(entry.name)
        if entry.size > left:
            raise too_large(MAX_DECOMPRESSED)
        content = reader.content(entry.size)
        left -= len(content)
        if len(content) < entry.size:
            raise Refused(f"contains {entry.name!r}, which has a size and no content", too_large(MAX_DECOMPRESSED).helm)
        if left <= 0:
            raise too_large(MAX_DECOMPRESSED)
        files.append(File(path, content.removeprefix(_BOM), file_time(entry.seconds, entry.nanoseconds, timezone.utc)))
    if not files:
        raise Refused("contains no files", "no files in chart archive")
    return files


def _path_of(entry: str) -> str:
    """Where a file belongs in the chart, with Helm's checks in Helm's order."""
    # an archive made on Windows separates with backslashes
    delimiter = "\\" if "\\" in entry else "/"
    first, _other, rest = entry.partition(delimiter)
    rest = rest.replace(delimiter, "/")
    if rest.startswith("/"):
        raise Refused(f"contains {entry!r}, an absolute path", "chart illegally contains absolute paths")
    path = posixpath.normpath(rest) if rest else "."
    if path == ".":
        if first == "Chart.yaml":
            raise Refused("has Chart.yaml outside of a folder; all files of a chart must be in one folder", _outside(entry))
        raise Refused(f"contains {entry!r}, which is outside of the chart's folder", _outside(entry))
    if path.startswith(".."):
        raise Refused(f"contains {entry!r}, which leads out of the chart", "chart illegally references parent directory")
    if _DRIVE.match(path):
        raise Refused(f"contains {entry!r}, a path with a drive letter", "chart contains illegally named files")
    if first == "Chart.yaml":
        raise Refused("has Chart.yaml outside of a folder; all files of a chart must be in one folder", "chart yaml not in base directory")
    return path


def _outside(entry: str) -> str:
    from ...gotypes.printing import go_quote  # late: only a refusal needs it

    return f"chart illegally contains content outside the base directory: {go_quote(entry)}"
