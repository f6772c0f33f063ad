# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One chart for each topic, with as many edge cases of it as possible.

``charts/index.yaml`` describes each chart and its variants.

``rules`` are the behaviours a chart exercises. A variant may have ``args`` (``{dir}`` is a folder of its own), ``values`` (texts, passed
with ``--values`` in their order), ``beside`` (name: text of files in that folder), ``files`` (name: text that replaces a file of the chart;
null deletes the file) and ``release``. Every text in ``lines`` is a variant too, alone in a template; most of them are refused.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import render

FOLDER = Path(__file__).with_name("charts")
INDEX: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "index.yaml").read_text())


def variants() -> Iterator[Any]:
    for topic, entry in INDEX.items():
        for name, variant in (entry.get("variants") or {"defaults": None}).items():
            yield pytest.param(topic, name, variant or {}, id=f"{topic}-{name}")
        for number, text in enumerate(entry.get("lines", ()), 1):
            yield pytest.param(topic, f"line-{number}", {"files": {"templates/line.yaml": f"{text}\n"}}, id=f"{topic}-line-{number}")


def _write(target: Path, text: str | bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(("topic", "name", "variant"), list(variants()))
def test_topic(topic: str, name: str, variant: dict[str, Any], judge, tmp_path: Path) -> None:
    chart = FOLDER / topic
    if variant.get("files"):
        chart = tmp_path / topic
        shutil.copytree(FOLDER / topic, chart)
        for path, text in variant["files"].items():
            (chart / path).unlink() if text is None else _write(chart / path, text)
    args = [arg.replace("{dir}", str(tmp_path)) for arg in variant.get("args", ())]
    for path, text in variant.get("beside", {}).items():
        _write(tmp_path / path, text)
    for number, text in enumerate(variant.get("values", ())):
        _write(tmp_path / f"values-{number}.yaml", text)
        args += ["--values", str(tmp_path / f"values-{number}.yaml")]
    judge(f"charts/{topic}/{name}", variant.get("release", "rel"), str(chart), *args)


def test_every_chart_is_in_the_index() -> None:
    assert {path.parent.name for path in FOLDER.glob("*/Chart.yaml")} == set(INDEX)
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == set(INDEX)


@pytest.mark.parametrize("topic", INDEX)
def test_the_plain_chart_renders(topic: str, ours) -> None:
    """Few variants may be refused by both, since those compare little."""
    done = render(ours, "rel", str(FOLDER / topic))
    assert (done.code, done.error) == (0, "")
    assert done.out.count(b"\n") > 2


def test_every_topic_names_its_rules() -> None:
    assert [topic for topic, entry in INDEX.items() if not entry.get("rules") or entry.keys() - {"rules", "variants", "lines"}] == []


def test_ledger_names_only_what_exists(ledger) -> None:
    known = {f"charts/{param.values[0]}/{param.values[1]}" for param in variants()}
    assert {name for name in ledger if name.startswith("charts/")} <= known
