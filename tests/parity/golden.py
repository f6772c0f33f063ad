# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cached answers of helm about the same bytes.

They are stored by content under ``~/.cache/windlass-charts/golden``.

The key is a digest of the binary, the options and every file they name, so that helm runs again for a changed case. Paths count
by their content and are put back into the answer. A chart that calls functions with changing results is never cached.
With ``WINDLASS_GOLDEN=off`` helm always runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))

from module_utils._engine.sprig import table

FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "windlass-charts" / "golden"
# dates read the clock or the host's zone; the others draw lots
CHANCE = {line[0] for line in table._TABLE if line[4] == table.CHANCE} | {"now", "ago", "date", "lookup"}
UNSTEADY = re.compile(rb"\b(?:" + "|".join(sorted(CHANCE)).encode() + rb")\b")
MOST_BYTES = 4_000_000


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_file():
        yield "", path.read_bytes()
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted([*names, *(one for one in folders if (Path(folder) / one).is_symlink())]):
            file = Path(folder) / name
            label = str(file.relative_to(path))
            if file.is_symlink():
                label += " -> " + os.readlink(file)  # noqa: PTH115
            yield label, file.read_bytes() if file.is_file() else b""
        for name in folders:
            yield str((Path(folder) / name).relative_to(path)) + "/", b""


def _paths(args: tuple[str, ...]) -> list[str]:
    found = {part for arg in args for part in re.split(r"[=,]", arg) if part.startswith("/") and os.path.exists(part)}  # noqa: PTH110
    return sorted(found, key=len, reverse=True)


def key(binary: str, args: tuple[str, ...]) -> tuple[str, list[str]] | None:
    """The name of the answer, and the paths in it; nothing where the answer is not to be kept."""
    facts = Path(binary).stat()
    digest = hashlib.sha256(f"2 {facts.st_size} {facts.st_mtime_ns}".encode())
    paths, size = _paths(args), 0
    for arg in args:
        for at, path in enumerate(paths):
            arg = arg.replace(path, f"\0{at}")
        digest.update(b"\1" + arg.encode("utf-8", "surrogateescape"))
    for path in paths:
        digest.update(Path(path).name.encode())
        for name, data in _files(Path(path)):
            size += len(data)
            if size > MOST_BYTES or UNSTEADY.search(data):
                return None
            digest.update(f"\2{name}\3{len(data)}\4".encode("utf-8", "surrogateescape") + data)
    return digest.hexdigest(), paths


def answer(binary: str, args: tuple[str, ...], ask: subprocess.CompletedProcess[bytes] | None) -> subprocess.CompletedProcess[bytes] | None:
    """Returns the cached answer if ``ask`` is ``None``, else caches ``ask``."""
    named = None if os.environ.get("WINDLASS_GOLDEN") == "off" else key(binary, args)
    if named is None:
        return ask
    file = FOLDER / named[0][:2] / named[0]
    marks = [(path.encode(), f"\0path{at}\0".encode()) for at, path in enumerate(named[1])]
    if ask is None:
        try:
            code, *texts = json.loads(file.read_text())
            out, err = (text.encode("latin-1") for text in texts)
        except (OSError, ValueError):
            return None
        for path, mark in marks:
            out, err = out.replace(mark, path), err.replace(mark, path)
        return subprocess.CompletedProcess([binary, *args], code, out, err)
    out, err = ask.stdout, ask.stderr
    for path, mark in marks:
        out, err = out.replace(path, mark), err.replace(path, mark)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(json.dumps([ask.returncode, out.decode("latin-1"), err.decode("latin-1")]))
    part.replace(file)
    return ask
