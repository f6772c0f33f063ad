# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads charts and values from disk.

Helm 4: ``pkg/chart/v2/loader/directory.go``, ``internal/sympath``, ``pkg/cli/values``. A chart's directory is walked depth first, names in
byte order. Links to files and to directories are followed and the link's own name is kept (charts share templates in this way); a link to
one of its own parent directories is refused, since Helm would follow it until a path is too long. Only the ``.helmignore`` at the top
counts. Devices, sockets and pipes are refused, and so is a directory that holds more than an archive may.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..._engine.aliases import JsonObject
from ..._engine.chart.archives.bounds import MAX_DECOMPRESSED
from ..._engine.chart.ignore import Ignore
from ..._engine.chart.load import load_archive, load_chart
from ..._engine.chart.model import Chart, File, file_time
from ..._engine.chart.values import load_values, merge_values
from ..._engine.errors import ChartLoadError, ChartNotFound, NotBuiltYet, ValuesError
from ..._engine.plain_text import plain_text
from ..._engine.ports import CompiledCache

_BOM = b"\xef\xbb\xbf"


def read_chart(path: str, cache: CompiledCache | None = None) -> Chart:
    """The chart in a directory or in a packaged ``.tgz``.

    :param cache: the cache of parsed YAML files.
    :raises ChartNotFound: nothing exists at the path.
    :raises ChartLoadError: it cannot be read, or is not a chart.
    """
    try:
        top = _absolute(path)
        kind = top.stat().st_mode
    except (OSError, ValueError) as error:
        raise ChartNotFound(f"There is no chart at {path!a}: {_reason(error)}.", helm=f'path "{path}" not found', chart=path) from None
    if stat.S_ISDIR(kind):
        return _read_directory(top, cache)
    return load_archive(read_chart_archive(top), str(top), cache)


def read_chart_archive(path: Path) -> bytes:
    """The bytes of a packaged chart.

    Raises ``ChartLoadError`` where it cannot be read, is no regular file, or is too large.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ChartLoadError(f"{path} is a device, socket or pipe, not a chart archive.", chart=str(path))
        data = read_bounded(path)
    except OSError as error:
        raise ChartLoadError(f"{path} cannot be read: {_reason(error)}.", helm=f"open {path}: {_reason(error)}", chart=str(path)) from None
    if data is None:
        raise ChartLoadError(f"{path} has more than {MAX_DECOMPRESSED} bytes, the maximum size of a chart archive.", chart=str(path))
    return data


def read_bounded(path: Path) -> bytes | None:
    """A file's bytes, ``None`` for more than a chart's files may have together (a device without an end).

    Raises ``OSError``.
    """
    with path.open("rb") as file:
        data = file.read(MAX_DECOMPRESSED + 1)
    return data if len(data) <= MAX_DECOMPRESSED else None


def _absolute(path: str) -> Path:
    """Absolute and clean; links stay as they are, for the sake of errors that name files."""
    return Path(os.path.abspath(path))  # noqa: PTH100  Path.resolve() follows links, Path.absolute() leaves ".." in


def _read_directory(top: Path, cache: CompiledCache | None) -> Chart:
    try:
        head = File("Chart.yaml", (top / "Chart.yaml").read_bytes().removeprefix(_BOM))
    except OSError as error:
        raise ChartLoadError(
            f"{top} is not a chart: its Chart.yaml cannot be read ({_reason(error)}).",
            helm=f"unable to detect chart at {top}/Chart.yaml: open {top}/Chart.yaml: {_reason(error)}",
            chart=str(top),
        ) from None
    return load_chart(read_chart_directory(str(top)), head, cache)


def read_chart_directory(path: str) -> list[File]:
    """Every file of the chart in a directory that ``.helmignore`` does not leave out.

    Raises ``ChartLoadError``.
    """
    top = str(_absolute(path))  # names are joined as text: a Path for each of a thousand files is felt
    files: list[File] = []
    left = MAX_DECOMPRESSED
    for name, status in _walk(top, "", _ignore(Path(top)), (os.path.realpath(top),)):
        if status.st_size > left:
            raise _too_large(path, name)
        try:
            data = _content(f"{top}/{name}", status.st_size, left)
        except OSError as error:
            full = f"{top}/{name}"
            helm = f"error reading {name}: open {full}: {_reason(error)}"
            raise ChartLoadError(f"{full} cannot be read: {_reason(error)}.", helm=helm, chart=path, file=name) from None
        left -= len(data)
        if left < 0:
            raise _too_large(path, name)
        files.append(File(in_utf8(name), data.removeprefix(_BOM), file_time(*divmod(status.st_mtime_ns, 1_000_000_000), None)))
    return files


def in_utf8(path: str) -> str:
    """A listed path as UTF-8, whatever encoding of names the locale has (``LANG=C`` without UTF-8 mode)."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "surrogateescape")


def on_disk(path: str) -> str:
    """The inverse: a path in UTF-8 for functions of the operating system."""
    return path if path.isascii() else os.fsdecode(path.encode("utf-8", "surrogateescape"))


