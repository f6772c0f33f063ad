# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives that would fill the memory are rejected with a sentence.

In a child process with half a gigabyte of address space.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_archive
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError

pytestmark = pytest.mark.slow

HEAD = b"apiVersion: v2\nname: %s\nversion: 1.0.0\n"
MIB = 1 << 20
CHILD = """
import json, resource, sys
sys.path[:0] = json.loads(sys.argv[1])
import conftest  # noqa: F401  makes the collection importable
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_archive
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError
data = sys.stdin.buffer.read()
resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
try:
    load_archive(data, "bomb.tgz")
except ChartLoadError as error:
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


SPARSE = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "1000"}
HOLE = {"GNU.sparse.numblocks": "1", "GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 40)}


def head(kind: bytes, size: int, mode: int = 0o644) -> bytes:
    entry = tarfile.TarInfo("c/x")
    entry.type, entry.size, entry.mode = kind, size, mode
    return entry.tobuf(tarfile.GNU_FORMAT)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def pax_head(records: dict[str, str]) -> bytes:
    entry = tarfile.TarInfo("c/x")
    entry.pax_headers = records
    return entry.tobuf(tarfile.PAX_FORMAT)[:-512]


def old_sparse_map(blocks: int) -> bytes:
    """A header whose map has that many blocks, each of 21 empty fragments."""
    block = bytearray(head(tarfile.GNUTYPE_SPARSE, 0))
    block[482], block[483:495] = 1, b"%011o\0" % 1
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + 256 + sum(block[156:]))
    return bytes(block) + (b"%011o\0%011o\0" % (0, 0) * 21 + b"\1" + bytes(7)) * blocks + bytes(512)


def chunks(start: bytes, count: int) -> bytes:
    """A start, and that many MiB of zeros; made without holding them."""
    out = io.BytesIO()
    with gzip.open(out, "wb", 1) as stream:
        stream.write(start)
        for _piece in range(count):
            stream.write(bytes(MIB))
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


def subcharts() -> bytes:
    return chart("c", *((f"charts/s{n}.tgz", chart(f"s{n}", ("big", bytes(20 * MIB)))) for n in range(40)))


def nested() -> bytes:
    within = chart("s0")
    for level in range(1, 80):
        within = chart(f"s{level}", (f"charts/s{level - 1}.tgz", within))
    return within


def empty_files() -> bytes:
    """Three subcharts, whose files are too many together."""
    empty = [(f"f{n}", b"") for n in range(18_000)]
    return chart("c", *((f"charts/s{n}.tgz", chart(f"s{n}", *empty)) for n in range(3)))


RECORDS = b"5 a=\n" * (MIB // 5)
PAX = head(tarfile.XHDTYPE, len(RECORDS)) + padded(RECORDS)
GLOBAL = head(tarfile.XGLTYPE, len(RECORDS)) + padded(RECORDS)
LARGE_MAP = padded(b"250000\n" + b"0\n0\n" * 250_000)
#: each made when its test runs: some take a second
BOMBS: dict[str, Callable[[], bytes]] = {
    "a global header and many files": lambda: gzip.compress(GLOBAL + head(tarfile.REGTYPE, 0) * 190_000),
    "many global headers": lambda: gzip.compress((head(tarfile.XGLTYPE, 512) + b"512 a=" + b"b" * 505 + b"\n") * 40_000),
    "a chain of headers": lambda: gzip.compress(head(tarfile.XHDTYPE, 0) * 100_000),
    "many small records": lambda: gzip.compress(PAX * 100),
    "many empty files": lambda: gzip.compress(head(tarfile.REGTYPE, 0) * 190_000),
    "many folders": lambda: gzip.compress(head(tarfile.DIRTYPE, 0) * 190_000),
    "many empty files in subcharts": empty_files,
    "old sparse maps": lambda: gzip.compress(old_sparse_map(2040) * 30),
    "sparse maps": lambda: gzip.compress((pax_head(SPARSE) + head(tarfile.REGTYPE, len(LARGE_MAP)) + LARGE_MAP) * 20),
    "a large hole": lambda: gzip.compress(pax_head(HOLE) + head(tarfile.REGTYPE, 0)),
    "empty members": lambda: gzip.compress(b"") * 1_000_000,
    "content of a folder": lambda: chunks(head(tarfile.REGTYPE, 8 << 30, 0o40755), 300),
    "one file": lambda: zeros(1024 * MIB),
    "a long name": lambda: raw(tarfile.GNUTYPE_LONGNAME, 150 * MIB),
    "a long pax header": lambda: raw(tarfile.XHDTYPE, 150 * MIB),
    "a slow pax header": lambda: raw(tarfile.XHDTYPE, MIB),
    "many subcharts": subcharts,
    "subcharts in subcharts": nested,
}

MESSAGES = {
    "one file": "unpacks to more than 104857600 bytes",
    "a long name": "header field too long",
    "a long pax header": "header field too long",
    "a slow pax header": "invalid tar header",
    "a global header and many files": "contains more than 50000 entries",
    "many global headers": "contains more than 16 MiB of extended headers",
    "a chain of headers": "contains more than 16 MiB of extended headers",
    "many small records": "contains more than 16 MiB of extended headers",
    "many empty files": "contains more than 50000 entries",
    "many folders": "contains more than 50000 entries",
    "many empty files in subcharts": "contains more than 50000 entries",
    "old sparse maps": "contains more than 16 MiB of extended headers",
    "sparse maps": "contains more than 16 MiB of extended headers",
    "a large hole": "unpacks to more than 104857600 bytes",
    "empty members": "consists of more than 10000 gzip members",
    "content of a folder": "unpacks to more than 104857600 bytes",
    "many subcharts": "unpack to more than 268435456 bytes together",
    "subcharts in subcharts": "more than 60 levels deep",
}


@pytest.mark.parametrize("name", MESSAGES)
def test_bombs_are_refused(name: str) -> None:
    here = Path(__file__)
    paths = [str(here.parent), *(str(above) for above in here.parents if above.name == "unit"), *sys.path]
    child = [sys.executable, "-c", CHILD, json.dumps(paths)]
    bomb = BOMBS[name]()
    before = os.times()
    done = subprocess.run(child, input=bomb, capture_output=True, timeout=120, check=False)
    after = os.times()
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    assert after.children_user - before.children_user < 20
    assert MESSAGES[name] in done.stdout.decode()


def test_names_as_long_as_any_are_read() -> None:
    deep = "/".join(["folder" * 20] * 60)
    files = load_archive(chart("c", (f"files/{deep}.txt", b"here"))).files
    assert [(file.name, file.data) for file in files] == [(f"files/{deep}.txt", b"here")]


@pytest.mark.parametrize("behind", [bytes(100 * MIB), gzip.compress(b"") * 1_000_000], ids=["zeros", "members"])
def test_bytes_after_the_archive_cost_nothing(behind: bytes) -> None:
    start = time.process_time()
    assert load_archive(chart("c") + behind).metadata.name == "c"
    assert time.process_time() - start < 2


def test_a_header_of_its_own_is_no_way_out() -> None:
    with pytest.raises(ChartLoadError, match="is damaged or is not a tar archive"):
        load_archive(raw(tarfile.XHDTYPE, 64 * 1024), "x.tgz")
