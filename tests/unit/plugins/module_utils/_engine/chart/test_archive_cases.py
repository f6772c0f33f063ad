# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Helm 4 accepts or rejects 600 odd archives in the same way.

With the same content, times and messages.

``archive_cases.txt`` has in line N + 1 the result of Helm's ``archive.LoadArchiveFiles`` (built with Go 1.26) for the archive of seed N: its
error, or the number of files and their digest. ``tests/parity/test_archives.py`` compares with the real helm.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import tarfile
import zlib
from datetime import datetime, timezone
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.archives.archive import read_archive
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import File, FileTime
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.chart.archive_cases import archive

RECORDED = Path(__file__).with_name("archive_cases.txt").read_text().splitlines()
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def line_of(file: File) -> bytes:
    assert isinstance(file.modtime, FileTime)
    since = file.modtime - EPOCH
    seconds, nanoseconds = since.days * 86400 + since.seconds, since.microseconds * 1000 + file.modtime.nanoseconds
    return b"%d %d %d " % (seconds, nanoseconds, len(file.data)) + file.name.encode("utf-8", "surrogateescape") + b"\n" + file.data


def outcome(data: bytes) -> str:
    try:
        files = read_archive(data, "x.tgz", nested=True)
    except ChartLoadError as error:
        return str(error.helm)
    return f"{len(files)} files {hashlib.sha256(b''.join(map(line_of, files))).hexdigest()[:16]}"


@pytest.mark.parametrize("tens", range(60))
def test_as_helm(tens: int) -> None:
    seeds = range(10 * tens, 10 * tens + 10)
    assert [outcome(archive(seed)) for seed in seeds] == [RECORDED[seed] for seed in seeds]


def test_the_recorded_archives_are_of_many_kinds() -> None:
    assert sum(line[0].isdigit() for line in RECORDED) > 100
    assert len({line for line in RECORDED if not line[0].isdigit()}) > 10


def test_compressed_ones_end_in_a_sentence_or_in_files() -> None:
    """What is found before a fault in compressed data depends on zlib.

    That it never ends in anything else does not.
    """
    assert {outcome(archive(seed, packed=True))[-1:] != "" for seed in range(2000, 3000)} == {True}


# --- single cases, for people


def entry(name: str, content: bytes = b"", kind: bytes = b"0", size: int | None = None, mtime: float = 1_700_000_000) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.mtime = kind, len(content) if size is None else size, mtime
    return info.tobuf(tarfile.PAX_FORMAT) + content + bytes(-len(content) % 512)


CHART = entry("c/Chart.yaml", b"apiVersion: v2\n")
END = bytes(1024)


def member(data: bytes, crc: int = 0) -> bytes:
    return gzip.compress(data, mtime=0)[:-8] + struct.pack("<II", zlib.crc32(data) ^ crc, len(data))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (member(CHART + END), ["Chart.yaml"]),
        (member(CHART + END + bytes(20480), crc=1), ["Chart.yaml"]),
        (member(CHART + END)[:-8], ["Chart.yaml"]),
        (member(CHART + END) + b"junk", ["Chart.yaml"]),
        (member(CHART + END) + member(b"more"), ["Chart.yaml"]),
        (member(CHART, crc=1), "gzip: invalid checksum"),
        (member(CHART)[:-8], "unexpected EOF"),
        (member(CHART) + b"junk of ten", "gzip: invalid header"),
        (member(CHART) + b"junk", "unexpected EOF"),
        (member(CHART), ["Chart.yaml"]),
        (member(CHART.rstrip(b"\0")), ["Chart.yaml"]),
        (member(CHART + bytes(512)), ["Chart.yaml"]),
        (member(CHART + bytes(512) + b"x" * 512), "archive/tar: invalid tar header"),
        (member(CHART + b"x" * 512), "archive/tar: invalid tar header"),
        (member(CHART + b"x"), "unexpected EOF"),
        (member(CHART[:300]) + member(b"") + member(CHART[300:]) + member(END), ["Chart.yaml"]),
        (member(CHART + entry("c/link", kind=b"2") + END), ["Chart.yaml", "link"]),
        (member(CHART + entry("c/link", kind=b"2", size=5) + END), "decompressed chart is larger than the maximum size 104857600"),
        (member(CHART + entry("c/odd", b"text", kind=b"V") + END), ["Chart.yaml", "odd"]),
        (member(CHART + entry("c/slash/", b"text") + END), ["Chart.yaml", "slash"]),
        (member(CHART + entry("c/slash/", kind=b"\0") + END), ["Chart.yaml"]),
    ],
)
def test_where_pythons_readers_differ(data: bytes, expected: list[str] | str) -> None:
    if isinstance(expected, str):
        with pytest.raises(ChartLoadError) as caught:
            read_archive(data, "x.tgz", nested=True)
        assert caught.value.helm == expected
    else:
        assert [file.name for file in read_archive(data, "x.tgz", nested=True)] == expected


def test_helms_words_for_the_chart_itself() -> None:
    with pytest.raises(ChartLoadError) as caught:
        read_archive(member(CHART) + b"junk of ten", "x.tgz")
    assert caught.value.helm == "file 'x.tgz' does not appear to be a valid chart file (details: gzip: invalid header)"
    with pytest.raises(ChartLoadError) as caught:
        read_archive(member(CHART, crc=1), "x.tgz")
    assert caught.value.helm == "unable to load chart archive"
    assert str(caught.value) == "The archive x.tgz is damaged or is not a tar archive (gzip: invalid checksum)."


@pytest.mark.parametrize("name", ["c/../" + "x" * 500_000, "c/\x1b[31m/../../x\n", "c//" + "y" * 300, "Chart.yaml"])
def test_names_in_messages_are_printable_and_short(name: str) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.GNU_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(ChartLoadError) as caught:
        read_archive(out.getvalue(), "x.tgz")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 1000


def test_times_have_nanoseconds() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("c/Chart.yaml")
        info.pax_headers = {"mtime": "1700000000.123456789"}
        tar.addfile(info)
    (file,) = read_archive(out.getvalue(), "x.tgz")
    assert isinstance(file.modtime, FileTime)
    assert (file.modtime.isoformat(), file.modtime.nanoseconds) == ("2023-11-14T22:13:20.123456+00:00", 789)
