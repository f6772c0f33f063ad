# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The files in a chart's archive (Helm 4: ``pkg/chart/loader/archive``): a gzipped tar of one directory.

The first part of every path is dropped, whatever it is. Nothing is ever written to disk, and nothing in an archive can
reach out of it: absolute paths, parents, drive letters and files without a directory are refused, links become empty
files (as they do in Helm), and unpacking stops at 100 MiB, counted while it goes, so that a small archive cannot fill the memory.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from datetime import datetime, timezone
from typing import Any

from ..errors import ChartLoadError
from .model import File

MAX_DECOMPRESSED = 100 * 1024 * 1024
#: of a header that holds a long name or pax records; Go reads 1 MiB, Python's search in pax records takes the square of their length
MAX_HEADER = 32 * 1024
_PIECE = 65536
_BOM = b"\xef\xbb\xbf"
_DRIVE = re.compile(r"[a-zA-Z]:/")


def read_archive(data: bytes, name: str = "", nested: bool = False) -> list[File]:
    """Every file, in the archive's order, paths relative to the chart.

    :param data: the bytes of the ``.tgz``.
    :param name: a path or URL, for sentences.
    :param nested: a subchart's archive: Helm tells such an error as it is; a chart's own it hides behind one sentence.
    :raises ChartLoadError: not gzip, not a tar, too large, or a path that has no business in a chart.
    """
    _sniff(data, name, nested)
    try:
        return _read(data, name)
    except _Refused as error:
        helm = error.helm if nested else "unable to load chart archive"
        raise ChartLoadError(f"The archive {name or 'of the chart'} {error}.", helm=helm, chart=name, detail=error.helm) from None


class _Refused(Exception):
    def __init__(self, ours: str, helm: str) -> None:
        super().__init__(ours)
        self.helm = helm


def _sniff(data: bytes, name: str, nested: bool) -> None:
    """What is not gzip gets its own sentence: a values file in the chart's place is a common slip."""
    if data[:3] == b"\x1f\x8b\x08":
        return
    if nested:
        helm = "gzip: invalid header" if len(data) >= 10 else ("EOF" if not data else "unexpected EOF")
    elif name.endswith((".yml", ".yaml")):
        helm = f"file '{name}' seems to be a YAML file, but expected a gzipped archive"
    else:
        helm = f"file '{name}' does not appear to be a gzipped archive; got '{_content_type(data[:512])}'"
    hint = (
        "it looks like a YAML file; was a values file given in the chart's place?"
        if name.endswith((".yml", ".yaml"))
        else "a packaged chart is a .tgz."
    )
    raise ChartLoadError(f"{name or 'The file'} is not a gzipped archive: {hint}", helm=helm, chart=name)


def _content_type(head: bytes) -> str:
    """The handful of answers of Go's ``http.DetectContentType`` that a file in a chart's place is likely to get."""
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


def _read(data: bytes, name: str) -> list[File]:
    import tarfile  # late: most charts are directories

    extra = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)

    class Entry(tarfile.TarInfo):
        """An entry whose extra headers are not read where they are larger than any name."""

        def _proc_member(self, tarfile: Any) -> Any:
            if self.type in extra and self.size > MAX_HEADER:
                raise ValueError(f"a header of {self.size} bytes")
            return super()._proc_member(tarfile)  # type: ignore[misc]

    files: list[File] = []
    left = MAX_DECOMPRESSED
    try:
        with tarfile.open(fileobj=_Gunzip(data), mode="r|", errorlevel=1, tarinfo=Entry) as tar:  # type: ignore[call-overload]
            for entry in tar:
                if entry.isdir():
                    continue
                path = _path_of(entry.name)
                if entry.size > left:
                    raise _too_large()
                stream = tar.extractfile(entry) if entry.isreg() else None
                content = stream.read() if stream is not None else b""
                left -= len(content)
                if left <= 0:
                    raise _too_large()
                files.append(File(path, content.removeprefix(_BOM), datetime.fromtimestamp(entry.mtime, tz=timezone.utc)))
    except (tarfile.TarError, EOFError, zlib.error, UnicodeDecodeError, ValueError, OverflowError, OSError) as error:
        raise _Refused(f"is damaged or is not a tar archive ({error})", "archive/tar: invalid tar header") from None
    if not files:
        raise _Refused("holds no files", "no files in chart archive")
    return files


class _Gunzip:
    """A reader over gzip's members that unpacks only what is asked for, and never much more than a chart may be."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0
        self._inflate = zlib.decompressobj(wbits=31)
        self._ready = bytearray()
        # headers and padding count too: an archive of a million empty files is a bomb as well
        self._left = 2 * MAX_DECOMPRESSED

    def read(self, size: int) -> bytes:
        while len(self._ready) < size and self._more(max(size - len(self._ready), _PIECE)):
            pass
        out = bytes(self._ready[:size])
        del self._ready[:size]
        return out

    def _more(self, size: int) -> bool:
        if self._inflate.eof:
            self._at -= len(self._inflate.unused_data)
            while self._at < len(self._data) and not self._data[self._at]:
                self._at += 1
            if self._at >= len(self._data):
                return False
            self._inflate = zlib.decompressobj(wbits=31)
        source: bytes | memoryview = self._inflate.unconsumed_tail
        if not source:
            source = self._data[self._at : self._at + _PIECE]
            self._at += len(source)
            if not source:
                raise EOFError("it ends too early")
        piece = self._inflate.decompress(source, size)
        self._left -= len(piece)
        if self._left < 0:
            raise _too_large()
        self._ready += piece
        return True


def _path_of(entry: str) -> str:
    """Where a file belongs in the chart, with Helm's checks in Helm's order."""
    # an archive made on Windows separates with backslashes
    delimiter = "\\" if "\\" in entry else "/"
    first, _other, rest = entry.partition(delimiter)
    rest = rest.replace(delimiter, "/")
    if rest.startswith("/"):
        raise _Refused(f"holds {entry!r}, an absolute path", "chart illegally contains absolute paths")
    path = posixpath.normpath(rest) if rest else "."
    if path == ".":
        if first == "Chart.yaml":
            raise _Refused("holds Chart.yaml outside of a directory; a chart lies in one directory", _outside(entry))
        raise _Refused(f"holds {entry!r}, which lies outside of the chart's directory", _outside(entry))
    if path.startswith(".."):
        raise _Refused(f"holds {entry!r}, which points out of the chart", "chart illegally references parent directory")
    if _DRIVE.match(path):
        raise _Refused(f"holds {entry!r}, a path with a drive letter", "chart contains illegally named files")
    if first == "Chart.yaml":
        raise _Refused("holds Chart.yaml outside of a directory; a chart lies in one directory", "chart yaml not in base directory")
    return path


def _outside(entry: str) -> str:
    from ..gotypes.printing import go_quote  # late: only a refusal needs it

    return f"chart illegally contains content outside the base directory: {go_quote(entry)}"


def _too_large() -> _Refused:
    return _Refused(
        f"unpacks to more than {MAX_DECOMPRESSED} bytes; no chart may be that large",
        f"decompressed chart is larger than the maximum size {MAX_DECOMPRESSED}",
    )
