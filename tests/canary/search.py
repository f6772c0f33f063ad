# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches for texts that must not be shown, in their usual encodings.

It searches texts, folders, and what running processes show.

It shares no code with the collection's own masking, which it judges. A finding names the place, the encoding and some of the surrounding text.

    canary = Canary({"vaulted password": "Tide-4711..."})
    canary.in_text("console", output)
    canary.in_folder("cache", folder)
    with canary.watching(): ...            # command lines and environments of all processes of this user
    assert not canary.findings, canary.report()
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import io
import json
import os
import re
import threading
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

_SPACE = re.compile(r"(?:\\?\s|\\[nrt])+")
_CODED = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_MOST_DEEP = 4
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    place: str
    canary: str
    encoding: str
    around: str

    def __str__(self) -> str:
        return f"{self.place}: {self.canary} ({self.encoding}): {self.around}"


def needles(text: str) -> dict[str, str]:
    """Encoding -> text to search for; of base64 only the part that does not depend on what precedes it."""
    data = text.encode()
    found = {
        "plain": text,
        "upper case": text.upper(),
        "lower case": text.lower(),
        "hexadecimal": data.hex(),
        "upper hexadecimal": data.hex().upper(),
        "URL": quote(text, safe=""),
        "URL, lower": re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), quote(text, safe="")),
        "URL, form": quote_plus(text),
        "JSON": json.dumps(text)[1:-1],
        "JSON, not ASCII": json.dumps(text, ensure_ascii=False)[1:-1],
        "JSON of Go": re.sub("[<>&]", lambda char: f"\\u{ord(char[0]):04x}", json.dumps(text)[1:-1]),
        "YAML": text.replace("'", "''"),
        "no white space": _SPACE.sub("", text),
    }
    for offset in range(3):
        core = base64.b64encode(b"\0" * offset + data).decode()[(0, 2, 3)[offset] : (offset + len(data)) * 4 // 3]
        found[f"base64 after {offset}"] = core
        found[f"url-safe base64 after {offset}"] = core.replace("+", "-").replace("/", "_")
    return found


class Canary:
    """:param texts: name -> text. A text must be long and unusual enough to have no equal by chance."""

    def __init__(self, texts: dict[str, str]) -> None:
        short = [name for name, text in texts.items() if len(text) < 10]
        if short:
            raise ValueError(f"too short for a canary: {', '.join(short)}")
        self._needles = [
            (name, encoding, needle.encode()) for name, text in texts.items() for encoding, needle in needles(text).items()
        ]
        self.findings: list[Finding] = []
        self.searched: dict[str, int] = {}

    def report(self) -> str:
        return "\n".join(str(finding) for finding in self.findings[:50])

    def in_text(self, place: str, text: str | bytes) -> None:
        """Searches a text, its parts in base64, gzip and zip, and the text without white space."""
        data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        self.searched[place] = self.searched.get(place, 0) + len(data)
        self._look(place, data, 0)

    def in_folder(self, place: str, folder: Path, skip: re.Pattern[str] | None = None) -> None:
        """Searches the names and contents of all files of a folder.

        :param skip: files whose path matches are left out.
        """
        for path in _files(folder):
            where = str(path.relative_to(folder))
            if skip is not None and skip.search(where):
                continue
            self.in_text(f"{place}: name of {where}", where)
            with contextlib.suppress(OSError):
                if path.is_file() and path.stat().st_size <= _LARGEST:
                    self.in_text(f"{place}: {where}", path.read_bytes())

    @contextlib.contextmanager
    def watching(self, every: float = 0.05) -> Iterator[None]:
        """Searches the command line and the environment of every other process of this user while it runs."""
        over = threading.Event()
        seen: set[tuple[str, bytes]] = set()

        def watch() -> None:
            while not over.is_set():
                for name in os.listdir("/proc"):  # noqa: PTH208
                    with contextlib.suppress(OSError):
                        if not name.isdigit() or int(name) == os.getpid():
                            continue
                        command = Path("/proc", name, "cmdline").read_bytes()
                        if command and (name, command) not in seen:  # a process that begins another program is looked at again
                            seen.add((name, command))
                            self.in_text("command lines", command)
                            self.in_text("environments", Path("/proc", name, "environ").read_bytes())
                over.wait(every)

        thread = threading.Thread(target=watch, name="canary")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _look(self, place: str, data: bytes, depth: int) -> None:
        packed = re.sub(rb"(?:\\?\s|\\[nrt])+", b"", data)
        for name, encoding, needle in self._needles:
            at = data.find(needle)
            if at >= 0:
                self._found(place, name, encoding, data, at, len(needle))
            elif (at := packed.find(needle)) >= 0:
                self._found(place, name, f"{encoding}, broken by white space", packed, at, len(needle))
        if depth < _MOST_DEEP:
            for inner in _inside(data, packed):
                self._look(f"{place}, decoded", inner, depth + 1)

    def _found(self, place: str, name: str, encoding: str, data: bytes, at: int, length: int) -> None:
        around = data[max(0, at - 60) : at + length + 20].decode("utf-8", "replace")
        self.findings.append(Finding(place, name, encoding, " ".join(around.split())))


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(parent, name)


def _inside(data: bytes, packed: bytes) -> Iterator[bytes]:
    """The unpacked and decoded parts of some data."""
    if data[:2] == b"\x1f\x8b":
        with contextlib.suppress(OSError, EOFError, zlib.error):
            yield gzip.decompress(data)
    if data[:2] == b"PK":
        with contextlib.suppress(zipfile.BadZipFile, RuntimeError, zlib.error), zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    for text in {data, packed}:
        for match in _CODED.finditer(text):
            coded = match[0].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
            with contextlib.suppress(binascii.Error, ValueError):
                plain = base64.b64decode(coded + b"=" * (-len(coded) % 4))
                if plain[:2] in (b"\x1f\x8b", b"PK") or _is_text(plain):
                    yield plain


def _is_text(data: bytes) -> bool:
    try:
        return data.decode().isprintable() or b"\n" in data
    except UnicodeDecodeError:
        return False
