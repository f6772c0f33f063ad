# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Go's ``path``: slashes only.

``path/filepath`` is the same on POSIX, where Helm's templates are rendered.
"""

from __future__ import annotations


def clean(path: str) -> str:
    rooted = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            parts.append(part)
        elif parts and parts[-1] != "..":
            parts.pop()
        elif not rooted:
            parts.append(part)
    return ("/" if rooted else "") + "/".join(parts) or "."


def base(path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def directory(path: str) -> str:
    head, slash, _tail = path.rpartition("/")
    return clean(head + slash)


def extension(path: str) -> str:
    _head, dot, tail = path.rpartition("/")[2].rpartition(".")
    return dot + tail if dot else ""


def is_absolute(path: str) -> bool:
    return path.startswith("/")
