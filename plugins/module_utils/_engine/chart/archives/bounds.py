# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Bounds how much an archive of a few kilobytes may expand to.

Helm bounds the files' bytes (100 MiB). Everything else that costs time and memory is bounded here: entries without content, headers,
padding, gzip members. Charts in use stay far below: the largest has a few thousand files.
"""

from __future__ import annotations

#: bytes of all files together; Helm's own bound
MAX_DECOMPRESSED = 100 * 1024 * 1024
#: entries of one archive, or of all archives of subcharts together, folders and links too
MAX_ENTRIES = 50_000
#: bytes of all extended headers (long names, pax records, sparse maps), counted in the same way; Go bounds each alone, at 1 MiB
MAX_HEADERS = 16 * 1024 * 1024
#: gzip members, counted in the same way
MAX_MEMBERS = 10_000


class Refused(Exception):
    """An archive that is refused.

    :param message: completes the sentence "The archive x ...".
    :param helm: Helm's words.
    """

    def __init__(self, message: str, helm: str) -> None:
        super().__init__(message)
        self.helm = helm


class Bounds:
    """Counts for one archive, or for all subcharts of a chart.

    Each method that counts raises ``Refused`` where a bound is passed.
    """

    def __init__(self) -> None:
        self._entries = MAX_ENTRIES
        self._headers = MAX_HEADERS
        self._members = MAX_MEMBERS
        self.start(MAX_DECOMPRESSED)

    def start(self, limit: int) -> None:
        """A new archive begins. Its stream may have twice the bytes of its files; the other counts go on."""
        self._limit = limit
        self._unpacked = 2 * limit

    def unpacked(self, size: int) -> None:
        """Bytes of the tar stream: files, headers and padding."""
        self._unpacked -= size
        if self._unpacked < 0:
            raise too_large(self._limit)

    def entry(self) -> None:
        self._entries -= 1
        if self._entries < 0:
            raise _too_many(f"contains more than {MAX_ENTRIES} entries")

    def header(self, size: int) -> None:
        """Bytes of an extended header."""
        self._headers -= size
        if self._headers < 0:
            raise _too_many(f"contains more than {MAX_HEADERS >> 20} MiB of extended headers")

    def member(self) -> None:
        self._members -= 1
        if self._members < 0:
            raise _too_many(f"consists of more than {MAX_MEMBERS} gzip members")


def too_large(limit: int) -> Refused:
    return Refused(
        f"unpacks to more than {limit} bytes, which is the maximum for a chart",
        f"decompressed chart is larger than the maximum size {limit}",
    )


def _too_many(what: str) -> Refused:
    return Refused(f"{what}, which is the maximum for a chart", what)
