# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Regular expressions that are compiled when they are first used.

Python compiles them with Python code. Those of the files that every render imports took about a tenth of a new process that renders a
small chart, and a given chart uses few of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

_METHODS = ("match", "fullmatch", "search", "sub", "split", "finditer", "findall")


class _Late:
    """Becomes a pattern: its methods are looked up here once, and are attributes afterwards."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> object:
        pattern = re.compile(*self._given)
        vars(self).update((method, getattr(pattern, method)) for method in _METHODS)
        return getattr(pattern, name)


if TYPE_CHECKING:
    late = re.compile
else:
    late = _Late
