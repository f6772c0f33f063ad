# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``scripts/chart_template`` with unusual streams, folders and environments.

It prints text or one sentence, never a traceback.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "chart_template"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    (tmp_path / "c" / "templates").mkdir(parents=True)
    (tmp_path / "c" / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (tmp_path / "c" / "templates" / "a.yaml").write_text("a: {{ .Values.a }}\n")
    return tmp_path / "c"


def run(shell: str, chart: Path, **environ: str) -> tuple[int, str, str]:
    words = f'"{sys.executable}" "{SCRIPT}" rel'
    done = subprocess.run(
        ["sh", "-c", shell.replace("SCRIPT", words)],
        env={"PATH": os.environ["PATH"], **environ},
        cwd=chart.parent,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("shell", "message"),
    [
        ("SCRIPT c > /dev/full", "Error: the text cannot be written: No space left on device\n"),
        ("SCRIPT c >&-", "Error: the text cannot be written: standard output is closed\n"),
        ("SCRIPT c -f - <&-", "Error: --values - reads standard input, which is closed.\n"),
        ("SCRIPT c -f /dev/zero", None),
        ("mkdir gone && cd gone && rmdir ../gone && SCRIPT c", None),
    ],
)
def test_what_fails_is_one_sentence(shell: str, message: str | None, chart: Path) -> None:
    code, out, err = run(shell, chart)
    assert (code, out) == (1, "")
    assert err == message if message else err.startswith("Error: ") and err.count("\n") == 1


@pytest.mark.parametrize(
    "environ", [{}, {"LANG": "C", "LC_ALL": "C"}, {"HOME": "relative"}, {"HOME": "/dev/null", "XDG_CACHE_HOME": "relative"}]
)
@pytest.mark.parametrize("bytecode", ["", "1"])
def test_the_environment_does_not_matter(environ: dict[str, str], bytecode: str, chart: Path) -> None:
    if bytecode:
        environ = {**environ, "PYTHONDONTWRITEBYTECODE": bytecode}
    code, out, err = run("umask 077; SCRIPT c --set a=\u00e9", chart, **environ)
    assert (code, out.splitlines()[-1], err) == (0, "a: \u00e9", "")
    assert [entry.name for entry in chart.parent.iterdir()] == ["c"]


def test_a_reader_that_has_seen_enough(chart: Path) -> None:
    assert run("SCRIPT c --set a=x | head -c 3", chart) == (0, "---", "")
