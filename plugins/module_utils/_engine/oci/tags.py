# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Which tag of a repository a version or a range means.

Helm: ``Client.Tags``, ``GetTagMatchingVersionOrConstraint``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..aliases import SortKey
from ..plain_text import plain_text
from ..sprig.semver import Constraint, SemverError, Version
from .references import tag_of, version_of


@dataclass(frozen=True)
class Tags:
    """The tags of a repository that are versions, newest first, with the versions' texts; and the others.

    Versions that differ only in build metadata are equal for semver. The highest metadata comes first, so that the choice does not depend
    on the order of the list.
    """

    versions: Sequence[str]
    others: Sequence[str]

    def newest(self, allowed: Constraint) -> str | None:
        """The tag of the newest version that a constraint allows."""
        return next((tag_of(text) for text in self.versions if allowed.check(Version.parse(text))), None)


def sorted_tags(tags: Iterable[str]) -> Tags:
    """The version of a tag, as in Helm.

    Only strict semantic versions are versions: ``v1.2.3`` is not, nor is a tag with two underscores.
    """
    found: list[tuple[SortKey, tuple[tuple[bool, int, str], ...], str]] = []
    others = []
    for tag in dict.fromkeys(tags):
        try:
            version = Version.strict(version_of(tag))
        except SemverError:
            others.append(tag)
            continue
        found.append((version, _metadata(version.metadata), version_of(tag)))
    found.sort(key=lambda one: (one[0], one[1]), reverse=True)
    return Tags([text for _version, _metadata, text in found], sorted(others))


def version_in_config(config: bytes, version: str) -> str:
    """The version of a tag, in the letters of the chart's config if only the case differs."""
    try:
        document = json.loads(config)
    except (ValueError, RecursionError):
        return version
    stated = document.get("version") if isinstance(document, dict) else None
    return stated if isinstance(stated, str) and stated.lower() == version.lower() else version


def _metadata(text: str) -> tuple[tuple[bool, int, str], ...]:
    """A key by which build metadata is compared like a prerelease.

    Part by part, numbers below texts, none at all lowest.
    """
    return tuple((not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in text.split(".") if text)


def some(names: Sequence[str], most: int = 8) -> str:
    """A list for a message: ``1.0.0, 1.1.0 and 5 more``, or ``none``."""
    if not names:
        return "none"
    return ", ".join(plain_text(name, 60) for name in names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
