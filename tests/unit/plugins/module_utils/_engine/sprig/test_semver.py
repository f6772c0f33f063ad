# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions and ranges where templates cannot reach them.

What templates see is in ``cases/encoding.txt``.
"""

from __future__ import annotations

import time

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.semver import Constraint, SemverError, Version


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "version string empty"),
        ("1.2", "invalid semantic version"),
        ("v1.2.3", "invalid characters in version"),
        ("01.2.3", "version segment starts with 0"),
        ("1.2.3-", "invalid prerelease string"),
        ("1.2.3-01", "version segment starts with 0"),
        ("1.2.3+", "invalid metadata string"),
        ("1..3", 'strconv.ParseUint: parsing "": invalid syntax'),
        ("1.2.3" + "0" * 300, "version string is too long (max 256 bytes)"),
    ],
)
def test_strict_refuses(text: str, message: str) -> None:
    with pytest.raises(SemverError) as caught:
        Version.strict(text)
    assert str(caught.value) == message


def test_strict_reads() -> None:
    version = Version.strict("1.2.3-rc.1+build.5")
    assert (version.major, version.minor, version.patch, version.prerelease, version.metadata) == (1, 2, 3, "rc.1", "build.5")


def test_order() -> None:
    texts = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "v1.0.1", "1.1", "2"]
    versions = [Version(text) for text in texts]
    assert sorted(versions, reverse=True) == versions[::-1]
    assert Version("1.0.0+a") == Version("1.0+b") and hash(Version("1.0.0+a")) == hash(Version("1.0+b"))


@pytest.mark.parametrize(("text", "printed"), [(">=1.2 <2||^3", ">=1.2 <2 || ^3"), ("1.2 - 1.4", ">=1.2 <=1.4"), ("~> 1.x", "~>1.x")])
def test_a_range_prints(text: str, printed: str) -> None:
    assert str(Constraint(text)) == printed


@pytest.mark.parametrize("text", ["1  " * 160 + "!", "1, " * 160 + "!", "1 - 1 " * 80 + "!", " " * 511 + "!"])
def test_a_hostile_range_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(SemverError):
        Constraint(text)
    assert time.process_time() - start < 1
