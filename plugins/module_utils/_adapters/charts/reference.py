# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The chart that a task names, and the access to its repository."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..http.repo_http import Access

#: whether the signature of an archive is verified
NEVER, IF_POSSIBLE, ALWAYS = "never", "if_possible", "always"


@dataclass(frozen=True)
class Trust:
    """What a task requires of an archive.

    ``verify``: one of the constants above. ``keyring``: a path; empty: Helm's default. ``digest``: a SHA-256 checksum, 64 hexadecimal
    digits in lower case; empty: any. ``cosign_key``: path of the public key that must have signed the chart in its registry; empty: none.
    For messages, ``option`` is the name of the option for ``verify``, and ``lenient`` and ``off`` are its values for archives that are not
    signed and for no verification.
    """

    verify: str = NEVER
    keyring: str = ""
    digest: str = ""
    cosign_key: str = ""
    option: str = "verify"
    lenient: str = IF_POSSIBLE
    off: str = NEVER

    @property
    def requires_nothing(self) -> bool:
        return self.verify == NEVER and not self.digest and not self.cosign_key


@dataclass(frozen=True)
class ChartReference:
    """The options of a task that name a chart.

    ``access.url`` is not read; credentials belong to ``repo_url``, or to the URL itself. ``folder``: relative paths are taken from here.
    ``refresh``: request a new index from the repository first. ``offline``: request nothing; the caches are all there is.
    """

    ref: str
    repo_url: str = ""
    version: str = ""
    access: Access = field(default_factory=Access)
    refresh: bool = False
    folder: str = ""
    trust: Trust = field(default_factory=Trust)
    offline: bool = False
