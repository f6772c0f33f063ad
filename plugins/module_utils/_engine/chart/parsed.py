# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The cache of a chart's parsed YAML files.

Parsing a large values.yaml takes longer than rendering with it. One entry of the cache holds the parsed files of a chart and all its
subcharts, since one file is read faster than many. Within an entry a text is found by its content and by the type it was parsed as; a text
that is not in the entry is parsed. Every result is a separate value, which the caller may change. A text with an error is never cached:
parsing reports the error again.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable

from ..aliases import Json
from ..ports import CompiledCache
from .archives.bounds import Bounds
from .model import File

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL, which takes longer than a small chart does
except ImportError:
    from hashlib import blake2b

_NAMES = ("Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock", "values.yaml")
_ARCHIVE = ".tgz"


class Parsed:
    """:param files: of the whole chart, subcharts and their archives too; empty: nothing is cached."""

    def __init__(self, cache: CompiledCache | None = None, files: Iterable[File] = ()) -> None:
        self._cache = cache
        self._key = ""
        self._found: dict[bytes, bytes] = {}
        self._new = False
        #: bytes that subcharts' archives of this chart unpacked to so far, and how many subcharts are open within each other
        self.unpacked = 0
        self.bounds = Bounds()
        self.depth = 0
        if cache is None:
            return
        parts = [part for file in files if _is_typed(file.name) for part in (file.name.encode("utf-8", "surrogateescape"), file.data)]
        self._key = f"parsed {digest_of(parts).hex()}"
        data = cache.get(self._key)
        if data is not None:
            self._found = marshal.loads(data)  # noqa: S302  the cache authenticates its entries

    def read(self, kind: str, data: bytes, parse: Callable[[bytes], Json]) -> Json:
        """``parse(data)``, or its cached result.

        ``kind`` distinguishes the types that one text can be parsed as. Raises what ``parse`` raises.
        """
        if self._cache is None:
            return parse(data)
        key = digest_of([kind.encode(), data])
        entry = self._found.get(key)
        if entry is not None:
            return marshal.loads(entry)  # noqa: S302  as above
        value = parse(data)
        self._found[key] = marshal.dumps(value)
        self._new = True
        return value

    def save(self) -> None:
        """Once the whole chart is loaded."""
        if self._cache is not None and self._new:
            self._cache.put(self._key, marshal.dumps(self._found))
            self._new = False


def _is_typed(name: str) -> bool:
    return name.endswith((*_NAMES, _ARCHIVE))


def digest_of(parts: Iterable[bytes]) -> bytes:
    """32 bytes; the parts' lengths count, so that none can flow into the next."""
    digest = blake2b(digest_size=32)
    for part in parts:
        digest.update(b"%d\0" % len(part))
        digest.update(part)
    return digest.digest()
