# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changelog: a change is released once, and the newest release is that of galaxy.yml or before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
RELEASES: dict[str, Any] = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text())["releases"]


def _entries(sections: dict[str, Any]) -> set[str]:
    """The texts of all sections, with single blanks."""
    texts = [text for found in sections.values() for text in (found if isinstance(found, list) else [found])]
    return {" ".join(str(text).split()) for text in texts}


def test_fragments_hold_no_change_that_is_released() -> None:
    """A merge can bring back a fragment that a release has removed; its changes would be released again."""
    released = {text for release in RELEASES.values() for text in _entries(release["changes"])}
    assert released
    for fragment in sorted((ROOT / "changelogs" / "fragments").glob("*.y*ml")):
        assert _entries(yaml.safe_load(fragment.read_text()) or {}) & released == set(), fragment.name


def test_the_version_of_galaxy_is_released_or_later() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    newest = max(tuple(map(int, version.split("."))) for version in RELEASES)
    assert tuple(map(int, galaxy.split("-")[0].split("."))) >= newest
