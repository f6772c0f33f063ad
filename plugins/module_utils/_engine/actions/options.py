# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Options that several actions refuse alike.

Separate from ``converge``, so that a rollback does not import what renders.
"""

from __future__ import annotations

from ..errors import OptionError


def check_server_side(server_side: str) -> None:
    """:raises OptionError: the mode does not exist."""
    one_of("server_side", server_side, ("auto", "true", "false"))


def one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    """:raises OptionError: the value is not an allowed one."""
    if value not in allowed:
        raise OptionError(f"{option} cannot be {value!r}; it must be one of {', '.join(allowed)}", option=option)


#: Helm's own bound
MAX_DESCRIPTION = 256


def check_description(text: str) -> None:
    """:raises OptionError: it is too long for Helm."""
    if len(text) > MAX_DESCRIPTION:
        raise OptionError(
            f"The description has {len(text)} characters; Helm allows {MAX_DESCRIPTION}",
            helm=f"description must be {MAX_DESCRIPTION} characters or less, got {len(text)}",
            option="description",
        )
