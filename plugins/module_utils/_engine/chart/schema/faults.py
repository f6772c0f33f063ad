# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The errors of schemas that cannot validate values, and the name of a schema in messages."""

from __future__ import annotations

URL = "file:///values.schema.json"


class SchemaFault(Exception):
    """The schema itself cannot be used. ``helm`` holds Helm's words."""

    def __init__(self, message: str, helm: str) -> None:
        super().__init__(message)
        self.message = message
        self.helm = helm


class TooMuch(Exception):
    """Judging would take too long or go too deep; ``str`` is the end of a sentence about the schema.

    Helm would go on, or crash.
    """
