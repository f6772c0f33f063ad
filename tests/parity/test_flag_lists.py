# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flags whose values are lines of CSV: ``-f`` and ``-a``, against the real helm."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from conftest import render

TEXTS = [
    'a"b', '"a', '"a"b', '""', "", ",", "a\nb", "\n", '"x\ny', '"a""b"', ' "a"', "x,,y", "a\r", "\r\n", '"a",', '"\u00e9"b', '\u00e9"b', '\n\na"',
    '"a\n\nb"c', "v.yaml", "v.yaml,w.yaml", '"v.yaml",w.yaml', '"x,y.yaml"', 'v.yaml,"x,y.yaml"', "v.yaml\nw.yaml", "\n\nv.yaml", "v.yaml,",
    ",v.yaml", '"v.yaml"\n', '"v.yaml"\r\n', "v.yaml\r\n", '"v.yaml"\r', "a\rb", '"a\r"', '"a\rb",',
]  # fmt: skip


@pytest.fixture
def chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "c" / "templates").mkdir(parents=True)
    (tmp_path / "c" / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    template = 'v: {{ toJson .Values }}\na: {{ range $n := list "" "a" "a,b" "a\\"b" " a" "x" "y" }}{{ $.Capabilities.APIVersions.Has $n }} {{ end }}\n'
    (tmp_path / "c" / "templates" / "a.yaml").write_text(template)
    for name in ("v", "w", "x,y"):
        (tmp_path / f"{name}.yaml").write_text(f'"{name}": 1\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def arguments() -> list[list[str]]:
    chance = random.Random(7)
    made = ["".join(chance.choice(['"', ",", "a", "\n", "\r", " ", '""', "b"]) for _ in range(chance.randrange(1, 7))) for _ in range(60)]
    lists = [[flag, text] for text in TEXTS for flag in ("-f", "-a")]
    return [
        *lists,
        ["-f", "v.yaml", "-f", "w.yaml"],
        ["--values=v.yaml,w.yaml"],
        ["-fv.yaml"],
        ["-a", "a", "-a", "x,y"],
        *(["-a", text] for text in made),
    ]


@pytest.mark.parametrize("words", arguments(), ids=repr)
def test_as_helm(words: list[str], chart: Path, helm, ours) -> None:
    # helm's environment has no control characters in URLs: a name with one is refused there before it is read
    theirs = helm.template("rel", "c", *words, cached=False)
    got = render(ours, "rel", "c", *words)
    assert (got.code, got.out) == (theirs.code, theirs.out)
    if "net/url" not in theirs.error:
        assert got.error == theirs.error
