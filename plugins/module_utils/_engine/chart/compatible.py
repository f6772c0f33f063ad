# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Checks versions against ranges as Helm does (``pkg/chart/v2/util/compatible.go``).

The rules are Masterminds', in ``sprig.semver``.
"""

from __future__ import annotations

import re

from ..patterns import late

_USUAL = late(r"(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2}", re.ASCII)


def is_version(text: str) -> bool:
    """Whether ``text`` is a version by the loose rules (``v1``, ``1.2`` and leading zeros pass)."""
    if _USUAL.fullmatch(text):
        return True
    from ..sprig.semver import Version

    try:
        Version(text)
    except ValueError:
        return False
    return True


def is_compatible_range(constraint: str, version: str) -> bool:
    """Whether the version is in the range; ``False`` where one of the two cannot be read."""
    from ..sprig.semver import Constraint, Version

    try:
        return bool(Constraint(constraint).check(Version(version)))
    except ValueError:
        return False
