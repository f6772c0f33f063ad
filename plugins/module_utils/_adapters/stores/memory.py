# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Release records in the memory of this process, as Helm's driver ``memory`` has them."""

from __future__ import annotations

import os

from ..._engine.ports import Store
from ..._engine.release.memory import MemoryStore

_stores: dict[tuple[int, str], Store] = {}


def memory_store(server: str) -> Store:
    """The store of this process for an API server: the same one for every item of a loop.

    A worker that is forked begins with none.
    """
    return _stores.setdefault((os.getpid(), server), MemoryStore())
