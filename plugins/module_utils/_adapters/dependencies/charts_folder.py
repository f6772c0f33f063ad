# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads and writes the dependencies of a chart on disk: the folder ``charts`` and the lock file.

All archives are written to a temporary folder first. Then they are renamed, so that each file is replaced in one step, the lock file is
written, and files that are no longer needed are moved away. If anything of this fails, all that was done is undone. The temporary folder is
in ``charts`` and its name begins with a dot, so that no program takes it for a chart.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..._engine.chart.load import load_chart
from ..._engine.chart.model import Chart, File
from ..._engine.errors import ChartLoadError, EngineError, OperatorError
from ..charts.files import in_utf8, on_disk, read_bounded, read_chart
from ..private_files import check_target, reason, write_private

FOLDER = "charts"
#: how the name of the temporary folder begins
_WORK = ".dependencies."
#: in the order in which they are loaded
_DECLARING = ("Chart.lock", "Chart.yaml", "requirements.lock", "requirements.yaml")
_BOM = b"\xef\xbb\xbf"
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755


def read_files(chart: Path) -> dict[str, bytes]:
    """The content of the files in ``charts``; of those that cannot be a chart nothing is read.

    Raises ``OperatorError``.
    """
    found: dict[str, bytes] = {}
    for entry in _entries(chart):
        path = chart / FOLDER / entry
        try:
            if path.is_file():
                found[in_utf8(entry)] = read_bounded(path) or b""
        except FileNotFoundError:  # another task removed it
            continue
        except OSError as error:
            raise _unusable(path, "read", error) from error
    return found


def read_folders(chart: Path) -> dict[str, Chart | None]:
    """The charts in the folders in ``charts``; ``None`` for a folder without one.

    Raises ``OperatorError``.
    """
    found: dict[str, Chart | None] = {}
    for entry in _entries(chart):
        path = chart / FOLDER / entry
        if path.is_dir():
            try:
                found[in_utf8(entry)] = read_chart(str(path))
            except EngineError:
                found[in_utf8(entry)] = None
    return found


def _entries(chart: Path) -> list[str]:
    folder = chart / FOLDER
    if not os.path.lexists(folder):
        return []
    if not folder.is_dir():
        raise ChartLoadError(f"{folder} is not a directory; remove it.", helm=f'"{folder}" is not a directory', file=FOLDER)
    try:
        return sorted((name for name in os.listdir(folder) if not name.startswith(_WORK)), key=os.fsencode)  # noqa: PTH208
    except OSError as error:
        raise _unusable(folder, "read", error) from error


def read_declaration(chart: Path) -> Chart:
    """The chart in a folder as far as it declares dependencies.

    That is its Chart.yaml, and its lock and requirements.yaml if it has them. Raises ``ChartLoadError``.
    """
    files: list[File] = []
    for name in _DECLARING:
        try:
            files.append(File(name, (chart / name).read_bytes().removeprefix(_BOM)))
        except FileNotFoundError:
            if name == "Chart.yaml":
                raise ChartLoadError(
                    f"{chart} is not a chart: it has no Chart.yaml.",
                    helm=f"unable to detect chart at {chart}/Chart.yaml: open {chart}/Chart.yaml: no such file or directory",
                    chart=str(chart),
                ) from None
        except OSError as error:
            raise ChartLoadError(f"{chart / name} cannot be read: {reason(error)}.", chart=str(chart), file=name) from None
    return load_chart(files)


def check_lock_file(chart: Path, name: str) -> None:
    """Raises ``OperatorError`` for a lock file that is a link, which Helm does not write through."""
    path = chart / name
    if path.is_symlink():
        target = os.readlink(path)  # noqa: PTH115  as text
        raise OperatorError(
            f"{path} is a symbolic link to {target}; replace it by a regular file.",
            helm=f'the {name} file is a symlink to "{target}"',
            path=str(path),
        )


def check_writable(chart: Path) -> None:
    """Raise the ``OperatorError`` of ``write_dependencies``, as far as that can be known without writing."""
    for path in (chart / "x", *([chart / FOLDER / "x"] if os.path.lexists(chart / FOLDER) else ())):
        try:
            check_target(path)
        except OSError as error:
            raise _unusable(path.parent, "written", error) from error


def write_dependencies(chart: Path, write: Mapping[str, bytes], remove: Sequence[str], lock: tuple[str, bytes] | None) -> None:
    """Write archives and a lock file, and remove archives; everything or nothing.

    :param lock: name and text of the lock file.
    :raises OperatorError: nothing was changed.
    """
    folder = chart / FOLDER
    path = folder
    try:
        created = bool(write) and not os.path.lexists(folder)
        if created:
            folder.mkdir(_FOLDER_MODE)
        work = folder / f"{_WORK}{os.urandom(8).hex()}"
        undo: list[Callable[[], object]] = []
        try:
            if write or remove:
                work.mkdir(0o700)
            for name, data in write.items():
                path = folder / on_disk(name)
                _write(work / on_disk(name), data)
            for name in write:
                path = folder / on_disk(name)
                _replace(work, path, undo)
            if lock is not None:
                path = chart / lock[0]
                _write_lock(path, lock[1], undo)
            for name in remove:
                path = folder / on_disk(name)
                _move_away(work, path, undo)
        except BaseException:
            for step in reversed(undo):
                with contextlib.suppress(OSError):  # the first error is the one to report
                    step()
            shutil.rmtree(work, ignore_errors=True)
            if created:
                with contextlib.suppress(OSError):  # another process may have put a file there
                    folder.rmdir()
            raise
        shutil.rmtree(work, ignore_errors=True)  # a folder that stays is not read by anything
    except (OSError, ValueError) as error:
        raise _unusable(path, "written", error) from error


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        os.fchmod(file.fileno(), _FILE_MODE)


def _replace(work: Path, path: Path, undo: list[Callable[[], object]]) -> None:
    """Put a new file in its place. What was there is kept under another name until all is done."""
    old = work / f"old-{len(undo)}"
    if os.path.lexists(path):
        try:
            os.link(path, old, follow_symlinks=False)
        except OSError:  # a file system without links
            shutil.copy2(path, old, follow_symlinks=False)
        (work / path.name).replace(path)
        undo.append(lambda: old.replace(path))
    else:
        (work / path.name).replace(path)
        undo.append(path.unlink)


def _move_away(work: Path, path: Path, undo: list[Callable[[], object]]) -> None:
    old = work / f"old-{len(undo)}"
    try:
        path.rename(old)
    except FileNotFoundError:  # another process was faster
        return
    undo.append(lambda: old.rename(path))


def _write_lock(path: Path, data: bytes, undo: list[Callable[[], object]]) -> None:
    if path.exists():
        before = path.read_bytes()
        write_private(path, data, _FILE_MODE)
        undo.append(lambda: write_private(path, before, _FILE_MODE))
    else:
        write_private(path, data, _FILE_MODE)
        undo.append(path.unlink)


def _unusable(path: Path, what: str, error: OSError | ValueError) -> OperatorError:
    words = reason(error) if isinstance(error, OSError) else "it is not a valid path"
    return OperatorError(f"{path} cannot be {what}: {words}.", path=str(path))
