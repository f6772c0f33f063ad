# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The cache ``http`` of answers with an ETag or a date: a folder for each URL and its credentials.

Nothing in here raises: a cache that cannot be read or written costs time only.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from ..cache_home import cache_folder, prune, store

NAME = "http"
MAX_CACHED = 1 << 30  # bytes of all answers
_HEADERS = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}


class HttpCache:
    """The cached answer for one URL, as seen by one user of it.

    :param identity: the URL and everything else that the answer may depend on.
    """

    def __init__(self, environ: Mapping[str, str], identity: tuple[str, ...]) -> None:
        self._top = cache_folder(environ, NAME)
        key = hashlib.sha256("\0".join(identity).encode("utf-8", "surrogateescape")).hexdigest()
        self._folder: Path | None = self._top / key if self._top else None

    def read(self) -> tuple[bytes, dict[str, str]] | None:
        """The body, and the headers that revalidate it.

        ``None`` for a file that is truncated, changed or another user's.
        """
        if self._folder is None:
            return None
        try:
            if self._folder.stat().st_uid != os.geteuid():
                return None
            meta = json.loads((self._folder / "meta.json").read_bytes())
            body = (self._folder / "body").read_bytes()
            if hashlib.sha256(body).hexdigest() != meta["sha256"]:
                return None
            return body, {str(k): str(v) for k, v in meta["conditions"].items() if k in _HEADERS}
        except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
            return None

    def write(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Stores an answer, if its headers allow a conditional request."""
        conditions = {name: headers[given] for name, given in _HEADERS.items() if headers.get(given)}
        if self._folder is None or not conditions or not store(self._folder / "body", body):
            return
        meta = {"sha256": hashlib.sha256(body).hexdigest(), "conditions": conditions}
        store(self._folder / "meta.json", json.dumps(meta).encode())
        prune(self._top, limit=MAX_CACHED)
