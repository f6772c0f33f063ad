# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Writes the folder of a new chart in one step, and never into a folder that has files.

The files are written into a new folder next to it, which is then renamed. Renaming fails if there is something at the path meanwhile.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from ..._engine.chart.model import File
from ..._engine.errors import OptionError
from ..private_files import check_target, reason
from .files import on_disk


def is_chart(folder: Path) -> bool:
    """Whether there is a chart at a path.

    :raises OptionError: there is something else than a chart or an empty folder.
    """
    try:
        if not os.path.lexists(folder):
            return False
        if os.path.lexists(folder / "Chart.yaml"):
            return True
        if not os.listdir(folder):  # noqa: PTH208
            return False
    except OSError as error:
        raise OptionError(f"chart_ref: {folder} cannot be read: {reason(error)}.", option="chart_ref") from None
    raise OptionError(
        f"chart_ref: {folder} exists, is not empty and contains no Chart.yaml. "
        "Nothing is overwritten; choose another path, or move its files.",
        option="chart_ref",
    )


def write_folder(folder: Path, files: Iterable[File], *, check: bool) -> bool:
    """Create the folder with all files; ``False`` if another process did that meanwhile.

    :param check: only find out whether the folder can be written.
    :raises OptionError: it cannot be written.
    """
    try:
        existing = next((parent for parent in folder.parents if os.path.lexists(parent)), folder.parent)
        if not existing.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, f"{existing} is not a directory")
        check_target(existing / f".{folder.name[:100]}")  # next to the folder, which may exist and be empty
        if check:
            return True
        folder.parent.mkdir(parents=True, exist_ok=True)
        return _write(folder, files)
    except OSError as error:
        raise OptionError(f"chart_ref: {folder} cannot be written: {reason(error)}.", option="chart_ref") from None


def _write(folder: Path, files: Iterable[File]) -> bool:
    temporary = folder.parent / f".{folder.name[:100]}.{os.urandom(8).hex()}"
    temporary.mkdir()
    try:
        for file in files:
            place = temporary / on_disk(file.name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.data)
        try:
            temporary.rename(folder)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST) and is_chart(folder):
                shutil.rmtree(temporary)
                return False
            raise
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return True
