# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The cache ``index`` of charts in parsed form, by the content of the index that they are in.

It is separate from that of compiled charts: other sources of the engine make its entries, and modules that only read repositories do not
ship the template engine.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...._engine.ports import CompiledCache
from ...cache_home import cache_home
from ...compiled_cache import DiskCache, manifest_digest, source_digest

NAME = "index"
MAX_TOTAL = 1 << 26
#: the files of the engine that decide what an entry holds
SOURCES = (
    "chart/compatible.py",
    "chart/index/load.py",
    "chart/index/entry.py",
    "chart/index/text.py",
    "chart/metadata.py",
    "chart/model.py",
    "chart/typed.py",
    "chart/versions.py",
    "sprig/semver.py",
    "yamlio/errors.py",
    "yamlio/events.py",
    "yamlio/gojson.py",
    "yamlio/load.py",
    "yamlio/numbers.py",
    "yamlio/pure.py",
    "yamlio/quick.py",
    "yamlio/scalars.py",
)
_VERSION = manifest_digest() or source_digest(SOURCES)


def index_cache(environ: Mapping[str, str]) -> CompiledCache:
    """The user's cache; one that stores nothing where there is no folder for caches."""
    home = cache_home(environ)
    return DiskCache(f"{home}/{NAME}" if home else "", _VERSION, MAX_TOTAL)
