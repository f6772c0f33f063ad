# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives that would fill the memory: refused with a sentence, in a child process with half a gigabyte of address space."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_archive
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError

HEAD = b"apiVersion: v2\nname: %s\nversion: 1.0.0\n"
MIB = 1 << 20
CHILD = """
import json, resource, sys
sys.path[:0] = json.loads(sys.argv[1])
import conftest  # noqa: F401  makes the collection importable
import test_archive_bounds as bounds
data = sys.stdin.buffer.read()
resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
try:
    bounds.load_archive(data, "bomb.tgz")
except bounds.ChartLoadError as error:
    print(error)
"""


def packed(entries: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as tar:
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def chart(name: str, *more: tuple[str, bytes]) -> bytes:
    return packed([(f"{name}/Chart.yaml", HEAD % name.encode()), *((f"{name}/{path}", data) for path, data in more)])


def raw(kind: bytes, size: int) -> bytes:
    """One entry of a kind of header, whose content is digits."""
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = kind, size
    out = io.BytesIO()
    with gzip.open(out, "wb", 6) as stream:
        stream.write(entry.tobuf())
        for _piece in range(max(size // MIB, 1)):
            stream.write(b"1" * min(size, MIB))
    return out.getvalue()


def zeros(size: int) -> bytes:
    """An archive of one file that claims, and has, that many zeros; made without holding them."""
    entry = tarfile.TarInfo("c/zeros")
    entry.size = size
    out = io.BytesIO()
    with gzip.open(out, "wb", 1) as stream:
        stream.write(entry.tobuf())
        for _piece in range(size // MIB):
            stream.write(bytes(MIB))
    return out.getvalue()


def bombs() -> dict[str, bytes]:
    forty = [(f"charts/s{n}.tgz", chart(f"s{n}", ("big", bytes(20 * MIB)))) for n in range(40)]
    within = chart("s0")
    for level in range(1, 80):
        within = chart(f"s{level}", (f"charts/s{level - 1}.tgz", within))
    return {
        "one file": zeros(1024 * MIB),
        "a long name": raw(tarfile.GNUTYPE_LONGNAME, 150 * MIB),
        "a long pax header": raw(tarfile.XHDTYPE, 150 * MIB),
        "a slow pax header": raw(tarfile.XHDTYPE, MIB),
        "many subcharts": chart("c", *forty),
        "subcharts in subcharts": within,
    }


SAYS = {
    "one file": "unpacks to more than 104857600 bytes",
    "a long name": "a header of 157286400 bytes",
    "a long pax header": "a header of 157286400 bytes",
    "a slow pax header": "a header of 1048576 bytes",
    "many subcharts": "unpack to more than 268435456 bytes together",
    "subcharts in subcharts": "more than 60 levels deep",
}


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return bombs()


@pytest.mark.parametrize("name", SAYS)
def test_bombs_are_refused(name: str, made: dict[str, bytes]) -> None:
    here = Path(__file__)
    paths = [str(here.parent), *(str(above) for above in here.parents if above.name == "unit"), *sys.path]
    child = [sys.executable, "-c", CHILD, json.dumps(paths)]
    done = subprocess.run(child, input=made[name], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    assert SAYS[name] in done.stdout.decode()


def test_names_as_long_as_any_are_read() -> None:
    deep = "/".join(["folder" * 20] * 60)
    files = load_archive(chart("c", (f"files/{deep}.txt", b"here"))).files
    assert [(file.name, file.data) for file in files] == [(f"files/{deep}.txt", b"here")]


def test_a_header_of_its_own_is_no_way_out() -> None:
    with pytest.raises(ChartLoadError, match="is damaged or is not a tar archive"):
        load_archive(raw(tarfile.XHDTYPE, 64 * 1024), "x.tgz")
