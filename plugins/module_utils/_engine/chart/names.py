# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Names of releases (Helm: ``pkg/chart/v2/util/validate_name.go``)."""

from __future__ import annotations

import re

from ..errors import OptionError

MAX_LENGTH = 53
_PATTERN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
_VALID = re.compile(_PATTERN[:-1] + r"\Z")


def validate_release_name(name: str) -> None:
    """Nothing, or an ``OptionError`` that says what Helm would refuse in the name. Lengths are in bytes."""
    if not name:
        raise OptionError("The release has no name; give one.", helm=f'release name "{name}": no name provided', option="name")
    if len(name.encode("utf-8", "surrogateescape")) > MAX_LENGTH or not _VALID.match(name):
        from ..gotypes.printing import go_quote  # late: only a refusal needs it

        raise OptionError(
            f"{name!r} cannot be the name of a release: at most {MAX_LENGTH} characters, lower-case letters, digits, '-' and '.', "
            "each part between dots beginning and ending with a letter or digit.",
            helm=f'release name {go_quote(name)}: invalid release name, must match regex {_PATTERN} '
            f"and the length must not be longer than {MAX_LENGTH}",
            option="name",
        )
