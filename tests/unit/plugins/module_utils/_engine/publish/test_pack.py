# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives: Python's ``tarfile`` reads them, and they contain nothing that is not in the files."""

from __future__ import annotations

import hashlib
import io
import tarfile

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.pack import LATEST, pack

FILES = [
    ("web/Chart.yaml", b"name: web\n"),
    ("web/empty", b""),
    ("web/" + "n" * 96, b"a name that just fits"),
    ("web/" + "n" * 97, b"one byte longer"),
    ("web/" + "m" * 700, b"more than a block"),
    ("web/Größe", b"x" * 512),
    ("web/\udcff", bytes(513)),
]


def test_tarfile_reads_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(pack(FILES, 1700000000)), encoding="utf-8", errors="surrogateescape") as tar:
        members = tar.getmembers()
        assert [(member.name, tar.extractfile(member).read()) for member in members] == FILES
    facts = {(m.mode, m.uid, m.gid, m.uname, m.gname, m.mtime, m.type) for m in members}
    assert facts == {(0o644, 0, 0, "", "", 1700000000, tarfile.REGTYPE)}


@pytest.mark.parametrize("moment", [0, 1, LATEST])
def test_times(moment: int) -> None:
    with tarfile.open(fileobj=io.BytesIO(pack(FILES, moment))) as tar:
        assert tar.getmembers()[0].mtime == moment


def test_the_gzip_header_holds_no_name_and_no_time() -> None:
    assert pack(FILES, 1)[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def test_the_bytes_stay_as_they_are() -> None:
    """See ``test_deflate``: a change is a breaking change."""
    assert hashlib.sha256(pack(FILES, 1700000000)).hexdigest() == "22a79d90215a67986088c46e4e8cb28c7d7bcff4fb67fb3b3a7ba8ff22b7682e"
