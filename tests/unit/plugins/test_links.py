# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links of the documentation: README.md, which Galaxy shows, has only absolute ones.

A link to a file of this repository points to an existing file.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "docs" / "docsite" / "rst").glob("*.rst"), *(ROOT / "roles").glob("*/README.md")]
#: files that a release makes
MADE = {"CHANGELOG.rst"}
OWN = re.compile(
    r"https://(?:github\.com/windlass-charts/windlass\.charts/(?:blob|tree)/main"
    r"|raw\.githubusercontent\.com/windlass-charts/windlass\.charts/main)/([^\s)>#]+)"
)
MARKDOWN = re.compile(r"(?<!`)\]\(([^)\s]+)\)|^\[[\w-]+\]: (\S+)$", re.M)


def targets(page: Path) -> list[str]:
    """Where the links of a page in Markdown lead."""
    return [inline or named for inline, named in MARKDOWN.findall(page.read_text())]


def test_readme_has_absolute_links_only() -> None:
    links = targets(ROOT / "README.md")
    assert len(links) > 20
    assert [link for link in links if not link.startswith("https://")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_this_repository_lead_to_files(page: Path) -> None:
    absolute = [ROOT / path for path in OWN.findall(page.read_text())]
    relative = [page.parent / link.partition("#")[0] for link in targets(page) if not link.startswith(("https://", "http://", "#"))]
    relative = relative if page.suffix == ".md" else []
    assert [str(path) for path in absolute + relative if not path.exists() and path.name not in MADE] == []