def _content(full: str, size: int, limit: int) -> bytes:
    """A file's bytes, at most somewhat more than ``limit``: it may have grown after its size was read.

    Raises ``OSError``.
    """
    handle = os.open(full, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(handle, size + 1)
        while len(data) <= limit and (part := os.read(handle, 1 << 16)):
            data += part
        return data
    finally:
        os.close(handle)


def _too_large(path: str, name: str) -> ChartLoadError:
    limit = f"chart exceeds maximum decompressed size of {MAX_DECOMPRESSED} bytes"
    return ChartLoadError(
        f"{path} contains more than {MAX_DECOMPRESSED} bytes, the maximum size of a chart; exclude unneeded files with .helmignore.",
        helm=f"error reading {name}: {limit}",
        chart=path,
    )


def _ignore(top: Path) -> Ignore:
    try:
        return Ignore((top / ".helmignore").read_bytes().decode("utf-8", "surrogateescape"))
    except FileNotFoundError:
        return Ignore()
    except OSError as error:
        raise ChartLoadError(f"{top}/.helmignore cannot be read: {_reason(error)}.", chart=str(top), file=".helmignore") from None


def _walk(top: str, below: str, ignore: Ignore, way: tuple[str, ...]) -> Iterator[tuple[str, os.stat_result]]:
    """Paths relative to ``top`` of the files below a directory, and what they lead to.

    ``way``: where its parents really are.
    """
    directory = f"{top}/{below}" if below else top
    try:
        names = sorted(os.listdir(directory), key=os.fsencode)  # noqa: PTH208
    except OSError as error:
        raise ChartLoadError(f"{directory} cannot be read: {_reason(error)}.", helm=f"open {directory}: {_reason(error)}") from None
    for entry in names:
        name = f"{below}/{entry}" if below else entry
        full = f"{top}/{name}"
        try:
            status = os.stat(full)  # noqa: PTH116
        except OSError as error:
            raise _leads_nowhere(Path(full), error) from None
        is_dir = stat.S_ISDIR(status.st_mode)
        if ignore.matches(name, is_dir):
            continue
        if is_dir:
            real = os.path.realpath(full)
            if real in way:
                raise ChartLoadError(
                    f"{full} is a symbolic link to one of its own parent directories ({real}); remove the link.",
                    helm=f"error evaluating symlink {full}: too many links",
                    file=name,
                )
            yield from _walk(top, name, ignore, (*way, real))
        elif stat.S_ISREG(status.st_mode):
            yield name, status
        else:
            raise ChartLoadError(
                f"{full} is a device, socket or pipe; a chart can only contain regular files.",
                helm=f"cannot load irregular file {full} as it has file mode type bits set",
                file=name,
            )


def _leads_nowhere(full: Path, error: OSError) -> ChartLoadError:
    target = _absolute(str(full.parent / full.readlink())) if full.is_symlink() else full
    missing = next((part for part in (*reversed(target.parents), target) if not os.path.lexists(part)), target)  # where Go stops
    helm = f"error evaluating symlink {full}: lstat {missing}: {_reason(error)}"
    return ChartLoadError(f"{full} leads nowhere: {_reason(error)}.", helm=helm, file=str(full))


def _reason(error: OSError | ValueError) -> str:
    """The system's words as Go prints them: ``no such file or directory``.

    A path with a zero byte is a ``ValueError`` of Python.
    """
    if not isinstance(error, OSError):
        return "invalid argument"
    return (error.strerror or str(error)).lower()


def read_values_file(path: str, read: Callable[[str], bytes] | None = None) -> JsonObject:
    """The values in a file, all its documents merged. Raises ``ValuesError``."""
    from ..._engine.yamlio.errors import YamlError, unreadable

    data = (read or read_bytes)(path)
    try:
        return load_values(data)
    except YamlError as error:
        raise ValuesError(
            unreadable(f"The values file {path}", data, error.go_message), helm=f"failed to parse {path}: {error.go_message}", source=path
        ) from None


def read_bytes(path: str) -> bytes:
    """A file that holds values. Raises ``ValuesError``; a URL is refused by name."""
    if path.startswith(("http://", "https://", "oci://")):
        raise NotBuiltYet(f"Values files from a URL are not supported here ({path}); download the file first.", feature="values from a URL")
    try:
        data = read_bounded(Path(path))
    except (OSError, ValueError) as error:
        # a name without a character is not the current folder
        reason = _reason(error) if path else "no such file or directory"
        shown = plain_text(path) if path else "with an empty name"
        raise ValuesError(f"The values file {shown} cannot be read: {reason}.", helm=f"open {path}: {reason}", source=path) from None
    if data is None:
        raise ValuesError(f"The values file {plain_text(path)} has more than {MAX_DECOMPRESSED} bytes.", source=path)
    return data


#: the kinds of texts that set single values, in the order in which they are merged
SET_KINDS = ("set-json", "set", "set-string", "set-file", "set-literal")


def collect_values(
    files: Sequence[str] = (),
    texts: dict[str, Sequence[str]] | None = None,
    read: Callable[[str], bytes] = read_bytes,
    inline: JsonObject | None = None,
) -> JsonObject:
    """What a user gives, merged in Helm's order: files, then texts by kind.

    :param files: paths.
    :param inline: what is in a task itself: as if it were one more file, the last.
    :param texts: by kind (``SET_KINDS``) the texts in the order given.
    :param read: how a file is read, for ``set-file`` too.
    :raises ValuesError: a file or a text that cannot be read.
    """
    values: JsonObject = {}
    for path in files:
        values = merge_values(values, read_values_file(path, read))
    values = merge_values(values, inline or {})
    for kind in SET_KINDS:
        for text in (texts or {}).get(kind, ()):
            from ..._engine.chart.strvals import parse_into

            parse_into(text, values, kind=kind, read_file=lambda path: read(path).decode("utf-8", "surrogateescape"))
    return values
