# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Packaged charts in a folder: reads what is there, and writes a new one in one step."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from ..._engine.chart.places.sink import MAX_PROVENANCE
from ..._engine.errors import OperatorError, OptionError
from ..private_files import check_target, reason, write_private
from .files import in_utf8, on_disk


def read_package(path: Path) -> bytes | None:
    """The bytes of an archive; ``None`` if there is no file.

    Raises ``OptionError`` where it cannot be read, or is no regular file.
    """
    try:
        place = Path(on_disk(str(path)))
        if not stat.S_ISREG(place.stat().st_mode):
            raise OptionError(f"destination: {path} is not a regular file; remove it, or choose another destination.", option="destination")
        return place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OptionError(f"destination: {path} cannot be read: {reason(error)}.", option="destination") from None


def read_provenance(path: Path) -> bytes | None:
    """The provenance file at a path; ``None`` if there is none.

    Raises ``OperatorError`` where it cannot be read, or is too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PROVENANCE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {reason(error)}.", path=str(path)) from None
    if len(data) > MAX_PROVENANCE:
        raise OperatorError(f"{path} has more than {MAX_PROVENANCE} bytes, so it is not a provenance file.", path=str(path))
    return data


def write_package(path: Path, data: bytes, *, check: bool) -> None:
    """Write an archive in one step; its folder is created.

    :param check: only find out whether the folder can be written.
    :raises OptionError: it cannot be written.
    """
    place = Path(on_disk(str(path)))
    try:
        existing = next((folder for folder in place.parents if os.path.lexists(folder)), place.parent)
        if not existing.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, f"{existing} is not a directory")
        check_target(existing / place.name)
        if check:
            return
        place.parent.mkdir(parents=True, exist_ok=True)  # not private: so is the archive not
        write_private(place, data, 0o644)
    except OSError as error:
        raise OptionError(f"destination: {path} cannot be written: {reason(error)}.", option="destination") from None


def place_within(chart: Path, archive: Path) -> str:
    """The path of an archive relative to the chart's folder; empty if it is not below that folder."""
    top, place = os.path.realpath(chart), os.path.realpath(archive)
    return in_utf8(place[len(top) + 1 :]).replace(os.sep, "/") if place.startswith(top + os.sep) else ""


def excluded_dependencies(chart: Path, names: Iterable[str]) -> list[str]:
    """Folders and archives in ``charts/`` with the names of dependencies, relative to the chart."""
    try:
        present = sorted(os.listdir(chart / "charts"))  # noqa: PTH208
    except OSError:
        return []
    found = [entry for entry in present for name in names if entry == name or (entry.startswith(f"{name}-") and entry.endswith(".tgz"))]
    return [f"charts/{in_utf8(entry)}" for entry in found]
